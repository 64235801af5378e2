/// Names as every Prometheus takes them; others are written in its own escaping for that
/// (`U__http_2e_requests` for `http.requests`), which tells all of them apart.
enum MetricName {
  static func metric(_ name: String) -> String { legal(name, allowsColon: true) }

  static func label(_ name: String) -> String { legal(name, allowsColon: false) }

  private static func legal(_ name: String, allowsColon: Bool) -> String {
    let isLegal = { (scalar: Unicode.Scalar, isFirst: Bool) in
      switch scalar {
      case "a"..."z", "A"..."Z", "_": true
      case "0"..."9": !isFirst
      case ":": allowsColon
      default: false
      }
    }
    var isFirst = true
    var isWhole = !name.isEmpty
    for scalar in name.unicodeScalars {
      isWhole = isWhole && isLegal(scalar, isFirst)
      isFirst = false
    }
    if isWhole { return name }
    var escaped = "U__"
    for scalar in name.unicodeScalars {
      if scalar == "_" {
        escaped += "__"
      } else if isLegal(scalar, false) {
        escaped.unicodeScalars.append(scalar)
      } else {
        escaped += "_\(String(scalar.value, radix: 16))_"
      }
    }
    return escaped
  }
}
