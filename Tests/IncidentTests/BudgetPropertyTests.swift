import Fleet
import Incident
import Telemetry
import Testing

/// Whole scrapes into whole states, against sums that are made by hand beside them.
@Suite("Budgets against brute force")
struct BudgetPropertyTests {
  @Test(
    "counters that reset, processes that restart, scrapes that fail, walls that jump",
    arguments: 0..<40)
  func anyService(seed: Int) {
    var dice = Dice(state: UInt64(seed))
    func roll(_ sides: UInt64) -> UInt64 { dice.next() % sides }
    let count = 1 + Int(roll(3))
    var shop = Shop(Shop.fleet(Shop.availability, instances: count))
    // What each process says, and what was last heard of it.
    var says = Array(repeating: (ok: Double(roll(1000)), bad: Double(roll(50))), count: count)
    var heard: [(ok: Double, bad: Double)?] = Array(repeating: nil, count: count)
    var sum = EventCount.none
    for _ in 0..<300 {
      shop.pass(Double(1 + roll(15)) + (roll(50) == 0 ? Double(roll(20_000)) : 0))
      if roll(40) == 0 { shop.wallShift += Double(roll(4000)) - 2000 }
      for i in says.indices {
        says[i].ok += Double(roll(40))
        says[i].bad += Double(roll(3))
        // A restart: the counters begin again.
        if roll(60) == 0 { says[i] = (0, 0) }
        if roll(8) == 0 {
          shop.fail(shop.target(0, i))
          continue
        }
        if let before = heard[i] {
          let fell = says[i].ok < before.ok || says[i].bad < before.bad
          // Most of them fell: they all began again, though one may have passed its old value.
          let ok = fell || says[i].ok < before.ok ? says[i].ok : says[i].ok - before.ok
          let bad = fell || says[i].bad < before.bad ? says[i].bad : says[i].bad - before.bad
          sum.total += UInt64(ok + bad)
          sum.bad += UInt64(bad)
        }
        heard[i] = says[i]
        shop.scrape(shop.target(0, i), ok: says[i].ok, bad: says[i].bad)
      }
      let ledger = shop.state.ledger.accounts[0].ledger
      guard ledger.ever == sum, ledger.sum(over: 30 * 1440)?.events == sum else {
        Issue.record("seed \(seed) at \(shop.seconds): \(ledger.ever), not \(sum)")
        return
      }
    }
    #expect(sum.total > 0)
    #expect(shop.slo().reading.events == sum)
  }

  private struct Dice {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }
}
