/// Lets through what curses writes, but says each colour and attribute only when a cell needs it.
///
/// Curses names foreground and background with every change of either, resets before it sets, and
/// names what nothing is then drawn in; on a slow link that is most of a frame. The filter keeps two
/// renditions, the one the terminal has and the one last asked for, and writes the difference in
/// front of the next thing that is drawn or erased. What it does not know it lets through as it is,
/// and starts again from a reset.
package struct RenditionFilter {
  /// Whether the terminal turns single attributes off (SGR 22, 24, 27); a VT100 knows only 0.
  private let turnsOff: Bool
  private var shown: Rendition? = nil
  private var wanted = Rendition()
  private var sequence: [UInt8] = []
  private var phase = Phase.text

  private enum Phase { case text, escape, control, designation, string }

  package init(turnsOff: Bool) { self.turnsOff = turnsOff }

  /// Appends to `output` what the terminal needs of `input`. Sequences may be cut anywhere.
  package mutating func pass(_ input: some Sequence<UInt8>, into output: inout [UInt8]) {
    for byte in input {
      switch phase {
      case .text: text(byte, &output)
      case .escape: escape(byte, &output)
      case .control:
        sequence.append(byte)
        if (0x40...0x7e).contains(byte) { control(byte, &output) }
      case .designation:
        sequence.append(byte)
        if sequence[1] == UInt8(ascii: "(") {
          wanted.charset = byte
          end()
        } else {
          through(&output)
        }
      case .string:
        sequence.append(byte)
        let endsInST = byte == UInt8(ascii: "\\") && sequence.dropLast().last == 0x1b
        if byte == 0x07 || endsInST { through(&output) }
      }
    }
  }

  /// Brings the terminal to the rendition last asked for, with nothing to draw in it: before it is
  /// given back.
  package mutating func settle(into output: inout [UInt8]) { change(&output) }

  /// Another program may have written since: nothing is known of the terminal's rendition.
  package mutating func forget() { shown = nil }

  // MARK: Bytes

  private mutating func text(_ byte: UInt8, _ output: inout [UInt8]) {
    switch byte {
    case 0x1b:
      phase = .escape
      sequence = [byte]
    // Shift out and in choose the character set, and are part of the rendition.
    case 0x0e: wanted.isShifted = true
    case 0x0f: wanted.isShifted = false
    case 0x0d, 0x08, 0x07, 0x00: output.append(byte)
    case 0x20:
      blank(&output)
      output.append(byte)
    default:
      change(&output)
      output.append(byte)
    }
  }

  private mutating func escape(_ byte: UInt8, _ output: inout [UInt8]) {
    sequence.append(byte)
    switch byte {
    case UInt8(ascii: "["): phase = .control
    case UInt8(ascii: "("), UInt8(ascii: ")"): phase = .designation
    case UInt8(ascii: "]"), UInt8(ascii: "P"): phase = .string
    default: through(&output)
    }
  }

  private mutating func control(_ final: UInt8, _ output: inout [UInt8]) {
    switch final {
    case UInt8(ascii: "m"):
      var next = wanted
      if next.apply(sequence[2..<(sequence.count - 1)]) {
        wanted = next
        end()
      } else {
        through(&output)
      }
    case _ where Self.moves.contains(final):
      output += sequence
      end()
    case UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "t"):
      // The other screen and the saved cursor may come with a rendition of their own.
      through(&output)
    case _ where Self.erasures.contains(final):
      blank(&output)
      output += sequence
      end()
    default:
      change(&output)
      output += sequence
      end()
    }
  }

  /// Cursor movement and margins: nothing is drawn or erased.
  private static let moves = Set("ABCDEFGHdefr".utf8)

  private static let erasures = Set("JKX@P".utf8)

  private mutating func through(_ output: inout [UInt8]) {
    change(&output)
    output += sequence
    shown = nil
    end()
  }

  private mutating func end() {
    phase = .text
    sequence.removeAll(keepingCapacity: true)
  }

  // MARK: The difference

  /// Before something that shows no ink: only its ground has to be right.
  private mutating func blank(_ output: inout [UInt8]) {
    change(to: shown.flatMap { $0.blank(as: wanted) } ?? wanted, &output)
  }

  private mutating func change(_ output: inout [UInt8]) { change(to: wanted, &output) }

  private mutating func change(to wanted: Rendition, _ output: inout [UInt8]) {
    let old = shown
    if old == wanted { return }
    shown = wanted
    if let charset = wanted.charset, old?.charset != charset {
      output += [0x1b, UInt8(ascii: "("), charset]
    }
    if old.map({ $0.isShifted != wanted.isShifted }) ?? wanted.isShifted {
      output.append(wanted.isShifted ? 0x0e : 0x0f)
    }
    var difference = wanted.parameters(from: old, turnsOff: turnsOff)
    if difference.isEmpty { return }
    difference.removeLast()
    output += [0x1b, UInt8(ascii: "[")]
    output += difference
    output.append(UInt8(ascii: "m"))
  }
}

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
