/// What a target says, fit to be shown: printable, without secrets, and short.
enum AnswerText {
  /// Characters that are shown.
  static let longest = 200

  static func shown(_ text: String, _ mask: SecretMask) -> String {
    var printable = String.UnicodeScalarView()
    for scalar in text.unicodeScalars { printable.append(isPrintable(scalar) ? scalar : " ") }
    let words = mask.masked(String(printable)).drop { $0 == " " }
    let shown = words.prefix(longest)
    return String(shown.reversed().drop { $0 == " " }.reversed())
      + (shown.count < words.count ? "…" : "")
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
