import Telemetry
import Testing

@Suite("Objectives, factors and pairs")
struct BurnPolicyTests {
  @Test("an objective is kept as it was written, to the last digit that counts")
  func objective() throws {
    let nines = try #require(Objective("99.9"))
    #expect(nines.badPerBillion == 1_000_000)
    #expect(nines == 99.9)
    #expect("\(nines)" == "99.9")
    #expect(Objective("99.9999999")?.badPerBillion == 1)
    #expect(Objective("99.90000000000")?.goodPerBillion == 999_000_000)
    #expect(Objective("0.5%")?.goodPerBillion == 5_000_000)
    for wrong in ["100", "0", "-1", "99.99999999", "", "99.", ".9", "1e1", "nan", "99,9", "٩٩"] {
      #expect(Objective(wrong) == nil, "\(wrong)")
    }
  }

  @Test("the usual pairs: 14.4, 6, 3 and 1 for 30 days")
  func month() {
    let pairs = BurnPolicy.usual(window: 30 * 1440).pairs
    #expect(pairs.map(\.severity) == [.page, .page, .ticket, .ticket])
    #expect(pairs.map(\.long) == [60, 360, 1440, 4320])
    #expect(pairs.map(\.short) == [5, 30, 120, 360])
    #expect(pairs.map(\.factor.value) == [14.4, 6, 3, 1])
    #expect(pairs.map { "\($0.factor)" } == ["14.4", "6", "3", "1"])
  }

  @Test("for 28 days the factors are the same shares of it, exactly: 14/15 is no decimal")
  func lunar() {
    let pairs = BurnPolicy.usual(window: 28 * 1440).pairs
    #expect(pairs.map(\.factor.value) == [13.44, 5.6, 2.8, 28.0 / 30])
    #expect(pairs[3].factor == BurnFactor(14, over: 15))
  }

  @Test("for 7 days the shares are sloth's: 8, 12.5, 20 and 42 %")
  func week() {
    let pairs = BurnPolicy.usual(window: 7 * 1440).pairs
    #expect(pairs.map(\.factor.value) == [13.44, 3.5, 1.4, 0.98])
  }

  @Test("no pair looks back further than its window")
  func day() {
    #expect(BurnPolicy.usual(window: 1440).pairs.map(\.long) == [60, 360, 1440])
  }

  @Test("all of both windows is needed, any pair is enough, and pages come first")
  func decision() {
    let policy = BurnPolicy(
      pairs: [
        pair(.ticket, 10, 2, 1), pair(.page, 20, 5, 4),
      ], floor: 0)
    #expect(policy.pairs.map(\.severity) == [.page, .ticket])
    var ledger = SLOLedger(windows: policy.windows + [100])
    ledger.roll(to: 1000)
    func tell(_ bad: UInt64) -> BudgetReading {
      ledger.add(
        EventCount(bad: bad, total: 100), from: ledger.minute! * 60_000_000_000,
        to: ledger.minute! * 60_000_000_000 + 1)
      ledger.roll(to: ledger.minute! + 1)
      var reading = BudgetReading()
      reading.read(ledger, 99, policy, window: 100, second: 0)
      return reading
    }
    for _ in 0..<20 { #expect(tell(1).firing == nil, "burning at exactly 1x") }
    #expect(tell(2).firing?.severity == .ticket)
    var reading = BudgetReading()
    for _ in 0..<20 { reading = tell(5) }
    #expect(reading.firing?.severity == .page)
    #expect(reading.because == "burning 5x over 20m and 5x over 5m, both over 4")
    #expect(reading.burns.first { $0.minutes == 100 }?.isPartial == true)
    // The short window is clean before the long one: the page is over when it is over.
    for _ in 0..<5 { reading = tell(0) }
    #expect(reading.firing?.severity != .page)
  }

  @Test("what burns says how much of its windows was seen where that is not all of them")
  func partly() {
    let policy = BurnPolicy(pairs: [pair(.page, 20, 5, 4)], floor: 5)
    var ledger = SLOLedger(windows: policy.windows + [100])
    ledger.roll(to: 1000)
    var told: [String?] = []
    for _ in 0..<21 {
      let now = ledger.minute! * 60_000_000_000
      ledger.add(EventCount(bad: 50, total: 100), from: now, to: now + 1)
      var reading = BudgetReading()
      reading.read(ledger, 90, policy, window: 100, second: 1)
      told.append(reading.because)
      ledger.roll(to: ledger.minute! + 1)
    }
    #expect(told[0] == "burning 5x over 20m and 5m (1m seen), both over 4")
    #expect(told[3] == "burning 5x over 20m and 5m (4m seen), both over 4")
    #expect(told[4] == "burning 5x over 20m (5m seen) and 5x over 5m, both over 4")
    #expect(told[18] == "burning 5x over 20m (19m seen) and 5x over 5m, both over 4")
    #expect(told[19] == "burning 5x over 20m and 5x over 5m, both over 4")
    // Two minutes of five are not the same as four of twenty: each says its own.
    ledger.roll(to: ledger.minute! + 3)
    var reading = BudgetReading()
    reading.read(ledger, 90, policy, window: 100, second: 0)
    #expect(
      reading.because == "burning 5x over 20m (17m seen) and 5x over 5m (2m seen), both over 4")
    // What is held back by the floor says it too.
    var few = SLOLedger(windows: policy.windows + [100])
    few.roll(to: 1000)
    few.add(EventCount(bad: 1, total: 1), from: 60_000_000_000_000, to: 60_000_000_000_001)
    reading.read(few, 90, policy, window: 100, second: 1)
    #expect(
      reading.heldBack(by: policy)
        == "burning 10x over 20m and 5m (1m seen), but 1 bad event is fewer than the 5 that alert")
    #expect(
      [1, 119, 120, 4319, 6000, 43_199].map(BurnText.seen) == [
        "1m", "119m", "2h", "71h", "4d", "29d",
      ])
  }

  private func pair(_ severity: BurnSeverity, _ long: Int, _ short: Int, _ factor: UInt64)
    -> BurnPair
  {
    BurnPair(severity, long: long, short: short, factor: BurnFactor(factor, over: 1)!)
  }

  @Test("counts as large as a planet's do not overflow the decision")
  func large() {
    let most = EventCount(bad: UInt64(UInt32.max) << 16, total: UInt64(UInt32.max) << 16)
    let hardest = BurnFactor(1 << 32, over: 1)!
    #expect(!most.burns(faster: hardest, than: 99.9))
    #expect(most.burns(faster: BurnFactor(1, over: 1 << 32)!, than: 99.9))
    #expect(most.burn(of: 99.9999999) == 1e9)
  }

  @Test("rates and windows read as people say them")
  func words() {
    #expect(
      [22, 14.4, 0.934, 0, 999.6, 1e9, 0.004, 9.999].map(BurnText.rate) == [
        "22x", "14.4x", "0.93x", "0x", "1000x", "1000000000x", "<0.01x", "10x",
      ])
    #expect(
      [5, 60, 90, 1440, 4320, 43_200].map(BurnText.window) == [
        "5m", "1h", "90m", "1d", "3d", "30d",
      ])
  }
}
