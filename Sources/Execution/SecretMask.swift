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
      for form in [text, quoted, quoted.replacing("/", with: "\\/"), SecretMask.escaped(text)] {
        let bytes = Array(form.utf8)
        if !bytes.isEmpty, !forms.contains(bytes) { forms.append(bytes) }
      }
    }
    forms.sort { $0.count > $1.count }
  }

  /// As an address writes it.
  private static func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
  }

  func masked(_ text: String) -> String {
    var bytes = Array(text.utf8)
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
    return String(decoding: bytes, as: UTF8.self)
  }

  func hides(in text: String) -> Bool { masked(text) != text }
}
