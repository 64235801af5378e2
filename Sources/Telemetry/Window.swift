public import Canonical

/// How far back a reading looks: three lengths, each kept as twelve slots and the current one.
///
/// A window therefore spans between its length and one slot more; what was really watched of it
/// is said beside every reading (`RequestStatistics.covered`).
public enum Window: String, Sendable, Hashable, CanonicalCodable, CaseIterable {
  case minute = "1m"
  case fiveMinutes = "5m"
  case hour = "1h"

  /// Nominal length in seconds.
  public var seconds: Double { slot * Double(Window.slots) }

  /// Seconds of one slot.
  public var slot: Double {
    switch self {
    case .minute: 5
    case .fiveMinutes: 25
    case .hour: 300
    }
  }

  /// Full slots a window keeps beside the current one.
  public static let slots = 12

  /// Slots held in memory: the full ones and the current one.
  static let held = slots + 1

  var index: Int {
    switch self {
    case .minute: 0
    case .fiveMinutes: 1
    case .hour: 2
    }
  }
}
