/// In what a signal is measured, which its name tells: `p99_ms` in milliseconds, `error_ratio` from
/// 0 to 1, `memory_bytes` in bytes. Numbers of a condition are brought to it when they are read, so
/// that `p99_ms > 2s` and `p99_ms > 2000` say the same.
public enum SignalUnit: Sendable, Hashable {
  case milliseconds, seconds, ratio, bytes
  /// A count, or anything whose name does not tell.
  case plain

  public init(of name: String) {
    self =
      if name.hasSuffix("_ms") {
        .milliseconds
      } else if name.hasSuffix("_seconds") || name == "age" {
        .seconds
      } else if name.hasSuffix("_ratio") || name == "saturation" || name == "budget"
        || name == "rollout"
      {
        .ratio
      } else if name.hasSuffix("_bytes") {
        .bytes
      } else {
        .plain
      }
  }

  /// What a sentence calls values of it.
  var noun: String {
    switch self {
    case .milliseconds, .seconds: "a time"
    case .ratio: "a share from 0 to 1"
    case .bytes: "a size"
    case .plain: "a plain number"
    }
  }

  /// An example of a right value.
  var example: String {
    switch self {
    case .milliseconds: "800ms"
    case .seconds: "5m"
    case .ratio: "5%"
    case .bytes: "64MiB"
    case .plain: "100"
    }
  }

  /// A value of this unit as a condition writes it; it reads back as the same number.
  public func text(_ value: Double) -> String {
    switch self {
    case .milliseconds: Self.time(value, perSecond: 1000)
    case .seconds: Self.time(value, perSecond: 1)
    case .ratio: Self.percent(value)
    case .bytes: Self.size(value)
    case .plain: Self.number(value)
    }
  }

  static func number(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return "\(value)"
  }

  /// `1h30m`, `800ms`, `0.25s`.
  private static func time(_ value: Double, perSecond: Double) -> String {
    let smallest = perSecond == 1 ? "s" : "ms"
    guard value > 0, value < 1e12, value == value.rounded() else { return number(value) + smallest }
    var left = Int64(value)
    let second = Int64(perSecond)
    var text = ""
    for (unit, size) in [("d", 86_400 * second), ("h", 3600 * second), ("m", 60 * second)] {
      if left >= size {
        text += "\(left / size)\(unit)"
        left %= size
      }
    }
    if perSecond == 1 {
      if left > 0 { text += "\(left)s" }
    } else if left > 0 {
      // 1.5 s is plainer as 1500ms than as 1s500ms.
      if left % 1000 == 0 {
        text += "\(left / 1000)s"
      } else {
        if text.isEmpty { return "\(left)ms" }
        if left >= 1000 { text += "\(left / 1000)s" }
        text += "\(left % 1000)ms"
      }
    }
    return text
  }

  private static func percent(_ value: Double) -> String {
    let near = value * 100
    for percent in [near.rounded(), near, near.nextUp, near.nextDown] where percent / 100 == value {
      return number(percent) + "%"
    }
    return number(value)
  }

  private static func size(_ value: Double) -> String {
    guard value > 0, value < 1e15, value == value.rounded() else { return number(value) + "B" }
    let bytes = Int64(value)
    for (unit, shift) in [("TiB", 40), ("GiB", 30), ("MiB", 20), ("KiB", 10)]
    where bytes >= 1 << shift && bytes & (1 << shift - 1) == 0 {
      return "\(bytes >> shift)\(unit)"
    }
    return "\(bytes)B"
  }
}
