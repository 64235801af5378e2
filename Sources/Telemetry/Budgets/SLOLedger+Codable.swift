/// Encoded packed, and checked when decoded: a recording can come from anywhere.
extension SLOLedger: Codable {
  private enum CodingKeys: String, CodingKey {
    case lengths, minute, origin, hourOrigin, opensAt, minutes, hours, ever, refused, late
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(windows.map(\.length), forKey: .lengths)
    try container.encodeIfPresent(minute, forKey: .minute)
    try container.encode(origin, forKey: .origin)
    try container.encode(hourOrigin, forKey: .hourOrigin)
    try container.encode(opensAt, forKey: .opensAt)
    try container.encode(PackedWords(minutes), forKey: .minutes)
    try container.encode(PackedWords(hours), forKey: .hours)
    try container.encode(ever, forKey: .ever)
    try container.encode(refused, forKey: .refused)
    try container.encode(late, forKey: .late)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self.init(windows: try container.decode([Int].self, forKey: .lengths))
    minute = try container.decodeIfPresent(Int64.self, forKey: .minute)
    origin = try container.decode(Int64.self, forKey: .origin)
    hourOrigin = try container.decode(Int64.self, forKey: .hourOrigin)
    opensAt = try container.decode(Int64.self, forKey: .opensAt)
    minutes = try container.decode(PackedWords.self, forKey: .minutes).values
    hours = try container.decode(PackedWords.self, forKey: .hours).values
    ever = try container.decode(EventCount.self, forKey: .ever)
    refused = try container.decode(Refused.self, forKey: .refused)
    late = Array(try container.decode([Late].self, forKey: .late).prefix(SLOLedger.lateLimit))
    guard isConsistent else {
      throw DecodingError.dataCorruptedError(
        forKey: .minutes, in: container,
        debugDescription: "a ledger whose minutes and hours do not fit its time")
    }
    recount()
  }

  private var isConsistent: Bool {
    guard let minute else { return minutes.isEmpty && hours.isEmpty }
    let hour = SLOLedger.hour(of: minute)
    guard minute.magnitude <= LedgerClock.lastMinute,
      origin.magnitude <= 2 * LedgerClock.lastMinute,
      hourOrigin.magnitude <= 2 * LedgerClock.lastHour,
      origin <= minute, hourOrigin <= hour,
      minutes.count == min(Int(minute - origin) + 1, SLOLedger.minutesHeld),
      hours.count == 2 * min(Int(hour - hourOrigin) + 1, hoursHeld)
    else { return false }
    return minutes.allSatisfy { $0 == SLOLedger.unseen || $0 >> 32 <= $0 & 0xffff_ffff }
      && stride(from: 0, to: hours.count, by: 2).allSatisfy {
        // Sums of a year of such hours are numbers too.
        hours[$0] >> 56 <= 60 && hours[$0] & SLOLedger.hourTotal <= SLOLedger.hourTotal >> 8
          && hours[$0 + 1] <= hours[$0] & SLOLedger.hourTotal
      }
  }
}
