#if canImport(FoundationEssentials)
  internal import FoundationEssentials
#else
  internal import Foundation
#endif

/// OSC 52: the terminal puts a text on the clipboard of the machine it runs on, over any number of
/// SSH hops. It never answers, so nobody can say that it did.
enum Clipboard {
  /// More than any name, address or message; terminals that limit it take at least this.
  static let limit = 8 * 1024

  static func sequence(_ text: String, inScreen: Bool) -> String {
    let osc = "\u{1b}]52;c;\(Data(text.utf8.prefix(limit)).base64EncodedString())\u{7}"
    return inScreen ? "\u{1b}P\(osc)\u{1b}\\" : osc
  }
}
