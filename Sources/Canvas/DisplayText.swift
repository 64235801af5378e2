/// Text as a terminal row can hold it: every scalar either has a known width or is made visible.
///
/// Nothing a service says reaches the terminal raw. Control characters become control pictures
/// (`␛`, ASCII `^[`); C1 controls, bidi controls, zero-width, private and unassigned characters
/// become their number (`<U+202E>`). Of an emoji sequence (joiners, skin tones, variation selectors, keycaps)
/// the base alone is drawn, and flags as their two letters, because terminals differ on the rest and a
/// wrong guess shifts the row. Own table of widths, the same on every machine.
package enum DisplayText {
  /// What a scalar is to a row; see `ScalarTable` for the rule.
  enum Kind: UInt32 {
    case hidden = 0, narrow, wide, combining, narrowPictograph, widePictograph, space, wideSpace
  }

  static func kind(_ scalar: Unicode.Scalar) -> Kind {
    let value = scalar.value
    if value < 0x7f && value >= 0x20 { return .narrow }
    return ScalarTable.changes.withUnsafeBufferPointer { changes in
      var low = 0
      var high = changes.count
      let wanted = value << 3 | 7
      while high - low > 1 {
        let middle = (low + high) / 2
        if changes[middle] <= wanted { low = middle } else { high = middle }
      }
      return Kind(rawValue: changes[low] & 7) ?? .hidden
    }
  }

  /// Calls `body` for each glyph of `text` in order, with its width (1 or 2), until it returns false.
  ///
  /// O(n) in scalars; allocates nothing but for text that is not stored as UTF-8.
  package static func forEachGlyph(
    of text: String, glyphs: GlyphSet = .unicode, _ body: (Glyph, Int) -> Bool
  ) {
    var reader = GlyphReader(ascii: glyphs.isASCII)
    for scalar in text.unicodeScalars {
      guard reader.read(scalar, body) else { return }
    }
    _ = reader.finish(body)
  }

  /// How many columns `text` takes when drawn, marks for invisible characters included.
  package static func width(of text: String, glyphs: GlyphSet = .unicode) -> Int {
    var text = text
    let plain: Int? = text.withUTF8 { bytes in
      bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7f } ? bytes.count : nil
    }
    if let plain { return plain }
    var width = 0
    forEachGlyph(of: text, glyphs: glyphs) { _, w in
      width += w
      return true
    }
    return width
  }

  /// `text` with everything a terminal must not get made visible: for plain output without a canvas.
  package static func sanitised(_ text: String, glyphs: GlyphSet = .unicode) -> String {
    var result = ""
    forEachGlyph(of: text, glyphs: glyphs) { glyph, _ in
      glyph.write(to: &result)
      return true
    }
    return result
  }
}

/// Joins scalars to glyphs; holds one back because marks may still follow it.
private struct GlyphReader {
  let ascii: Bool
  private var held: Glyph?
  private var heldWidth = 0
  /// The held glyph is a pictograph: joiners, tones and selectors after it are dropped.
  private var inEmoji = false
  /// A joiner was dropped: the pictograph that follows it is dropped too.
  private var joined = false

  init(ascii: Bool) { self.ascii = ascii }

  mutating func read(_ scalar: Unicode.Scalar, _ body: (Glyph, Int) -> Bool) -> Bool {
    let value = scalar.value
    if value >= 0x20 && value < 0x7f {
      inEmoji = value == 0x23 || value == 0x2a || (value >= 0x30 && value <= 0x39)
      joined = false
      return hold(scalar, 1, body)
    }
    let kind = DisplayText.kind(scalar)
    if inEmoji {
      switch value {
      case 0xfe0e, 0xfe0f, 0x20e3: return true
      case 0x1f3fb...0x1f3ff where heldIsWide: return true
      case 0x200d where !heldIsASCII:
        joined = true
        return true
      case 0xe0020...0xe007f where held?.base == 0x1f3f4: return true
      default: break
      }
      if joined, kind == .widePictograph || kind == .narrowPictograph {
        joined = false
        return true
      }
    }
    joined = false
    inEmoji = kind == .narrowPictograph || kind == .widePictograph
    switch kind {
    case .narrow, .narrowPictograph: return hold(visible(scalar), 1, body)
    case .wide: return holdWide(scalar, body)
    case .widePictograph where value >= 0x1f3fb && value <= 0x1f3ff:
      // A tone by itself: terminals draw it with one column, two, or on the cell before.
      return hold(visible("▯"), 1, body)
    case .widePictograph: return holdWide(scalar, body)
    case .space: return hold(" ", 1, body)
    case .wideSpace: return hold(" ", 1, body) && hold(" ", 1, body)
    case .combining:
      if ascii { return held == nil ? hold("?", 1, body) : true }
      if held == nil || held == .space { return spell(value, body) }
      held?.combine(scalar)
      return true
    case .hidden: return mark(value, body)
    }
  }

  mutating func finish(_ body: (Glyph, Int) -> Bool) -> Bool {
    guard let glyph = held else { return true }
    held = nil
    return body(glyph, heldWidth)
  }

  private var heldIsASCII: Bool { held.map { $0.base < 0x7f } ?? false }
  private var heldIsWide: Bool { heldWidth == 2 || held.map { $0.base >= 0x2190 } ?? false }

  private func visible(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.value >= 0x1f1e6 && scalar.value <= 0x1f1ff,
      let letter = Unicode.Scalar(scalar.value - 0x1f1e6 + 0x41)
    {
      return letter
    }
    return ascii ? GlyphSet.ascii(for: scalar) : scalar
  }

  private mutating func hold(
    _ scalar: Unicode.Scalar, _ width: Int, _ body: (Glyph, Int) -> Bool
  ) -> Bool {
    if let glyph = held, !body(glyph, heldWidth) { return false }
    held = Glyph(scalar)
    heldWidth = width
    return true
  }

  /// On an ASCII terminal a wide character keeps its two columns, so that rows look alike.
  private mutating func holdWide(
    _ scalar: Unicode.Scalar, _ body: (Glyph, Int) -> Bool
  ) -> Bool {
    ascii ? hold("?", 1, body) && hold("?", 1, body) : hold(scalar, 2, body)
  }

  private mutating func mark(_ value: UInt32, _ body: (Glyph, Int) -> Bool) -> Bool {
    let isControl = value < 0x20 || value == 0x7f
    guard isControl else { return spell(value, body) }
    if ascii {
      return hold("^", 1, body) && hold(Unicode.Scalar(UInt8(value) ^ 0x40), 1, body)
    }
    return hold(Unicode.Scalar(value == 0x7f ? 0x2421 : 0x2400 + value) ?? "?", 1, body)
  }

  /// `<U+202E>`
  private mutating func spell(_ value: UInt32, _ body: (Glyph, Int) -> Bool) -> Bool {
    inEmoji = false
    var shift: UInt32 = value > 0xfffff ? 20 : value > 0xffff ? 16 : 12
    guard hold("<", 1, body), hold("U", 1, body), hold("+", 1, body) else { return false }
    while true {
      let digit = UInt8(value >> shift & 15)
      guard hold(Unicode.Scalar(digit < 10 ? 48 + digit : 55 + digit), 1, body) else {
        return false
      }
      if shift == 0 { break }
      shift -= 4
    }
    return hold(">", 1, body)
  }
}
