import Telemetry
import Testing

private let minute: Int64 = 60_000_000_000

/// The ledger against a plain dictionary of minutes that is walked whole at each question.
@Suite("Ledgers against brute force")
struct LedgerPropertyTests {
  static let windows = [1, 5, 30, 60, 360, 1440, 4320, 7 * 1440, 30 * 1440]

  @Test(
    "windows, gaps, restarts and clock steps, whatever order they come in",
    arguments: 0..<60)
  func anyStory(seed: Int) {
    var story = Story(seed: UInt64(seed))
    for step in 0..<150 {
      story.step()
      if let mistake = story.mistake {
        Issue.record("seed \(seed), step \(step): \(mistake)")
        return
      }
    }
  }

  private struct Story {
    var dice: SplitMix
    var ledger = SLOLedger(windows: LedgerPropertyTests.windows)
    var clock: LedgerClock
    /// The true monotonic clock, and what the wall says.
    var offset: Int64 = 0
    var wall: Int64
    /// When this run began, in ledger time: counters have no past before it.
    var began: Int64

    // The brute force.
    var minutes: [Int64: EventCount] = [:]
    var closed: Int64 = .min
    /// What a file holds.
    var file: [Int64: EventCount] = [:]
    var collected: Int64 = .min
    var refused = EventCount.none
    var ever = EventCount.none
    /// Everything that all runs were told and took.
    var given = EventCount.none

    init(seed: UInt64) {
      dice = SplitMix(seed)
      wall = 1_795_000_000_000_000_000 + Int64(seed) * 7_777_777_777
      clock = LedgerClock(wall: wall, offset: 0)
      ledger.roll(to: clock.minute)
      began = clock.now
    }

    mutating func step() {
      switch dice.next() % 100 {
      case 0..<55: pass(Int64(dice.next() % 150))
      case 55..<60: pass(Int64(dice.next() % 40_000))
      case 60..<61:
        // Days in one breath: what is held by the minute is told first, for it falls out.
        collect()
        pass(Int64(dice.next() % 1_000_000))
      case 61..<65: wall -= Int64(dice.next() % 10_000) * 1_000_000_000
      case 65..<69: wall += Int64(dice.next() % 10_000) * 1_000_000_000
      case 69..<71: restart()
      default: scrape()
      }
      clock.follow(wall: wall, offset: offset)
      ledger.roll(to: clock.minute)
      // Once in a while, as a keeper would: late minutes have to be told again.
      if dice.next() % 3 == 0 { collect() }
    }

    private mutating func pass(_ seconds: Int64) {
      let passed = seconds * 1_000_000_000 + Int64(dice.next() % 1_000_000_000)
      offset += passed
      wall += passed
      clock.follow(wall: wall, offset: offset)
      ledger.roll(to: clock.minute)
    }

    /// A scrape of a process that was last heard some time ago: seconds, hours, or days.
    private mutating func scrape() {
      let longest: Int64 = [20, 300, 20_000, 200_000][Int(dice.next() % 4)]
      let now = clock.now
      // Nothing is older than the run, nor than what is held by the minute.
      let oldest = max(began, (clock.minute - 4320) * minute)
      let from = max(oldest, now - Int64(dice.next() % UInt64(longest * 1_000_000_000)) - 1)
      guard from < now else { return }
      let total = dice.next() % (dice.next() % 3 == 0 ? 3 : 10_000)
      let events = EventCount(bad: total == 0 ? 0 : dice.next() % (total + 1), total: total)
      ledger.add(events, from: from, to: now)
      spread(events, from, now)
      // What is nearly too old to be held is told before it falls out.
      if now - from > 40_000 * 1_000_000_000 { collect() }
    }

    private mutating func spread(_ events: EventCount, _ from: Int64, _ to: Int64) {
      var given = (bad: UInt64(0), good: UInt64(0))
      var place = from / minute
      while place * minute < to {
        let passed = UInt128(min((place + 1) * minute, to) - from)
        let bad = UInt64(UInt128(events.bad) * passed / UInt128(to - from))
        let good = UInt64(UInt128(events.good) * passed / UInt128(to - from))
        take(
          EventCount(bad: bad - given.bad, total: bad - given.bad + good - given.good), at: place)
        given = (bad, good)
        place += 1
      }
    }

    private mutating func take(_ events: EventCount, at place: Int64) {
      if place <= closed {
        refused = refused + events
      } else {
        minutes[place] = (minutes[place] ?? .none) + events
        ever = ever + events
        given = given + events
      }
    }

    /// What is told to a file is what was counted, late minutes too.
    private mutating func collect() {
      for hour in ledger.changes(since: collected, upTo: .max) {
        for step in 0..<60 {
          if let events = hour[step] { file[hour.hour * 60 + Int64(step)] = events }
        }
      }
      collected = ledger.minute ?? .min
    }

    /// A new run that knows what the one before kept, under a wall that may say anything near.
    private mutating func restart() {
      collect()
      var memory = LedgerMemory()
      let oldest = (ledger.minute ?? 0) / 60 - 74
      for (hour, places) in Dictionary(grouping: file.keys, by: { $0 / 60 }).sorted(by: {
        $0.key < $1.key
      }) {
        var one = LedgerMemory.Minutes(hour: hour)
        for place in places { one[Int(place % 60)] = file[place] }
        if hour < oldest { memory.hours.append(.init(one)) } else { memory.minutes.append(one) }
      }
      offset = 0
      let shift = Int64(dice.next() % 2_000) - 600
      wall += shift * 1_000_000_000
      clock = LedgerClock(wall: wall, offset: 0)
      ledger = SLOLedger(windows: LedgerPropertyTests.windows)
      ledger.roll(to: clock.minute)
      ledger.remember(memory)
      closed = memory.last ?? .min
      collected = .min
      refused = .none
      ever = .none
      began = clock.now
    }

    /// What is wrong, if anything.
    var mistake: String? {
      guard let now = ledger.minute else { return "no minute" }
      if now < clock.minute { return "the ledger's minute \(now) is behind \(clock.minute)" }
      for window in LedgerPropertyTests.windows {
        var sum = EventCount.none
        var seen = 0
        for (place, events) in minutes {
          let isIn =
            window > 4320
            ? place / 60 >= now / 60 - Int64(window / 60) && place <= now
            : place >= now - Int64(window) && place <= now
          guard isIn else { continue }
          sum = sum + events
          seen += 1
        }
        let told = ledger.sum(over: window)
        if told?.events != sum { return "\(window)m: \(told?.events as Any), not \(sum)" }
        if told?.seen != Int32(seen) { return "\(window)m saw \(told?.seen as Any), not \(seen)" }
      }
      if ledger.ever != ever { return "took \(ledger.ever) in all, not \(ever)" }
      if ledger.refused.events != refused { return "refused \(ledger.refused), not \(refused)" }
      let all = minutes.values.reduce(EventCount.none, +)
      if all != given { return "\(all) in minutes, \(given) were given" }
      return nil
    }
  }
}
