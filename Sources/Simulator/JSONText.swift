/// JSON as simulated services write it: keys in the order given.
indirect enum JSONText: Sendable {
  case string(String)
  case number(Double)
  case bool(Bool)
  case list([JSONText])
  case fields([(String, JSONText)])
  case null

  /// An object, as text.
  static func object(_ fields: [(String, JSONText)]) -> String {
    var out = ""
    JSONText.fields(fields).write(to: &out)
    return out
  }

  private func write(to out: inout String) {
    switch self {
    case .string(let text): Self.quote(text, to: &out)
    case .number(let value): out += NumberText.plain(value)
    case .bool(let value): out += value ? "true" : "false"
    case .null: out += "null"
    case .list(let items):
      out += "["
      for (place, item) in items.enumerated() {
        if place > 0 { out += "," }
        item.write(to: &out)
      }
      out += "]"
    case .fields(let fields):
      out += "{"
      for (place, field) in fields.enumerated() {
        if place > 0 { out += "," }
        Self.quote(field.0, to: &out)
        out += ":"
        field.1.write(to: &out)
      }
      out += "}"
    }
  }

  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }
}

/// Numbers as services write them.
enum NumberText {
  /// `32` rather than `32.0`.
  static func plain(_ value: Double) -> String {
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return "\(value)"
  }

  /// Seconds as whole milliseconds and a tenth.
  static func milliseconds(_ seconds: Double) -> Double { (seconds * 10_000).rounded() / 10 }
}
