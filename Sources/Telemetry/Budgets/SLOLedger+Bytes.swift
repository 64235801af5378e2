public import Canonical

/// Encoded packed, and checked when decoded: a recording can come from anywhere.
extension SLOLedger: FieldCoded {
  public static var blank: Self { Self(windows: []) }

  public mutating func pass(_ fields: Fields) throws {
    var lengths = windows.map { Int($0.length) }
    try fields.pass(&lengths)
    if fields.isReading { self = Self(windows: lengths) }
    try fields.pass(&minute, &origin, &hourOrigin, &opensAt)
    try fields.pass(words: &minutes)
    try fields.pass(words: &hours)
    try fields.pass(&ever, &refused, &late)
    guard fields.isReading else { return }
    late = Array(late.prefix(SLOLedger.lateLimit))
    try fields.require(isConsistent, "a ledger whose minutes and hours do not fit its time")
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

extension SLOLedger.Late: FieldCoded {
  static var blank: Self { Self(in: 0, from: 0) }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&self.in, &from) }
}

extension SLOLedger.Refused: FieldCoded {
  public static var blank: Self { Self() }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&events, &minutes, &last) }
}
