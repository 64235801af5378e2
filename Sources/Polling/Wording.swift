/// Numbers as fault sentences say them, without Foundation.
enum Wording {
  /// `2.0 s`, `0.5 s`.
  static func seconds(_ seconds: Double) -> String {
    guard seconds.isFinite, abs(seconds) < 1e12 else { return "\(seconds) s" }
    return tenths(seconds) + " s"
  }

  /// `980 B`, `1.2 kB`, `68 kB`, `3.4 MB`.
  static func bytes(_ count: Int) -> String {
    var value = Double(count)
    var unit = "B"
    for larger in ["kB", "MB", "GB", "TB"] where value >= 999.5 {
      value /= 1000
      unit = larger
    }
    if unit == "B" || value >= 9.95 { return "\(Int(value.rounded())) \(unit)" }
    return tenths(value) + " " + unit
  }

  /// A limit as it was set: `16 MiB`, `64 KiB`, else in bytes.
  static func limit(_ count: Int) -> String {
    if count >= 1 << 20, count % (1 << 20) == 0 { return "\(count >> 20) MiB" }
    if count >= 1 << 10, count % (1 << 10) == 0 { return "\(count >> 10) KiB" }
    return bytes(count)
  }

  /// `40 minutes`, `3 days`: the largest unit of which there are two, or one.
  static func span(_ seconds: Double) -> String {
    for (size, name) in [(86_400.0, "day"), (3_600, "hour"), (60, "minute")] where seconds >= size {
      let count = Int(seconds / size)
      return "\(count) \(name)\(count == 1 ? "" : "s")"
    }
    let count = max(0, Int(seconds))
    return "\(count) second\(count == 1 ? "" : "s")"
  }

  /// `404 Not Found`: the number and, where it has one, its usual name.
  static func status(_ status: Int) -> String {
    statusNames[status].map { "\(status) \($0)" } ?? "\(status)"
  }

  private static func tenths(_ value: Double) -> String {
    let scaled = Int((value * 10).rounded())
    return "\(scaled / 10).\(abs(scaled % 10))"
  }

  private static let statusNames: [Int: String] = [
    301: "Moved Permanently", 302: "Found", 303: "See Other", 307: "Temporary Redirect",
    308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable", 410: "Gone",
    429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
  ]
}
