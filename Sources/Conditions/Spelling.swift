/// How names and words are spelled in a condition: bare where that reads back the same, else in
/// double quotes.
enum Spelling {
  /// Bytes of names and words: letters, digits, `_`, `-`, `.` and all that is not ASCII.
  static func isName(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
      UInt8(ascii: "."), 0x80...:
      true
    default: false
    }
  }

  /// What may stand after `is` without quotes: versions and addresses have more signs than names.
  static func isWord(_ byte: UInt8) -> Bool {
    isName(byte)
      || [UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "@")]
        .contains(byte)
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  /// Whether a service's name needs no quotes before a dot.
  static func isBareName(_ name: String) -> Bool {
    guard let first = name.utf8.first, let last = name.utf8.last else { return false }
    let dot = UInt8(ascii: ".")
    // A name that begins like a number would look like one; dots at its ends or twice in a row
    // would be cut elsewhere.
    return name.utf8.allSatisfy(isName) && !isDigit(first) && first != dot && last != dot
      && first != UInt8(ascii: "-") && !hasTwoDots(name)
  }

  private static func hasTwoDots(_ name: String) -> Bool {
    var before: UInt8 = 0
    for byte in name.utf8 {
      if byte == UInt8(ascii: "."), before == byte { return true }
      before = byte
    }
    return false
  }

  /// What after `is` belongs to the grammar.
  static let notWords: Set<String> = ["and", "or", "for", "until", "not"]

  static func isBareWord(_ word: String) -> Bool {
    !word.isEmpty && word.utf8.allSatisfy(isWord) && !notWords.contains(word)
  }

  static func isBareArgument(_ argument: String) -> Bool {
    !argument.isEmpty && normalArgument(argument) == argument
      && argument.utf8.allSatisfy {
        $0 >= 0x20 && $0 != UInt8(ascii: "(") && $0 != UInt8(ascii: ")") && $0 != UInt8(ascii: "\"")
          && $0 != 0x7F
      }
  }

  /// Parts with `, ` between them, whatever spaces were written.
  static func normalArgument(_ text: String) -> String {
    text.split(separator: ",", omittingEmptySubsequences: false).map { part in
      var bytes = Array(part.utf8)[...]
      while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
      while let last = bytes.last, isSpace(last) { bytes.removeLast() }
      return String(decoding: bytes, as: UTF8.self)
    }.joined(separator: ", ")
  }

  static func quoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { out += "\\" }
      out.unicodeScalars.append(scalar)
    }
    return out + "\""
  }
}
