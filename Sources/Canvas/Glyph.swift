/// What one cell shows: a base scalar and at most two combining marks, in eight bytes.
///
/// Three times 21 bits hold the scalars. Marks beyond two are left out: no living script needs
/// more on one letter, and terminals differ on what they do with them.
package struct Glyph: Sendable, Hashable {
  private var bits: UInt64

  package init(_ base: Unicode.Scalar) { bits = UInt64(base.value) }

  private init(bits: UInt64) { self.bits = bits }

  package static let space = Glyph(" ")
  /// The second cell of a wide glyph.
  package static let continuation = Glyph(bits: 0)

  package var isContinuation: Bool { bits == 0 }
  package var base: UInt32 { UInt32(truncatingIfNeeded: bits & 0x1f_ffff) }
  /// 0 where there is none.
  package var firstMark: UInt32 { UInt32(truncatingIfNeeded: bits >> 21 & 0x1f_ffff) }
  package var secondMark: UInt32 { UInt32(truncatingIfNeeded: bits >> 42 & 0x1f_ffff) }

  /// Adds a combining mark where there is still room for one.
  package mutating func combine(_ mark: Unicode.Scalar) {
    if firstMark == 0 {
      bits |= UInt64(mark.value) << 21
    } else if secondMark == 0 {
      bits |= UInt64(mark.value) << 42
    }
  }

  /// Appends the scalars as text; a continuation has none.
  package func write(to text: inout String) {
    for value in [base, firstMark, secondMark] where value != 0 {
      if let scalar = Unicode.Scalar(value) { text.unicodeScalars.append(scalar) }
    }
  }
}

/// One place on the screen: what it shows, how, and over how many columns.
package struct Cell: Sendable, Hashable {
  package var glyph: Glyph
  package var style: Style
  /// 1, 2 for the first cell of a wide glyph, 0 for its second.
  package var width: UInt8

  package init(_ glyph: Glyph, _ style: Style, width: UInt8 = 1) {
    self.glyph = glyph
    self.style = style
    self.width = width
  }

  package static let blank = Cell(.space, .text)
}
