/// A JSON value that keeps the order of its keys and says `null` where a thing is not known.
///
/// Foundation's encoder leaves out what is nil; here unknown is part of the answer.
package enum JSONText: Sendable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONText])
  case object([(String, JSONText)])

  package static func number(_ value: Double?) -> JSONText {
    guard let value, value.isFinite else { return .null }
    return .number(value)
  }

  package static func number(_ value: Int) -> JSONText { .number(Double(value)) }

  package static func string(_ value: String?) -> JSONText {
    guard let value else { return .null }
    return .string(value)
  }

  package static func strings(_ values: [String]) -> JSONText { .array(values.map { .string($0) }) }

  static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  /// Indented by two; short arrays and objects of scalars stay on one line.
  package var pretty: String {
    var text = ""
    write(to: &text, indent: 0)
    return text
  }

  /// Without a blank or a line feed: one line of a file of such lines.
  package var compact: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .null, .bool, .number, .string: write(to: &text, indent: 0)
    case .array(let items):
      text += "["
      for (index, item) in items.enumerated() {
        if index > 0 { text += "," }
        item.write(to: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, (key, value)) in members.enumerated() {
        if index > 0 { text += "," }
        JSONText.quote(key, to: &text)
        text += ":"
        value.write(to: &text)
      }
      text += "}"
    }
  }

  private var isScalar: Bool {
    switch self {
    case .array(let items): items.isEmpty
    case .object(let members): members.isEmpty
    default: true
    }
  }

  private func write(to text: inout String, indent: Int) {
    switch self {
    case .null: text += "null"
    case .bool(let value): text += value ? "true" : "false"
    case .number(let value): text += value.isFinite ? JSONText.digits(value) : "null"
    case .string(let value): JSONText.quote(value, to: &text)
    case .array(let items):
      guard !items.isEmpty else { return text += "[]" }
      let flat = items.allSatisfy(\.isScalar)
      text += "["
      for (index, item) in items.enumerated() {
        JSONText.separate(&text, first: index == 0, flat: flat, indent: indent + 1)
        item.write(to: &text, indent: indent + 1)
      }
      JSONText.close(&text, with: "]", flat: flat, indent: indent)
    case .object(let members):
      guard !members.isEmpty else { return text += "{}" }
      let flat = members.count <= 12 && members.allSatisfy { $0.1.isScalar }
      text += "{"
      for (index, (key, value)) in members.enumerated() {
        JSONText.separate(&text, first: index == 0, flat: flat, indent: indent + 1)
        JSONText.quote(key, to: &text)
        text += ": "
        value.write(to: &text, indent: indent + 1)
      }
      JSONText.close(&text, with: "}", flat: flat, indent: indent)
    }
  }

  private static func separate(_ text: inout String, first: Bool, flat: Bool, indent: Int) {
    if !first { text += flat ? ", " : "," }
    if !flat { text += "\n" + String(repeating: "  ", count: indent) }
  }

  private static func close(
    _ text: inout String, with bracket: String, flat: Bool, indent: Int
  ) {
    if !flat { text += "\n" + String(repeating: "  ", count: indent) }
    text += bracket
  }

  /// Whole numbers without a fraction; others in the fewest digits that read back the same.
  static func digits(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 9e15 ? String(Int64(value)) : String(value)
  }

  static func quote(_ value: String, to text: inout String) {
    text += "\""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      // Control bytes of either set could reach a terminal that shows this, and some readers take
      // U+2028 and U+2029 for the end of a line.
      case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}",
        "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
