import Telemetry

/// Minutes of an hour, and hours of a day, as the bytes of one row.
///
/// Numbers are written in groups of seven bits, lowest first: a minute of a usual service takes
/// three bytes. A minute or hour that nobody watched is one zero.
enum CountsBlob {
  static func bytes(_ hour: LedgerMemory.Minutes) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(240)
    for minute in 0..<LedgerMemory.Minutes.count {
      guard let events = hour[minute] else {
        bytes.append(0)
        continue
      }
      put(events.total + 1, in: &bytes)
      if events.total > 0 { put(events.bad, in: &bytes) }
    }
    return bytes
  }

  /// nil where the bytes are no hour.
  static func minutes(_ bytes: [UInt8], of hour: Int64) -> LedgerMemory.Minutes? {
    var minutes = LedgerMemory.Minutes(hour: hour)
    var place = 0
    for minute in 0..<LedgerMemory.Minutes.count {
      guard let total = take(bytes, &place) else { return nil }
      guard total > 0 else { continue }
      let bad = total > 1 ? take(bytes, &place) : 0
      guard let bad, bad < total else { return nil }
      minutes[minute] = EventCount(bad: bad, total: total - 1)
    }
    return place == bytes.count ? minutes : nil
  }

  /// By the hour of the day; nil for one that nobody watched.
  static func bytes(_ day: [LedgerMemory.Hour?]) -> [UInt8] {
    var bytes: [UInt8] = []
    for hour in day {
      guard let hour, hour.seen > 0 else {
        bytes.append(0)
        continue
      }
      put(UInt64(hour.seen), in: &bytes)
      put(hour.events.total, in: &bytes)
      put(hour.events.bad, in: &bytes)
    }
    return bytes
  }

  /// nil where the bytes are no day.
  static func hours(_ bytes: [UInt8], of day: Int64) -> [LedgerMemory.Hour?]? {
    var hours: [LedgerMemory.Hour?] = []
    var place = 0
    for hour in 0..<Int64(24) {
      guard let seen = take(bytes, &place), seen <= 60 else { return nil }
      guard seen > 0 else {
        hours.append(nil)
        continue
      }
      guard let total = take(bytes, &place), let bad = take(bytes, &place), bad <= total else {
        return nil
      }
      hours.append(
        LedgerMemory.Hour(
          hour: day * 24 + hour, events: EventCount(bad: bad, total: total), seen: Int(seen)))
    }
    return place == bytes.count ? hours : nil
  }

  private static func put(_ value: UInt64, in bytes: inout [UInt8]) {
    var rest = value
    while rest > 0x7f {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private static func take(_ bytes: [UInt8], _ place: inout Int) -> UInt64? {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 56, by: 7) {
      guard place < bytes.count else { return nil }
      let byte = bytes[place]
      place += 1
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
    }
    return nil
  }
}
