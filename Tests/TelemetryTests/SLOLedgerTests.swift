import Canonical
import Telemetry
import Testing

private let minute: Int64 = 60_000_000_000
private let began: Int64 = 29_900_000

@Suite("The ledger of an objective")
struct SLOLedgerTests {
  private func ledger(_ windows: Int...) -> SLOLedger {
    var ledger = SLOLedger(windows: windows)
    ledger.roll(to: began)
    return ledger
  }

  private func at(_ minutes: Double) -> Int64 { began * minute + Int64(minutes * Double(minute)) }

  @Test("a scrape after a gap spreads over its minutes, and not an event is lost")
  func gap() {
    var ledger = ledger(60)
    ledger.roll(to: began + 10)
    ledger.add(EventCount(bad: 7, total: 100), from: at(0.5), to: at(10.5))
    let parts = (0...10).map { ledger.events(minute: began + $0)?.total ?? 99 }
    // Good and bad events are shared out apart, so a minute may be one off; their sum is not.
    #expect(
      zip(parts, [5, 10, 10, 10, 10, 10, 10, 10, 10, 10, 5]).allSatisfy { part, even in
        max(part, even) - min(part, even) <= 1
      })
    #expect(parts.reduce(0, +) == 100)
    #expect(ledger.sum(over: 60)?.events == EventCount(bad: 7, total: 100))
    #expect((0...10).allSatisfy { ledger.events(minute: began + $0)!.bad <= 1 })
    #expect(ledger.sum(over: 60)?.seen == 11)
  }

  @Test("a minute without requests was watched; one without a scrape was not")
  func seen() {
    var ledger = ledger(5)
    ledger.add(.none, from: at(0), to: at(0.1))
    ledger.roll(to: began + 2)
    #expect(ledger.events(minute: began) == EventCount.none)
    #expect(ledger.events(minute: began + 1) == nil)
    #expect(ledger.sum(over: 5)?.seen == 1)
  }

  @Test("a minute that would have more than it can hold is full, and the sums stay right")
  func full() {
    var ledger = ledger(2)
    for _ in 0..<3 {
      ledger.add(EventCount(bad: 1 << 40, total: 1 << 41), from: at(0), to: at(0.1))
    }
    let held = ledger.events(minute: began)
    #expect(held?.total == UInt64(UInt32.max) - 1)
    #expect(ledger.sum(over: 2)?.events == held)
    ledger.roll(to: began + 3)
    #expect(ledger.sum(over: 2)?.events == EventCount.none)
  }

  @Test(
    "what is kept of a minute closes it: nothing is counted twice, and what was refused is told")
  func restart() throws {
    var first = ledger(60, 43_200)
    for step in 0..<5 {
      first.roll(to: began + Int64(step))
      first.add(
        EventCount(bad: 1, total: 10), from: at(Double(step)), to: at(Double(step) + 0.9))
    }
    let kept = LedgerMemory(minutes: first.changes(since: .min, upTo: began + 4))
    var second = SLOLedger(windows: [60, 43_200])
    second.roll(to: began + 4)
    second.remember(kept)
    #expect(second.sum(over: 60)?.events == first.sum(over: 60)?.events)
    #expect(second.sum(over: 43_200)?.seen == 5)
    #expect(second.opensAt == began + 5)
    // The wall was set back by three minutes.
    second.add(EventCount(bad: 0, total: 30), from: at(2), to: at(5))
    #expect(second.refused.minutes == 3)
    #expect(second.refused.events.total == 30)
    #expect(second.sum(over: 60)?.events == first.sum(over: 60)?.events)
    second.roll(to: began + 5)
    second.add(EventCount(bad: 0, total: 30), from: at(5), to: at(6))
    #expect(second.sum(over: 60)?.events.total == 80)
    #expect(second.refused.minutes == 3)
  }

  @Test("memory that comes late drops this run's count of the minutes it has, and keeps the others")
  func lateMemory() {
    var own = ledger(60)
    for step in 0..<4 {
      own.roll(to: began + Int64(step))
      own.add(EventCount(bad: 0, total: 10), from: at(Double(step)), to: at(Double(step) + 0.5))
    }
    var hour = LedgerMemory.Minutes(hour: began / 60)
    hour[Int(began % 60)] = EventCount(bad: 0, total: 7)
    hour[Int(began % 60) + 1] = EventCount(bad: 0, total: 7)
    own.remember(LedgerMemory(minutes: [hour]))
    #expect(own.sum(over: 60)?.events.total == 7 + 7 + 10 + 10)
    #expect(own.refused.events.total == 20)
  }

  // MARK: Healing

  /// A minute after another, each watched.
  private func watched(_ ledger: inout SLOLedger, from first: Int, _ bad: [UInt64]) {
    for (step, bad) in bad.enumerated() {
      ledger.roll(to: began + Int64(first + step))
      ledger.add(
        EventCount(bad: bad, total: 100), from: at(Double(first + step)),
        to: at(Double(first + step) + 0.5))
    }
  }

  @Test("a budget heals while no more is lost than its window gives back, and not known sooner")
  func healing() {
    var ledger = ledger(30)
    watched(&ledger, from: 0, [0, 0, 0, 0, 0])
    #expect(ledger.isHealing(over: 30) == nil, "four whole minutes are too few")
    watched(&ledger, from: 5, [0])
    #expect(ledger.isHealing(over: 30) == true, "nothing is lost")
    // A window that is not full gives nothing back.
    watched(&ledger, from: 6, [4])
    #expect(ledger.isHealing(over: 30) == false, "what is lost counts within its minute")
    watched(&ledger, from: 7, [4, 4, 4, 4] + Array(repeating: 0, count: 6))
    #expect(ledger.isHealing(over: 30) == true)
    // Until the bad minutes are about to leave, one more bad event is one too many.
    watched(&ledger, from: 17, Array(repeating: 0, count: 13) + [1])
    #expect(ledger.isHealing(over: 30) == false)
    watched(&ledger, from: 31, [0, 0, 0, 0, 0, 0])
    // What was lost in minutes 7 to 10 leaves next: as much may come.
    watched(&ledger, from: 37, [16])
    #expect(ledger.isHealing(over: 30) == true)
    watched(&ledger, from: 38, [0])
    #expect(ledger.isHealing(over: 30) == false, "a part of that has left")
    #expect(ledger.isHealing(over: 31) == nil, "no such window is kept")
  }

  @Test("errors that come as evenly as they go neither heal nor hurt: the budget is not falling")
  func healingEvenly() {
    var ledger = ledger(20)
    watched(&ledger, from: 0, Array(repeating: 2, count: 30))
    for step in 30..<40 {
      watched(&ledger, from: step, [2])
      #expect(ledger.isHealing(over: 20) == true)
    }
    watched(&ledger, from: 40, [3])
    #expect(ledger.isHealing(over: 20) == false)
  }

  @Test("of a long window the hour that leaves next gives back by its share")
  func healingByHours() {
    let week = 7 * 1440
    var ledger = ledger(week)
    watched(&ledger, from: 0, Array(repeating: 3, count: 60))
    // The hours between were not watched. The first one of the wall, of which forty minutes were, leaves next.
    let next = week
    ledger.roll(to: began + Int64(next))
    #expect(ledger.events(hour: began / 60)?.bad == 120)
    watched(&ledger, from: next, [0, 0, 0, 0, 10, 0])
    #expect(ledger.isHealing(over: week) == true)
    watched(&ledger, from: next + 6, [1])
    #expect(ledger.isHealing(over: week) == false)
  }

  @Test("minutes that nobody watched, or in which nothing happened, say nothing of healing")
  func healingUnknown() {
    var ledger = ledger(30)
    watched(&ledger, from: 0, Array(repeating: 0, count: 10))
    ledger.roll(to: began + 11)
    #expect(ledger.isHealing(over: 30) == nil)
    var silent = self.ledger(30)
    for step in 0..<10 {
      silent.roll(to: began + Int64(step))
      silent.add(.none, from: at(Double(step)), to: at(Double(step) + 0.5))
    }
    #expect(silent.isHealing(over: 30) == nil)
  }

  @Test("hours of a month are summed past what minutes are held for")
  func hours() {
    var ledger = ledger(4320, 43_200)
    for hour in 0..<(24 * 31) {
      ledger.roll(to: began + Int64(hour) * 60)
      let at = (began + Int64(hour) * 60) * minute
      ledger.add(EventCount(bad: 1, total: 10), from: at, to: at + minute)
    }
    #expect(ledger.sum(over: 43_200)?.events.total == 7210)
    #expect(ledger.sum(over: 4320)?.events.total == 730)
    let days = ledger.series(span: 30 * 1440, points: 30)
    #expect(days.count == 30)
    #expect(days.allSatisfy { $0?.total == 240 })
    let memory = ledger.changes(since: .min, upTo: .max)
    #expect(memory.count == 73)
  }

  @Test("asking for other windows loses no minute")
  func rewindow() {
    var ledger = ledger(60, 7 * 1440)
    for step in 0..<200 {
      ledger.roll(to: began + Int64(step))
      ledger.add(
        EventCount(bad: 1, total: 2), from: at(Double(step)), to: at(Double(step) + 0.5))
    }
    ledger.keep(windows: [30, 120, 43_200])
    #expect(ledger.windows.map(\.length) == [30, 120, 43_200])
    #expect(ledger.sum(over: 30)?.events.bad == 31)
    #expect(ledger.sum(over: 43_200)?.events.bad == 200)
  }

  @Test("what burnt before the page is part of its cost, what was calm before is not")
  func burning() {
    var ledger = ledger(5)
    for step in 0..<60 {
      ledger.roll(to: began + Int64(step))
      let bad: UInt64 = step < 40 ? 0 : 50
      ledger.add(
        EventCount(bad: step == 10 ? 50 : bad, total: 100), from: at(Double(step)),
        to: at(Double(step) + 0.5))
    }
    #expect(ledger.burning(99.9) == EventCount(bad: 1000, total: 2000))
  }

  @Test("a ledger can be written, read and gone on with; a forged one is refused")
  func codable() throws {
    var ledger = ledger(5, 60, 43_200)
    for step in 0..<5000 where step % 7 != 0 {
      ledger.roll(to: began + Int64(step))
      ledger.add(
        EventCount(bad: UInt64(step % 3), total: 10), from: at(Double(step)),
        to: at(Double(step) + 0.5))
    }
    let bytes = try CanonicalEncoder.bytes(of: ledger)
    var read = try CanonicalDecoder.value(SLOLedger.self, from: bytes)
    #expect(read == ledger)
    ledger.roll(to: began + 6000)
    read.roll(to: began + 6000)
    #expect(read == ledger)
    func minute(_ number: Int64) -> [UInt8] {
      var writer = ByteWriter()
      writer.put(byte: 1)
      writer.put(number)
      return writer.bytes
    }
    let forged = bytes.replacing(minute(began + 4999), with: minute(began + 9), maxReplacements: 1)
    #expect(forged != bytes)
    #expect(throws: Malformed.self) {
      try CanonicalDecoder.value(SLOLedger.self, from: forged)
    }
  }
}

@Suite("The clock that minutes are counted by")
struct LedgerClockTests {
  private let second: Int64 = 1_000_000_000

  @Test("a wall that is set back moves nothing; the monotonic clock goes on")
  func back() {
    var clock = LedgerClock(wall: 1000 * second, offset: 0)
    clock.follow(wall: 1010 * second, offset: 10 * second)
    clock.follow(wall: 500 * second, offset: 20 * second)
    #expect(clock.now == 1020 * second)
  }

  @Test("a wall that jumps ahead, as after a suspension, is followed and then kept")
  func forward() {
    var clock = LedgerClock(wall: 1000 * second, offset: 0)
    clock.follow(wall: 5000 * second, offset: 10 * second)
    #expect(clock.now == 5000 * second)
    clock.follow(wall: 1020 * second, offset: 20 * second)
    #expect(clock.now == 5010 * second)
  }

  @Test("half a second between the clocks is no jump, and nonsense stops nothing")
  func slack() {
    var clock = LedgerClock(wall: 1000 * second, offset: 0)
    clock.follow(wall: 1010 * second + second / 2, offset: 10 * second)
    #expect(clock.now == 1010 * second)
    clock.follow(wall: .max, offset: .min)
    clock.follow(wall: .min, offset: 20 * second)
    #expect(clock.now >= 1020 * second)
  }
}
