import Exposition

/// Words of an OpenMetrics exposition.
enum OpenMetricsText {
  /// Label values and help texts: any character may stand there but these three.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  static func value(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    return JSONText.digits(value)
  }

  /// Seconds with milliseconds, all that Prometheus keeps.
  static func time(_ milliseconds: Int64) -> String {
    let (seconds, rest) = milliseconds.magnitude.quotientAndRemainder(dividingBy: 1000)
    let fraction = String(rest)
    return (milliseconds < 0 ? "-" : "") + String(seconds) + "."
      + String(repeating: "0", count: 3 - fraction.count) + fraction
  }

  static func word(_ type: FamilyType) -> String {
    type == .untyped ? "unknown" : type.rawValue
  }

  /// The names that samples of a family of this type may have: none of them may belong to another.
  static func names(of family: String, _ type: FamilyType) -> [String] {
    let suffixes =
      switch type {
      case .counter: ["", "_total", "_created"]
      case .histogram: ["", "_bucket", "_sum", "_count", "_created"]
      case .summary: ["", "_sum", "_count", "_created"]
      case .gauge, .untyped, .info, .stateset, .gaugeHistogram: [""]
      }
    return suffixes.map { family + $0 }
  }
}
