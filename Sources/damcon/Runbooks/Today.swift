import Fleet
import Foundation

/// The day that it is (UTC), for when a runbook was reviewed.
enum Today {
  /// Days since 1970-01-01.
  static var number: Int { Int((Date().timeIntervalSince1970 / 86_400).rounded(.down)) }
  /// `2026-11-22`
  static var day: String { day(number) }

  static func day(_ number: Int) -> String {
    String(CivilTime(unixNanoseconds: Int64(number) * 86_400_000_000_000).rfc3339.prefix(10))
  }
}
