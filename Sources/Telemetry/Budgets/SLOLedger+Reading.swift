/// What was counted when, for charts and for the cost of an incident.
extension SLOLedger {
  /// All that a budget is read from.
  public struct Sums: Sendable {
    let windows: [WindowSum]
    let seesCurrentMinute: Bool
    /// Minutes that were counted before.
    public let refusedMinutes: Int
    /// Nothing in it was counted by an earlier run.
    public let isOfThisRun: Bool
  }

  public var sums: Sums {
    Sums(
      windows: windows, seesCurrentMinute: seesCurrentMinute, refusedMinutes: refused.minutes,
      isOfThisRun: opensAt == .min)
  }

  /// The sum over a window that is kept, by its length in minutes.
  public func sum(over length: Int) -> WindowSum? {
    windows.first { Int($0.length) == length }
  }

  /// Events of one minute; nil where it was not watched or is held no more.
  public func events(minute: Int64) -> EventCount? {
    guard let current = self.minute, holds(minute), minute <= current else { return nil }
    let word = minutes[place(minute)]
    return word == SLOLedger.unseen ? nil : SLOLedger.events(of: word)
  }

  /// Events of one whole hour since 1970; nil where none of it was watched or it is held no more.
  public func events(hour: Int64) -> EventCount? {
    guard let current = minute.map(SLOLedger.hour), holds(hour: hour), hour <= current else {
      return nil
    }
    let slot = hourPlace(hour)
    guard hours[slot] >> 56 > 0 else { return nil }
    return EventCount(bad: hours[slot + 1], total: hours[slot] & SLOLedger.hourTotal)
  }

  /// Bytes that its minutes and hours take, for those who watch memory.
  public var bytesHeld: Int { (minutes.capacity + hours.capacity) * 8 }

  /// The last `span` minutes in `points` equal parts, oldest first, nil where nothing was watched.
  /// Spans of more than three days are told by whole hours.
  public func series(span: Int, points: Int) -> [EventCount?] {
    guard let minute, span > 0, points > 0, points <= 4096 else { return [] }
    let isHourly = span >= SLOLedger.minutesHeld
    let now = isHourly ? SLOLedger.hour(of: minute) : minute
    let length = isHourly ? (span + 59) / 60 : span
    let first = now - Int64(length) + 1
    return (0..<points).map { point in
      let start = first + Int64(length * point / points)
      let end = first + Int64(length * (point + 1) / points)
      var sum: EventCount?
      for place in start..<max(end, start + 1) {
        guard let part = isHourly ? events(hour: place) : events(minute: place) else { continue }
        sum = (sum ?? .none) + part
      }
      return sum
    }
  }

  /// What was counted since the present burning began: the last minute backwards, until the budget
  /// was not overdrawn for five minutes together, at most six hours.
  ///
  /// An alert comes some minutes after what it alerts of; those minutes are part of its cost.
  public func burning(_ objective: Objective) -> EventCount {
    guard let minute, let factor = BurnFactor(1, over: 1) else { return .none }
    var sum = EventCount.none
    var pending = EventCount.none
    var calm = 0
    for back in 0..<Int64(360) {
      guard let part = events(minute: minute - back) else {
        if !holds(minute - back) { break }
        continue
      }
      pending = pending + part
      if part.burns(faster: factor, than: objective) {
        sum = sum + pending
        pending = .none
        calm = 0
      } else {
        calm += 1
        if calm == 5 { break }
      }
    }
    return sum
  }

  func holds(_ minute: Int64) -> Bool {
    guard let current = self.minute else { return false }
    return minute >= origin && minute > current - Int64(SLOLedger.minutesHeld)
  }

  func holds(hour: Int64) -> Bool {
    guard let current = minute.map(SLOLedger.hour) else { return false }
    return hour >= hourOrigin && hour > current - Int64(hoursHeld)
  }

  static func events(of word: UInt64) -> EventCount {
    EventCount(bad: word >> 32, total: word & 0xffff_ffff)
  }
}
