package import Fleet
import Foundation
import YAMLText

/// A secret that cannot be had: says what is missing, never what it was.
package struct SecretError: Error, Sendable, Hashable, CustomStringConvertible {
  package var description: String
}

extension Credentials.Secret {
  /// The value to send, read now from where the fleet file says.
  package func resolve() throws(SecretError) -> String {
    switch self {
    case .literal(let value): return value
    case .environment(let name, let prefix):
      guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
        throw SecretError(description: "the environment variable \(name) is not set")
      }
      return try prefix + sendable(value, from: "the environment variable \(name)")
    case .file(let path, let prefix):
      guard let data = FileManager.default.contents(atPath: path) else {
        let reason = FileManager.default.fileExists(atPath: path) ? "cannot be read" : "is missing"
        throw SecretError(description: "the secret's file \(path) \(reason)")
      }
      guard data.count <= 64 << 10, let text = String(validating: data, as: UTF8.self) else {
        throw SecretError(description: "the file \(path) holds no secret: it is not a line of text")
      }
      return try prefix + sendable(text, from: "the file \(path)")
    }
  }

  /// Trimmed, and known to fit into one header line.
  private func sendable(_ text: String, from source: String) throws(SecretError) -> String {
    let value = text.trimmed
    if value.isEmpty { throw SecretError(description: "\(source) is empty") }
    if value.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }) {
      throw SecretError(description: "\(source) holds more than one line of text")
    }
    return value
  }
}
