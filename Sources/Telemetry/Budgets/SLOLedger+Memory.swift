/// Going on from what an earlier run kept, and handing on what is to be kept.
extension SLOLedger {
  /// Takes over what was kept. Its minutes are closed from now on: events of theirs that were
  /// counted here already, or will be, are refused.
  public mutating func remember(_ memory: LedgerMemory) {
    guard let last = memory.last, last.magnitude <= LedgerClock.lastMinute else { return }
    let own = ownMinutes
    let everything = ever
    let before = refused
    begin(at: max(minute ?? last, last))
    guard let now = minute else { return }

    let oldest = now - Int64(SLOLedger.minutesHeld) + 1
    let firstHour = SLOLedger.hour(of: now) - Int64(hoursHeld) + 1
    let minuteHours = memory.minutes.filter { $0.hour >= firstHour && $0.hour <= now / 60 }
    let hourSums = memory.hours.filter { hour in
      hour.hour >= firstHour && hour.hour <= now / 60
        && !minuteHours.contains { $0.hour == hour.hour }
    }
    let starts = minuteHours.map(\.hour) + hourSums.map(\.hour) + own.map { $0.minute / 60 }
    open(
      from: max(oldest, (starts.min() ?? now / 60) * 60), hour: starts.min() ?? now / 60, to: now)

    for hour in hourSums { put(hour) }
    for hour in minuteHours {
      put(LedgerMemory.Hour(hour))
      for (step, events) in hour.events.enumerated() {
        let place = hour.hour * 60 + Int64(step)
        guard let events, holds(place), place <= now else { continue }
        minutes[self.place(place)] = SLOLedger.word(events)
      }
    }
    opensAt = last + 1
    recount()
    refused = before
    for (minute, events) in own { add(events, at: minute) }
    // These were counted before, here: whoever compares with then must not see them again.
    ever = everything
  }

  /// Minutes of this run.
  private var ownMinutes: [(minute: Int64, events: EventCount)] {
    guard let minute, !minutes.isEmpty else { return [] }
    return (minute - Int64(minutes.count) + 1...minute).compactMap { place in
      place < opensAt ? nil : events(minute: place).map { (place, $0) }
    }
  }

  private mutating func open(from first: Int64, hour: Int64, to now: Int64) {
    origin = first
    minutes = []
    minutes.reserveCapacity(Int(now - first) + 1)
    minutes.append(contentsOf: repeatElement(SLOLedger.unseen, count: Int(now - first) + 1))
    hourOrigin = hour
    let count = Int(SLOLedger.hour(of: now) - hour) + 1
    hours = []
    hours.reserveCapacity(2 * count)
    hours.append(contentsOf: repeatElement(0, count: 2 * count))
  }

  private mutating func put(_ hour: LedgerMemory.Hour) {
    guard holds(hour: hour.hour) else { return }
    let slot = hourPlace(hour.hour)
    let total = min(hour.events.total, SLOLedger.hourTotal >> 8)
    hours[slot] = UInt64(min(max(hour.seen, 0), 60)) << 56 | total
    hours[slot + 1] = min(hour.events.bad, total)
  }

  /// Sums every window by walking it, once.
  mutating func recount() {
    guard let now = minute else { return }
    for i in windows.indices {
      var window = WindowSum(length: Int(windows[i].length))
      if window.isHourly {
        let hour = SLOLedger.hour(of: now)
        for place in max(hour - window.hours, hourOrigin)...hour {
          let slot = hourPlace(place)
          window.seen += Int32(hours[slot] >> 56)
          window.events.total += hours[slot] & SLOLedger.hourTotal
          window.events.bad += hours[slot + 1]
        }
      } else {
        for place in max(now - Int64(window.length), origin)...now {
          guard let events = events(minute: place) else { continue }
          window.seen += 1
          window.events = window.events + events
        }
      }
      windows[i] = window
    }
  }

  /// Sums other windows from now on, keeping every minute and hour that they need.
  public mutating func keep(windows lengths: [Int]) {
    var other = SLOLedger(windows: lengths)
    guard other.windows.map(\.length) != windows.map(\.length) else { return }
    guard let now = minute else { return self = other }
    other.minute = now
    other.origin = origin
    other.minutes = minutes
    other.opensAt = opensAt
    other.refused = refused
    other.ever = ever
    other.late = late
    let hour = SLOLedger.hour(of: now)
    let first = max(hourOrigin, hour - Int64(min(hoursHeld, other.hoursHeld)) + 1)
    other.hourOrigin = first
    for place in first...hour {
      let slot = hourPlace(place)
      other.hours.append(hours[slot])
      other.hours.append(hours[slot + 1])
    }
    other.recount()
    self = other
  }

  /// The minutes that changed since `minute` was the current one, up to `last`, by the hour. Minutes
  /// that did not change may be among them, as they stand.
  public func changes(since minute: Int64, upTo last: Int64) -> [LedgerMemory.Minutes] {
    var first = max(minute, opensAt)
    if let late = late.first(where: { $0.in >= minute }) {
      first = max(min(first, late.from), opensAt)
    }
    guard let current = self.minute else { return [] }
    first = max(first, current - Int64(minutes.count) + 1, origin)
    let last = min(last, current)
    guard first <= last else { return [] }
    var found: [LedgerMemory.Minutes] = []
    for place in first...last {
      guard let events = events(minute: place) else { continue }
      let hour = SLOLedger.hour(of: place)
      if found.last?.hour != hour { found.append(LedgerMemory.Minutes(hour: hour)) }
      found[found.count - 1][Int(place - hour * 60)] = events
    }
    return found
  }

  static func word(_ events: EventCount) -> UInt64 {
    let total = min(events.total, most)
    return min(events.bad, total) << 32 | total
  }
}
