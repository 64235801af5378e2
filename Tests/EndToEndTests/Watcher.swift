import Foundation
import Testing

/// A program that watches, ended when the test ends, whatever it ends by.
final class Watcher {
  let child: Child
  /// What it says on standard error.
  let errors: String

  init(_ arguments: [String], state: String, environment: [String] = []) throws {
    errors =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString)").path
    child = try Child(
      "/usr/bin/env", ["XDG_STATE_HOME=\(state)"] + environment + [Damcon.path] + arguments,
      errors: errors)
  }

  var said: String { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }

  /// The port of this host that it says after so many words.
  func port(after words: String) throws -> UInt16 {
    let words = words + " http://127.0.0.1:"
    try #require(waitUntil(30) { said.contains(words) }, "\(said)")
    let text = said
    let start = try #require(text.range(of: words)?.upperBound)
    return try #require(UInt16(text[start...].prefix { $0.isNumber }))
  }

  /// - Returns: the exit status, or the number of the signal below zero.
  @discardableResult func end(_ signal: Int32 = SIGTERM) -> Int32 {
    child.signal(signal)
    return child.wait(20)
  }

  deinit {
    end()
    try? FileManager.default.removeItem(atPath: errors)
  }
}
