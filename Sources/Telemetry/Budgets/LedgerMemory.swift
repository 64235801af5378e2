public import Canonical

/// What is kept of a ledger outside of it: minutes of the last days, hours of what is older.
public struct LedgerMemory: Sendable, Hashable, Codable {
  /// Rising, each hour once.
  public var minutes: [Minutes]
  /// Rising, each hour once. Hours that are in `minutes` too are told by those.
  public var hours: [Hour]

  public init(minutes: [Minutes] = [], hours: [Hour] = []) {
    self.minutes = minutes
    self.hours = hours
  }

  private enum CodingKeys: String, CodingKey { case minutes, hours }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    minutes = try container.decode([Minutes].self, forKey: .minutes)
    hours = try container.decode([Hour].self, forKey: .hours)
    guard
      minutes.allSatisfy({ $0.hour.magnitude <= LedgerClock.lastHour })
        && hours.allSatisfy({ $0.hour.magnitude <= LedgerClock.lastHour })
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .hours, in: container, debugDescription: "hours that no clock shows")
    }
  }

  /// The sixty minutes of one hour.
  public struct Minutes: Sendable, Hashable {
    /// Whole hours since 1970.
    public var hour: Int64
    /// nil for a minute that nobody watched.
    public private(set) var events: [EventCount?]

    public static let count = 60

    public init(hour: Int64) {
      self.hour = hour
      events = Array(repeating: nil, count: Minutes.count)
    }

    public subscript(minute: Int) -> EventCount? {
      get { events[minute] }
      set { events[minute] = newValue }
    }
  }

  /// One hour's sum.
  public struct Hour: Sendable, Hashable, Codable {
    /// Whole hours since 1970.
    public var hour: Int64
    public var events: EventCount
    /// Minutes of it that were watched.
    public var seen: Int

    public init(hour: Int64, events: EventCount, seen: Int) {
      self.hour = hour
      self.events = events
      self.seen = seen
    }

    public init(_ minutes: Minutes) {
      hour = minutes.hour
      events = minutes.events.reduce(.none) { $0 + ($1 ?? .none) }
      seen = minutes.events.count { $0 != nil }
    }
  }

  /// The last minute that was watched.
  public var last: Int64? {
    let minute = minutes.last { $0.events.contains { $0 != nil } }.map { hour in
      hour.hour * 60 + Int64(hour.events.lastIndex { $0 != nil } ?? 0)
    }
    let hour = hours.last { $0.seen > 0 }.map { $0.hour * 60 + 59 }
    guard let minute, let hour else { return minute ?? hour }
    return minutes.contains { $0.hour == hour / 60 } ? minute : max(minute, hour)
  }
}

/// The memory of one objective, and what its events meant when they were counted.
public struct LedgerPage: Sendable, Hashable, Codable {
  /// `service` or `capability`, and its name.
  public var kind: String
  public var owner: String
  public var slo: String
  /// `EventRule.meaning`: what is counted otherwise now is not added to this.
  public var meaning: String
  public var memory: LedgerMemory

  public init(
    kind: String, owner: String, slo: String, meaning: String, memory: LedgerMemory
  ) {
    self.kind = kind
    self.owner = owner
    self.slo = slo
    self.meaning = meaning
    self.memory = memory
  }
}

extension LedgerMemory.Minutes: CanonicalOnly {
  /// As an array of two.
  public func write(to encoder: CanonicalEncoder) {
    encoder.write(true)
    encoder.write(hour)
    encoder.write(true)
    encoder.put(events.map { $0.map(SLOLedger.word) ?? SLOLedger.unseen })
    encoder.write(false)
  }

  public init(canonical decoder: CanonicalDecoder) throws {
    let words: [UInt64]
    guard try decoder.bool() else { throw Malformed("an hour is missing", at: decoder.place) }
    hour = try Int64(canonical: decoder)
    guard try decoder.bool() else { throw Malformed("minutes are missing", at: decoder.place) }
    words = try decoder.words()
    guard try !decoder.bool(), words.count == Self.count else {
      throw Malformed("an hour has 60 minutes, not \(words.count)", at: decoder.place)
    }
    events = words.map { $0 == SLOLedger.unseen ? nil : SLOLedger.events(of: $0) }
  }
}
