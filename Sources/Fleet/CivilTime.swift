/// A moment as a calendar in UTC says it; the arithmetic is Howard Hinnant's `civil_from_days`.
package struct CivilTime: Sendable, Hashable {
  package var year: Int64
  package var month: Int64
  package var day: Int64
  package var hour: Int64
  package var minute: Int64
  package var second: Int64
  package var millisecond: Int64

  package init(unixNanoseconds: Int64) {
    let milliseconds = CivilTime.floor(unixNanoseconds, by: 1_000_000)
    let days = CivilTime.floor(milliseconds, by: 86_400_000)
    let ofDay = milliseconds - days * 86_400_000
    millisecond = ofDay % 1000
    second = ofDay / 1000 % 60
    minute = ofDay / 60_000 % 60
    hour = ofDay / 3_600_000

    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shifted + 2) / 5 + 1
    month = shifted < 10 ? shifted + 3 : shifted - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// `2026-11-21T01:02:03.456Z`
  package var rfc3339: String {
    "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(clock).\(pad(millisecond, 3))Z"
  }

  /// `2026-11-21T01:02:03Z`
  package var rfc3339Seconds: String {
    "\(pad(year, 4))-\(pad(month, 2))-\(pad(day, 2))T\(clock)Z"
  }

  /// `01:02:03`
  package var clock: String { "\(pad(hour, 2)):\(pad(minute, 2)):\(pad(second, 2))" }

  private static func floor(_ value: Int64, by divisor: Int64) -> Int64 {
    value / divisor - (value % divisor < 0 ? 1 : 0)
  }

  private func pad(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }
}
