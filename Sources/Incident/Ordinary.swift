public import Canonical
public import Telemetry

/// What is usual for a service, and what of it is not usual now.
public struct Ordinary: Sendable, Hashable {
  /// By signal, in the order in which they are followed.
  public internal(set) var norms: [NamedNorm] = []
  /// What is far off now, the furthest first.
  public internal(set) var deviations: [Deviation] = []
  /// Signals that go up steadily.
  public internal(set) var rising: [String] = []
  /// What may become a deviation, and how often in a row it was one.
  var suspects: [Suspect] = []
  /// The stretch of five seconds that was looked at last.
  var checkedIn: Int64 = -1

  struct Suspect: Sendable, Hashable {
    var name: String
    var times: Int
  }

  /// How often in a row a value must be far off before it counts, and no more before it does not.
  static let patience = 3
  static let stretch = 5.0

  public struct NamedNorm: Sendable, Hashable, Codable {
    public var name: String
    public var norm: Norm
  }
}

/// A value that is far off what is usual for it, though nobody set a threshold.
public struct Deviation: Sendable, Hashable {
  /// `rate`, `error_ratio`, `p50_ms`, `p99_ms`, or a signal's name.
  public var name: String
  public var value: Double
  public var norm: Norm
  /// Seconds of the session's clock since which it counts.
  public var since: Double

  public var isAbove: Bool { value > norm.median }

  /// How many times what is usual it is; nil where usual is nothing.
  public var factor: Double? { norm.median > 0 ? value / norm.median : nil }

  /// `p99 3x baseline`, `rate a fifth of baseline`, `errors 4.2%, usually 0`.
  public var words: String {
    let shown = Deviation.label(name)
    guard let factor else { return "\(shown) \(Deviation.figure(value, of: name)), usually 0" }
    if factor >= 1 {
      let times = factor >= 10 ? factor.rounded() : (factor * 10).rounded() / 10
      let text = times == times.rounded() ? "\(Int(min(times, 1e9)))" : "\(times)"
      return "\(shown) \(text)x baseline"
    }
    let part = max(2, Int(nearest: 1 / max(1e-3, factor)))
    return factor < 0.001
      ? "\(shown) gone, baseline \(Deviation.figure(norm.median, of: name))"
      : part == 2 ? "\(shown) half of baseline" : "\(shown) 1/\(part) of baseline"
  }

  static func label(_ name: String) -> String {
    switch name {
    case "error_ratio": "errors"
    case "p50_ms": "p50"
    case "p99_ms": "p99"
    default: name
    }
  }

  private static func figure(_ value: Double, of name: String) -> String {
    if name.hasSuffix("_ratio") {
      let percent = (value * 1000).rounded() / 10
      return percent == percent.rounded() ? "\(Int(nearest: percent))%" : "\(percent)%"
    }
    let rounded = value.magnitude >= 100 ? value.rounded() : (value * 10).rounded() / 10
    return rounded == rounded.rounded() && rounded.magnitude < 1e15
      ? "\(Int(rounded))" : "\(rounded)"
  }
}

extension ServicePresent {
  /// What is unusual of it without anybody having set a threshold, the furthest off first.
  public var deviations: [Deviation] { ordinary.deviations }
}

// MARK: As bytes

/// Norms follow from the history: see `History.norms`.
extension Ordinary: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&deviations, &rising, &suspects, &checkedIn)
  }
}

extension Ordinary.Suspect: FieldCoded {
  static var blank: Self { Self(name: "", times: 0) }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&name, &times) }
}

extension Deviation: FieldCoded {
  public static var blank: Self { Self(name: "", value: 0, norm: .blank, since: 0) }
  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &value, &norm, &since)
  }
}
