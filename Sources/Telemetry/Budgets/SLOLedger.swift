/// The events of one objective by the minute for three days and by the hour beyond, with the sums of
/// every window that is asked for.
///
/// A window of so many minutes is that many whole ones and the current one, so that at a minute's
/// turn it is exact; a window of more than three days is so many whole hours and the current one:
/// **older windows are exact to the hour**. Sums are moved on minute by minute and never walked.
///
/// Minutes are those of the wall (whole minutes since 1970). They only go forward, and none before
/// `opensAt` is taken: what is kept of them came from elsewhere and is not counted twice.
///
/// Memory grows with what was watched, up to 8 bytes a minute and 16 an hour: 46 kB for 30 days.
public struct SLOLedger: Sendable, Hashable {
  /// Three days and the current minute.
  static let minutesHeld = 3 * 1440 + 1
  /// What a minute holds that nobody watched.
  static let unseen = UInt64.max
  /// A minute counts no more events than this, which 70 million a second would take.
  static let most = UInt64(UInt32.max) - 1

  /// The current minute, since 1970; nil before anything was told.
  public internal(set) var minute: Int64?
  /// Minutes before this one are refused.
  public internal(set) var opensAt: Int64 = .min
  /// Events that were refused, and of how many minutes they were.
  public internal(set) var refused = Refused()
  /// Everything taken since Damcon began: it only grows.
  public internal(set) var ever = EventCount.none

  /// Bad events in the upper half and all in the lower, or `unseen`; from `origin`, in a ring.
  var minutes: [UInt64] = []
  /// Two words an hour: all events in 56 bits with the minutes seen above them, and bad events;
  /// from `hourOrigin`, in a ring.
  var hours: [UInt64] = []
  var origin: Int64 = 0
  var hourOrigin: Int64 = 0
  let hoursHeld: Int
  public internal(set) var windows: [WindowSum]

  /// Minutes that were changed late, for whoever keeps a copy: at most `lateLimit`, both parts of
  /// them rising.
  var late: [Late] = []
  static let lateLimit = 6

  /// In the minute `in`, minutes from `from` on were changed.
  struct Late: Sendable, Hashable {
    var `in`: Int64
    var from: Int64
  }

  /// One window as it stands.
  public struct WindowSum: Sendable, Hashable, Codable {
    /// Its length in minutes.
    public let length: Int32
    /// Minutes of it, the current one included, that were watched.
    public internal(set) var seen: Int32 = 0
    public internal(set) var events = EventCount.none

    /// By hours rather than minutes.
    var isHourly: Bool { Int(length) > SLOLedger.minutesHeld - 1 }
    var hours: Int64 { (Int64(length) + 59) / 60 }

    init(length: Int) { self.length = Int32(clamping: length) }
  }

  /// Events of minutes that were counted before.
  public struct Refused: Sendable, Hashable {
    public internal(set) var events = EventCount.none
    public internal(set) var minutes = 0
    var last: Int64 = .min
  }

  /// - Parameter lengths: minutes of each window; at most a year.
  public init(windows lengths: [Int]) {
    let lengths = Set(lengths.map { min(max($0, 1), 366 * 1440) }).sorted()
    windows = lengths.map(WindowSum.init)
    hoursHeld = max((lengths.last ?? 0) / 60 + 1, 72) + 2
  }

  // MARK: Time

  /// Makes `target` the current minute; one that is not later changes nothing.
  public mutating func roll(to target: Int64) {
    guard let current = minute else {
      begin(at: target)
      return
    }
    guard target > current else { return }
    // Everything held falls out of the rings: cheaper to begin anew than to walk there.
    if target - current > Int64(hoursHeld) * 60 {
      begin(at: target)
      return
    }
    for next in current + 1...target { step(to: next) }
  }

  mutating func begin(at target: Int64) {
    minute = target
    origin = target
    hourOrigin = SLOLedger.hour(of: target)
    minutes.removeAll(keepingCapacity: true)
    hours.removeAll(keepingCapacity: true)
    append(minute: SLOLedger.unseen)
    appendHour()
    for i in windows.indices { windows[i] = WindowSum(length: Int(windows[i].length)) }
    late.removeAll(keepingCapacity: true)
  }

  private mutating func step(to next: Int64) {
    for i in windows.indices where !windows[i].isHourly {
      leave(window: i, next - 1 - Int64(windows[i].length))
    }
    if minutes.count < SLOLedger.minutesHeld {
      append(minute: SLOLedger.unseen)
    } else {
      minutes[place(next)] = SLOLedger.unseen
    }
    let hour = SLOLedger.hour(of: next)
    if hour != SLOLedger.hour(of: next - 1) { stepHour(to: hour) }
    minute = next
  }

  private mutating func leave(window i: Int, _ leaving: Int64) {
    guard leaving >= origin else { return }
    let word = minutes[place(leaving)]
    guard word != SLOLedger.unseen else { return }
    windows[i].seen -= 1
    windows[i].events.bad -= word >> 32
    windows[i].events.total -= word & 0xffff_ffff
  }

  private mutating func stepHour(to hour: Int64) {
    for i in windows.indices where windows[i].isHourly {
      let leaving = hour - 1 - windows[i].hours
      guard leaving >= hourOrigin, hour - leaving <= Int64(hoursHeld) else {
        continue
      }
      let place = hourPlace(leaving)
      windows[i].seen -= Int32(hours[place] >> 56)
      windows[i].events.total -= hours[place] & SLOLedger.hourTotal
      windows[i].events.bad -= hours[place + 1]
    }
    if hours.count < 2 * hoursHeld {
      appendHour()
    } else {
      let place = hourPlace(hour)
      hours[place] = 0
      hours[place + 1] = 0
    }
  }

  // MARK: Counting

  /// Adds events that happened between two moments, evenly over the minutes between them.
  ///
  /// What lies before the first minute held counts for that one; what lies in refused minutes is
  /// counted as refused and nowhere else. The parts add up to the whole, to the event.
  ///
  /// - Parameters:
  ///   - start, end: nanoseconds since 1970; `end` must not be past the current minute's end.
  public mutating func add(_ events: EventCount, from start: Int64, to end: Int64) {
    guard let minute else { return }
    let current = minute * SLOLedger.minuteLength
    // Before what is remembered everything is refused where it belongs, not moved.
    let held = minute - Int64(SLOLedger.minutesHeld) + 1
    let oldest = (opensAt > origin ? held : max(origin, held)) * SLOLedger.minuteLength
    let start = max(oldest, min(start, current + SLOLedger.minuteLength - 1))
    let end = min(max(start + 1, end), max(current + SLOLedger.minuteLength, start + 1))
    let first = SLOLedger.minute(of: start)
    let last = SLOLedger.minute(of: end - 1)
    if first == last { return add(events, at: first) }
    let bad = min(events.bad, events.total)
    var given = (bad: UInt64(0), good: UInt64(0))
    let length = UInt64(end - start)
    for minute in first...last {
      let passed = UInt64(min((minute + 1) * SLOLedger.minuteLength, end) - start)
      // Good and bad apart, so that no minute has more bad events than events.
      let upTo = (
        bad: SLOLedger.share(bad, passed, of: length),
        good: SLOLedger.share(events.total - bad, passed, of: length)
      )
      let part = (bad: upTo.bad - given.bad, good: upTo.good - given.good)
      add(EventCount(bad: part.bad, total: part.bad + part.good), at: minute)
      given = upTo
    }
  }

  private static func share(_ count: UInt64, _ part: UInt64, of whole: UInt64) -> UInt64 {
    let product = count.multipliedFullWidth(by: min(part, whole))
    return whole.dividingFullWidth(product).quotient
  }

  /// Adds events of one minute, which is seen from then on though there be none.
  mutating func add(_ events: EventCount, at place: Int64) {
    guard let minute else { return }
    guard place >= opensAt else {
      refused.events = refused.events + events
      if place > refused.last {
        refused.minutes += 1
        refused.last = place
      }
      return
    }
    let slot = self.place(place)
    let before = minutes[slot]
    let isFirst = before == SLOLedger.unseen
    let old = isFirst ? (bad: 0, total: 0) : (bad: before >> 32, total: before & 0xffff_ffff)
    let total = min(old.total &+ min(events.total, SLOLedger.most), SLOLedger.most)
    let bad = min(old.bad &+ min(events.bad, SLOLedger.most), total)
    minutes[slot] = bad << 32 | total
    let increase = EventCount(bad: bad - old.bad, total: total - old.total)
    if increase.total == 0, increase.bad == 0, !isFirst { return }

    let hour = SLOLedger.hour(of: place)
    let hourSlot = hourPlace(hour)
    hours[hourSlot] += increase.total
    hours[hourSlot + 1] += increase.bad
    if isFirst { hours[hourSlot] += 1 << 56 }
    let now = SLOLedger.hour(of: minute)
    for i in windows.indices {
      let isIn =
        windows[i].isHourly
        ? hour >= now - windows[i].hours : place >= minute - Int64(windows[i].length)
      guard isIn else { continue }
      windows[i].events.bad += increase.bad
      windows[i].events.total += increase.total
      if isFirst { windows[i].seen += 1 }
    }
    ever = ever + increase
    if place < minute { noteLate(place, in: minute) }
  }

  private mutating func noteLate(_ place: Int64, in now: Int64) {
    if let last = late.last, last.in == now, last.from <= place { return }
    // What is told again because of this covers what was changed after it.
    while let last = late.last, last.from >= place { late.removeLast() }
    if let last = late.last, last.in == now { return }
    if late.count == SLOLedger.lateLimit {
      // The two oldest as one: more is told again than must be, never less.
      late[1].from = late[0].from
      late.removeFirst()
    }
    late.append(Late(in: now, from: place))
  }

  /// The current minute was watched so far.
  var seesCurrentMinute: Bool {
    guard let minute else { return false }
    return minutes[place(minute)] != SLOLedger.unseen
  }

  // MARK: Places

  static let minuteLength: Int64 = 60_000_000_000
  static let hourTotal: UInt64 = (1 << 56) - 1

  /// The whole minute since 1970 of a moment in nanoseconds.
  public static func minute(of wall: Int64) -> Int64 {
    wall / minuteLength - (wall % minuteLength < 0 ? 1 : 0)
  }

  static func hour(of minute: Int64) -> Int64 { minute / 60 - (minute % 60 < 0 ? 1 : 0) }

  func place(_ minute: Int64) -> Int {
    Int((minute - origin) % Int64(SLOLedger.minutesHeld))
  }

  func hourPlace(_ hour: Int64) -> Int {
    2 * Int((hour - hourOrigin) % Int64(hoursHeld))
  }

  /// Grows by a part of itself rather than to the double, which would be most of all memory.
  mutating func append(minute word: UInt64) {
    if minutes.count == minutes.capacity {
      let more = max(32, minutes.count / 8)
      minutes.reserveCapacity(min(minutes.count + more, SLOLedger.minutesHeld))
    }
    minutes.append(word)
  }

  mutating func appendHour() {
    if hours.count + 2 > hours.capacity {
      hours.reserveCapacity(min(hours.count + max(16, hours.count / 8), 2 * hoursHeld))
    }
    hours.append(0)
    hours.append(0)
  }
}
