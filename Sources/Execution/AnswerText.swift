/// What a target says, fit to be shown: printable, without secrets, and short.
enum AnswerText {
  /// Characters that are shown.
  static let longest = 200

  static func shown(_ text: String, _ mask: SecretMask) -> String {
    let words = mask.masked(printable(text)).drop { $0 == " " }
    let shown = words.prefix(longest)
    return String(shown.reversed().drop { $0 == " " }.reversed())
      + (shown.count < words.count ? "…" : "")
  }

  /// The end of it: a program says last why it did not do what it should.
  ///
  /// - Parameter text: without secrets.
  static func last(_ text: String) -> String {
    let words = printable(text).split(separator: " ").joined(separator: " ")
    let shown = words.suffix(longest)
    return (shown.count < words.count ? "…" : "") + shown
  }

  /// All of it as lines; what is no line and cannot be printed is a blank.
  ///
  /// - Parameter text: without secrets.
  static func lines(_ text: String) -> String {
    text.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
      .map { printable(String($0)) }.joined(separator: "\n")
  }

  private static func printable(_ text: String) -> String {
    var printable = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { printable.append(isPrintable(scalar) ? scalar : " ") }
    return String(printable)
  }

  /// Neither controls nor what turns the direction of text, or has no shape of its own.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      false
    default: true
    }
  }
}
