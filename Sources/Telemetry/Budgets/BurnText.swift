/// Burn rates and windows as people read them.
public enum BurnText {
  /// `22x`, `2.4x`, `0.3x`; `0x` where nothing was bad.
  public static func rate(_ value: Double) -> String { plain(value) + "x" }

  /// At most three digits, and none after the point that say nothing: `14.4`, `6`, `0.93`.
  static func plain(_ value: Double) -> String {
    guard value.isFinite, value >= 0 else { return "–" }
    if value >= 99.95 { return value < 1e15 ? "\(Int64(value.rounded()))" : "–" }
    let scale = value >= 9.995 ? 10 : 100
    let whole = Int((value * Double(scale)).rounded())
    if whole == 0, value > 0 { return "<0.01" }
    var tail = String(whole % scale)
    tail = String(repeating: "0", count: (scale == 10 ? 1 : 2) - tail.count) + tail
    while tail.last == "0" { tail.removeLast() }
    return "\(whole / scale)" + (tail.isEmpty ? "" : ".\(tail)")
  }

  /// A window in its largest whole unit: `5m`, `6h`, `3d`, `30d`; `90m` stays so.
  public static func window(_ minutes: Int) -> String {
    if minutes > 0, minutes % 1440 == 0 { return "\(minutes / 1440)d" }
    if minutes > 0, minutes % 60 == 0 { return "\(minutes / 60)h" }
    return "\(minutes)m"
  }

  /// Time that was watched, rounded down to a unit that still tells it from its window: `90m`,
  /// `71h`, `29d`.
  public static func seen(_ minutes: Int) -> String {
    switch minutes {
    case ..<120: "\(max(0, minutes))m"
    case ..<6000: "\(minutes / 60)h"
    default: "\(minutes / 1440)d"
    }
  }
}
