/// Colours, attributes and character set: all that SGR and its older relatives say.
struct Rendition: Equatable {
  /// Bit n for SGR n, 1 (bold) to 9 (crossed out).
  private var attributes: UInt16 = 0
  private var foreground = Ground.standard
  private var background = Ground.standard
  /// As `ESC (` designated it; nil where that was never spoken of.
  var charset: UInt8?
  var isShifted = false

  /// A colour as SGR names it, without saying for which of the two grounds.
  private enum Ground: Equatable {
    case standard
    /// 0 to 7, and 60 to 67 for the bright ones.
    case basic(UInt8)
    case indexed(UInt8)
    case direct(red: UInt8, green: UInt8, blue: UInt8)
  }

  /// Takes the parameters of one SGR; false, with nothing promised, where one of them is not known.
  mutating func apply(_ parameters: ArraySlice<UInt8>) -> Bool {
    let texts = parameters.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
    var numbers = texts.makeIterator()
    while let text = numbers.next() {
      if text.contains(UInt8(ascii: ":")) {
        guard applyColons(text) else { return false }
        continue
      }
      guard let number = Self.number(text) else { return false }
      switch number {
      case 0:
        attributes = 0
        foreground = .standard
        background = .standard
      case 1...9: attributes |= 1 << UInt16(number)
      case 22: attributes &= ~(1 << 1 | 1 << 2)
      case 23...25, 27...29: attributes &= ~(1 << UInt16(number - 20))
      case 30...37: foreground = .basic(UInt8(number - 30))
      case 40...47: background = .basic(UInt8(number - 40))
      case 90...97: foreground = .basic(UInt8(number - 30))
      case 100...107: background = .basic(UInt8(number - 40))
      case 39: foreground = .standard
      case 49: background = .standard
      case 38, 48:
        guard let ground = Self.ground(&numbers) else { return false }
        if number == 38 { foreground = ground } else { background = ground }
      default: return false
      }
    }
    return true
  }

  /// `38:2::r:g:b`, `38:2:r:g:b` or `38:5:n`.
  private mutating func applyColons(_ text: ArraySlice<UInt8>) -> Bool {
    let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    let values = parts.map { Self.number($0) }
    let ground: Ground
    switch (values.count, values[1]) {
    case (3, 5):
      guard let index = values[2].flatMap(UInt8.init(exactly:)) else { return false }
      ground = .indexed(index)
    case (5, 2), (6, 2):
      let colors = values.suffix(3).compactMap { $0.flatMap(UInt8.init(exactly:)) }
      guard colors.count == 3 else { return false }
      ground = .direct(red: colors[0], green: colors[1], blue: colors[2])
    default: return false
    }
    switch values[0] {
    case 38: foreground = ground
    case 48: background = ground
    default: return false
    }
    return true
  }

  private static func ground(_ numbers: inout IndexingIterator<[ArraySlice<UInt8>]>) -> Ground? {
    func next() -> UInt8? {
      numbers.next().flatMap { number($0) }.flatMap { UInt8(exactly: $0) }
    }
    switch next() {
    case 5: return next().map { .indexed($0) }
    case 2:
      guard let red = next(), let green = next(), let blue = next() else { return nil }
      return .direct(red: red, green: green, blue: blue)
    default: return nil
    }
  }

  /// Decimal digits; nothing at all is 0.
  private static func number(_ text: ArraySlice<UInt8>) -> Int? {
    var value = 0
    for byte in text {
      guard (0x30...0x39).contains(byte), value < 10_000 else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return value
  }

  // MARK: Out

  /// Underlines, strokes and swapped grounds show in a blank too.
  private static let seenInBlanks: UInt16 = 1 << 4 | 1 << 5 | 1 << 7 | 1 << 9

  /// This rendition with the ground of `other`, where a blank then looks as it does in `other`.
  func blank(as other: Rendition) -> Rendition? {
    guard (attributes | other.attributes) & Self.seenInBlanks == 0 else { return nil }
    var result = self
    result.background = other.background
    return result
  }

  /// SGR parameters that make `old` this one, each with a semicolon behind it.
  func parameters(from old: Rendition?, turnsOff: Bool) -> [UInt8] {
    var result: [UInt8] = []
    let known = old
    var old = old ?? Rendition()
    if known == nil || needsReset(from: old, turnsOff: turnsOff) {
      Self.append([0], to: &result)
      old = Rendition()
    }
    var gone = old.attributes & ~attributes
    if gone & 0b110 != 0 {
      Self.append([22], to: &result)
      gone &= ~0b110
      old.attributes &= ~0b110
    }
    for bit in 3...9 where gone & 1 << UInt16(bit) != 0 { Self.append([bit + 20], to: &result) }
    for bit in 1...9 where attributes & ~old.attributes & 1 << UInt16(bit) != 0 {
      Self.append([bit], to: &result)
    }
    if foreground != old.foreground { Self.append(foreground, base: 30, to: &result) }
    if background != old.background { Self.append(background, base: 40, to: &result) }
    return result
  }

  private var isPlain: Bool {
    attributes == 0 && foreground == .standard && background == .standard
  }

  private func needsReset(from old: Rendition, turnsOff: Bool) -> Bool {
    if isPlain { return !old.isPlain }
    return old.attributes & ~attributes != 0 && !turnsOff
  }

  private static func append(_ ground: Ground, base: Int, to result: inout [UInt8]) {
    switch ground {
    case .standard: append([base + 9], to: &result)
    case .basic(let number): append([base + Int(number)], to: &result)
    case .indexed(let number): append([base + 8, 5, Int(number)], to: &result)
    // With semicolons, as every terminal that has 24-bit colours reads them.
    case .direct(let red, let green, let blue):
      append([base + 8, 2, Int(red), Int(green), Int(blue)], to: &result)
    }
  }

  private static func append(_ numbers: [Int], to result: inout [UInt8]) {
    for number in numbers {
      if number >= 100 { result.append(0x30 + UInt8(number / 100)) }
      if number >= 10 { result.append(0x30 + UInt8(number / 10 % 10)) }
      result.append(0x30 + UInt8(number % 10))
      result.append(UInt8(ascii: ";"))
    }
  }
}
