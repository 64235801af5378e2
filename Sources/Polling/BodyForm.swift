import Exposition
import NIOCore

/// What a body is, by its first bytes and its declared type: enough to tell a page from metrics.
enum BodyForm {
  case html, json, protobuf, other

  init(_ body: UnsafeRawBufferPointer, contentType: String?) {
    let type = contentType?.prefix { $0 != ";" }.lowercased() ?? ""
    let start = body.prefix(64).drop {
      $0 == 0x20 || (0x09...0x0d).contains($0) || $0 == 0xef || $0 == 0xbb || $0 == 0xbf
    }
    let opening = String(decoding: start.prefix(15), as: UTF8.self).lowercased()
    if type.contains("protobuf") {
      self = .protobuf
    } else if type == "text/html" || opening.hasPrefix("<!doctype html")
      || opening.hasPrefix("<html")
    {
      self = .html
    } else if opening.hasPrefix("{") || opening.hasPrefix("["),
      type.hasSuffix("json") || opening.hasPrefix("{\"")
    {
      // `{"quoted name", …} 1` is a metric line of text 1.0.0.
      self = type.contains("text/plain") || type.contains("openmetrics") ? .other : .json
    } else {
      self = .other
    }
  }

  /// Whether the first lines read as metrics: comments, or a name followed by labels or a value.
  static func looksLikeExposition(_ body: UnsafeRawBufferPointer, contentType: String?) -> Bool {
    guard case .other = BodyForm(body, contentType: contentType) else { return false }
    let type = contentType?.lowercased() ?? ""
    if body.isEmpty { return type.contains("openmetrics") || type.contains("version=0.0.4") }
    for line in body.prefix(4096).split(separator: 0x0a).prefix(8) {
      let line = line.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0d }
      guard let first = line.first else { continue }
      if line.starts(with: "# HELP ".utf8) || line.starts(with: "# TYPE ".utf8) { return true }
      if line.starts(with: "# EOF".utf8) { return true }
      if first == UInt8(ascii: "#") { continue }
      if first == UInt8(ascii: "{") { return line.contains(UInt8(ascii: "}")) }
      let name = line.prefix { byte in
        byte == 0x5f || byte == 0x3a || (0x30...0x39).contains(byte)
          || (0x61...0x7a).contains(byte | 0x20)
      }
      guard !name.isEmpty, !(0x30...0x39).contains(first) else { return false }
      let rest = line.dropFirst(name.count)
      guard let after = rest.first else { return false }
      if after == UInt8(ascii: "{") { return true }
      guard after == 0x20 || after == 0x09 else { return false }
      guard let value = rest.first(where: { $0 != 0x20 && $0 != 0x09 }) else { return false }
      return (0x30...0x39).contains(value) || "+-.NnIi".utf8.contains(value)
    }
    return false
  }
}
