import Foundation

/// Hides secrets in what a target says back, however it writes them.
struct SecretMask: Sendable {
  /// As bytes, the longest first: what is a part of another is found after it.
  private var forms: [[UInt8]] = []

  private static let sign = Array("•••".utf8)
  /// Of a part of a secret; shorter ones are words like `Bearer`.
  private static let shortest = 8

  init(_ secrets: [String] = []) {
    var texts: Set<String> = []
    for secret in secrets {
      texts.insert(secret)
      // `Bearer abc`: it may be said back without its scheme, and `Basic` is no secret writing at all.
      for part in secret.split(separator: " ") where part.utf8.count >= SecretMask.shortest {
        texts.insert(String(part))
        guard let data = Data(base64Encoded: String(part)) else { continue }
        guard let plain = String(data: data, encoding: .utf8), !plain.isEmpty else { continue }
        texts.insert(plain)
        if let colon = plain.firstIndex(of: ":") {
          let password = plain[plain.index(after: colon)...]
          if !password.isEmpty { texts.insert(String(password)) }
        }
      }
    }
    for text in texts {
      let quoted = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      let written = [text, quoted, quoted.replacing("/", with: "\\/")]
      for form in written + SecretMask.escaped(text) + SecretMask.packed(text) {
        let bytes = Array(form.utf8)
        if !bytes.isEmpty, !forms.contains(bytes) { forms.append(bytes) }
      }
    }
    forms.sort { $0.count > $1.count }
  }

  /// As an address writes it, or a form: some leave `-._~` as they are, some write a blank as `+`.
  private static func escaped(_ text: String) -> [String] {
    let letters = CharacterSet.alphanumerics
    return [letters, letters.union(CharacterSet(charactersIn: "-._~"))].flatMap { kept in
      let escaped = text.addingPercentEncoding(withAllowedCharacters: kept) ?? text
      let small = escaped.replacing(/%[0-9A-F]{2}/) { $0.output.lowercased() }
      return [escaped, small].flatMap { [$0, $0.replacing("%20", with: "+")] }
    }
  }

  /// In base64, by itself and without what fills it up at its end.
  private static func packed(_ text: String) -> [String] {
    guard text.utf8.count >= shortest else { return [] }
    let packed = Data(text.utf8).base64EncodedString().replacing("=", with: "")
    return [packed, packed.replacing("+", with: "-").replacing("/", with: "_")]
  }

  /// Bytes at a beginning that are the end of what is hidden, where what came before them is not there.
  func remainder(of text: some Collection<UInt8>) -> Int {
    var longest = 0
    for form in forms {
      for count in stride(from: form.count - 1, to: longest, by: -1)
      where text.starts(with: form.suffix(count)) {
        longest = count
        break
      }
    }
    return longest
  }

  func masked(_ text: String) -> String { String(decoding: masked(text.utf8), as: UTF8.self) }

  func masked(_ text: some Collection<UInt8>) -> [UInt8] {
    var bytes = Array(text)
    for form in forms {
      var result: [UInt8] = []
      var place = 0
      while place < bytes.count {
        if bytes[place...].starts(with: form) {
          result += SecretMask.sign
          place += form.count
        } else {
          result.append(bytes[place])
          place += 1
        }
      }
      bytes = result
    }
    return bytes
  }

  func hides(in text: String) -> Bool { masked(text) != text }
}
