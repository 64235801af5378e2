internal import Canvas

/// The keys that come as `ESC [` or `ESC O` and more, in the forms that terminals in use send.
enum ControlSequence {
  /// Reads what follows `ESC [`; see `KeyDecoder.read` for the answer. Modifiers are left out.
  static func read(_ bytes: ArraySlice<UInt8>) -> (Int, Key?)? {
    // The Linux console sends its first function keys as `ESC [ [ A`.
    if bytes.first == UInt8(ascii: "[") {
      guard let letter = bytes.dropFirst().first else { return nil }
      let isKey = letter >= 0x41 && letter <= 0x45
      return (4, isKey ? .function(Int(letter) - 0x40) : nil)
    }
    var i = bytes.startIndex
    while i < bytes.endIndex, bytes[i] >= 0x20, bytes[i] < 0x40 { i += 1 }
    guard i < bytes.endIndex else {
      // Longer than any key: what comes next starts afresh.
      return bytes.count > 64 ? (bytes.count + 2, nil) : nil
    }
    let final = bytes[i]
    let parameters = bytes[bytes.startIndex..<i]
    // A sequence torn by another Esc or a control: give up what was there, keep what comes.
    if final < 0x40 || final > 0x7e { return (2 + parameters.count, nil) }
    var used = 2 + parameters.count + 1
    if final == UInt8(ascii: "M"), parameters.isEmpty {
      // An old mouse report has three more bytes.
      guard bytes.count >= 4 else { return nil }
      used += 3
      return (used, nil)
    }
    if final == UInt8(ascii: "~") {
      let number = leadingNumber(parameters)
      return number == 200 ? (-1, nil) : (used, key(number: number))
    }
    if let first = parameters.first, first >= UInt8(ascii: "<") { return (used, nil) }
    if final == UInt8(ascii: "R"), isPosition(parameters) { return (used, nil) }
    return (used, key(final: final))
  }

  /// F3 with modifiers is `1;2` to `1;16`; other numbers before an `R` say where a cursor is.
  private static func isPosition(_ parameters: ArraySlice<UInt8>) -> Bool {
    let numbers = parameters.split(separator: UInt8(ascii: ";")).map(leadingNumber)
    return !(numbers.isEmpty || numbers.first == 1 && (numbers.count == 1 || numbers[1] <= 16))
  }

  /// `ESC ]`, `ESC P` and `ESC _` may open a string: an answer to a question somebody else asked.
  static func opensString(_ byte: UInt8) -> Bool { [0x5d, 0x50, 0x5f].contains(byte) }

  /// Whether what stands behind an Esc is such a string; nil where the next byte will tell.
  ///
  /// By itself the sign is an Alt key where it came with its Esc, else a key of its own: so where a
  /// slow link tore them apart, only what nobody types is taken for an answer.
  static func isString(_ bytes: ArraySlice<UInt8>, together: Bool) -> Bool? {
    let rest = bytes.dropFirst()
    guard let next = rest.first else { return together ? nil : false }
    let isAnswer: Bool =
      switch bytes.first {
      case UInt8(ascii: "]"): (0x30...0x39).contains(next)
      case UInt8(ascii: "P"): Array("01>!|".utf8).contains(next)
      default: next == UInt8(ascii: "G")
      }
    guard isAnswer, !together else { return isAnswer }
    let tail = rest.drop { (0x30...0x3f).contains($0) && $0 != 0x3b }.first
    return bytes.first != UInt8(ascii: "_") && tail.map { Array(";+$|".utf8).contains($0) } == true
  }

  /// Reads such a string to its end, of which nothing is a key.
  static func readString(_ bytes: ArraySlice<UInt8>) -> (Int, Key?)? {
    for i in bytes.indices {
      if bytes[i] == 0x07 { return (2 + i + 1 - bytes.startIndex, nil) }
      if bytes[i] == 0x1b, i + 1 < bytes.endIndex {
        // ESC \ ends it; any other Esc begins something new.
        let used = 2 + i - bytes.startIndex
        return (bytes[i + 1] == 0x5c ? used + 2 : used, nil)
      }
    }
    return bytes.count > 4096 ? (2 + bytes.count, nil) : nil
  }

  static func key(final: UInt8) -> Key? {
    switch final {
    case UInt8(ascii: "A"): .up
    case UInt8(ascii: "B"): .down
    case UInt8(ascii: "C"): .right
    case UInt8(ascii: "D"): .left
    case UInt8(ascii: "H"): .home
    case UInt8(ascii: "F"): .end
    case UInt8(ascii: "Z"): .backTab
    case UInt8(ascii: "M"): .enter
    case UInt8(ascii: "P"): .function(1)
    case UInt8(ascii: "Q"): .function(2)
    case UInt8(ascii: "R"): .function(3)
    case UInt8(ascii: "S"): .function(4)
    default: nil
    }
  }

  private static func key(number: Int) -> Key? {
    switch number {
    case 1, 7: .home
    case 2: .insert
    case 3: .delete
    case 4, 8: .end
    case 5: .pageUp
    case 6: .pageDown
    case 11...15: .function(number - 10)
    case 17...21: .function(number - 11)
    case 23, 24: .function(number - 12)
    default: nil
    }
  }

  private static func leadingNumber(_ bytes: ArraySlice<UInt8>) -> Int {
    var number = 0
    for byte in bytes {
      guard byte >= 0x30, byte <= 0x39, number < 10_000 else { break }
      number = number * 10 + Int(byte - 0x30)
    }
    return number
  }
}
