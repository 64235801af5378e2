import Foundation

/// What the system says of an error, in its words.
enum SystemWords {
  static func of(_ number: Int32) -> String { String(cString: strerror(number)) }
}
