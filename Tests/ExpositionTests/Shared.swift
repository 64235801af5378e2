import Exposition
import Foundation

/// The shared cases, where the environment says where they are.
enum Shared {
  static let root = ProcessInfo.processInfo.environment["DAMCON_SHARED"].map {
    URL(fileURLWithPath: $0, isDirectory: true)
  }
  static var isPresent: Bool { root != nil }
  static let absence = "DAMCON_SHARED is not set: the shared cases are not here"

  static func bytes(_ path: String) throws -> [UInt8] {
    let root = try Optional(root).flatMap { $0 }.orThrow(absence)
    return [UInt8](try Data(contentsOf: root.appendingPathComponent(path)))
  }

  static func json(_ path: String) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(try bytes(path)), options: [.fragmentsAllowed])
  }

  static func rows(_ path: String) throws -> [[String: Any]] {
    try (json(path) as? [[String: Any]]).orThrow("\(path) is no list of objects")
  }

  static func folder(_ path: String) throws -> [String] {
    let root = try Optional(root).flatMap { $0 }.orThrow(absence)
    return try FileManager.default
      .contentsOfDirectory(atPath: root.appendingPathComponent(path).path).sorted()
  }

  /// The bytes of a case's input: JSON cannot hold bytes that are not UTF-8, and has U+FFFD instead.
  static func input(_ row: [String: Any]) throws -> [UInt8] {
    let text = try (row["in"] as? String).orThrow("a case without input")
    return Array(text.unicodeScalars).flatMap { $0 == "\u{FFFD}" ? [0xFF] : Array(String($0).utf8) }
  }
}

struct Missing: Error, CustomStringConvertible {
  let description: String
}

extension Optional {
  func orThrow(_ message: String) throws -> Wrapped {
    guard let self else { throw Missing(description: message) }
    return self
  }
}

/// A sample as the expected answers write it: `labels \t bits \t timestamp`.
func answerLine(_ sample: ParsedExposition.Sample, type: FamilyType) -> String {
  var labels: [(String, String)] = [("__name__", sample.name)]
  for label in sample.labels {
    let isBound =
      label.name == "le" && [.histogram, .gaugeHistogram].contains(type)
      || label.name == "quantile" && type == .summary
    labels.append((label.name, isBound ? openMetricsNumber(label.value) : label.value))
  }
  let json = labels.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
    .map { "\(goJSON($0.0)):\(goJSON($0.1))" }.joined(separator: ",")
  let bits =
    sample.value.isNaN
    ? "nan"
    : String(sample.value.bitPattern, radix: 16).leftPadded(16)
  let time = sample.timestamp.map { String(Int64(($0 * 1000).rounded(.towardZero))) } ?? ""
  return "{\(json)}\t\(bits)\t\(time)"
}

extension String {
  func leftPadded(_ width: Int) -> String {
    String(repeating: "0", count: max(0, width - count)) + self
  }
}

/// A string as Go's encoding/json writes it.
func goJSON(_ text: String) -> String {
  var out = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": out += "\\\""
    case "\\": out += "\\\\"
    case "\n": out += "\\n"
    case "\r": out += "\\r"
    case "\t": out += "\\t"
    case "<", ">", "&", "\u{2028}", "\u{2029}":
      out += "\\u" + String(scalar.value, radix: 16).leftPadded(4)
    case _ where scalar.value < 0x20: out += "\\u" + String(scalar.value, radix: 16).leftPadded(4)
    default: out.unicodeScalars.append(scalar)
    }
  }
  return out + "\""
}

/// A bound as Prometheus normalises it when it reads one: `1` becomes `1.0`, `1000000` `1e+06`.
func openMetricsNumber(_ text: String) -> String {
  guard let value = Double(text) else { return text }
  if value.isNaN { return "NaN" }
  if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
  if value == 0 { return "0.0" }
  // The shortest digits, without point and exponent.
  var digits = ""
  var exponent = 0
  var pointAt: Int?
  let (mantissa, power) = split("\(abs(value))")
  for character in mantissa {
    if character == "." { pointAt = digits.count } else { digits.append(character) }
  }
  exponent = (pointAt ?? digits.count) + power
  while digits.hasPrefix("0"), digits.count > 1 {
    digits.removeFirst()
    exponent -= 1
  }
  while digits.hasSuffix("0"), digits.count > 1 { digits.removeLast() }
  let sign = value < 0 ? "-" : ""
  let scientific = exponent - 1
  // Where Go's %g turns to exponents when it is asked for the shortest digits.
  if scientific < -4 || scientific >= 6 {
    let head = digits.prefix(1)
    let rest = digits.dropFirst()
    let power = String(abs(scientific)).leftPadded(2)
    return sign + head + (rest.isEmpty ? "" : "." + rest) + "e" + (scientific < 0 ? "-" : "+")
      + power
  }
  if exponent <= 0 { return sign + "0." + String(repeating: "0", count: -exponent) + digits }
  if digits.count <= exponent {
    return sign + digits + String(repeating: "0", count: exponent - digits.count) + ".0"
  }
  return sign + digits.prefix(exponent) + "." + digits.dropFirst(exponent)
}

private func split(_ text: String) -> (String, Int) {
  guard let e = text.firstIndex(of: "e") else { return (text, 0) }
  return (String(text[..<e]), Int(text[text.index(after: e)...]) ?? 0)
}
