/// A row of small bars: how a value went lately, each against one stated scale.
package struct Sparkline: Sendable, Hashable {
  /// Oldest first; nil or NaN where nothing is known. The newest stands at the right.
  package var values: [Double?]
  /// What the lowest and the highest bar stand for.
  package var scale: ClosedRange<Double>

  /// Without a scale it runs from 0 to the largest value, so that heights compare as the values do.
  package init(_ values: [Double?], scale: ClosedRange<Double>? = nil) {
    self.values = values
    if let scale, scale.lowerBound.isFinite, scale.upperBound.isFinite {
      self.scale = scale
    } else {
      let known = values.compactMap { $0 }.filter(\.isFinite)
      self.scale = min(0, known.min() ?? 0)...max(known.max() ?? 0, 0)
    }
  }

  package static let bars: [Unicode.Scalar] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
  package static let asciiBars: [Unicode.Scalar] = ["_", ".", "-", "=", "+", "*", "#"]

  /// How many values `width` columns show.
  package static func values(in width: Int, glyphs: GlyphSet) -> Int {
    max(0, width) * (glyphs.charts == .braille ? 2 : 1)
  }

  /// The last values that `width` columns show as text, padded on the left: one a column, two in
  /// braille. A gap is a space; a value, zero too, is never one.
  package func text(width: Int, glyphs: GlyphSet = .unicode) -> String {
    if glyphs.charts == .braille { return braille(width: width) }
    var text = ""
    let shown = values.suffix(max(0, width))
    for _ in shown.count..<max(shown.count, width) { text.unicodeScalars.append(" ") }
    for value in shown { text.unicodeScalars.append(bar(value, glyphs)) }
    return text
  }

  /// Bars of dots, two side by side in each cell, four dots high.
  private func braille(width: Int) -> String {
    let shown = values.suffix(max(0, width) * 2)
    let missing = max(0, width) * 2 - shown.count
    var text = ""
    for column in 0..<max(0, width) {
      var dots: UInt32 = 0
      for half in 0..<2 {
        let place = column * 2 + half - missing
        guard place >= 0 else { continue }
        let high = level(shown[shown.startIndex + place], of: 4)
        for dot in 0..<high { dots |= Sparkline.brailleDots[half][dot] }
      }
      text.unicodeScalars.append(dots == 0 ? " " : Unicode.Scalar(0x2800 + dots) ?? " ")
    }
    return text
  }

  /// The dots of the left and the right half of a cell, from the lowest up.
  private static let brailleDots: [[UInt32]] = [
    [0x40, 0x04, 0x02, 0x01], [0x80, 0x20, 0x10, 0x08],
  ]

  private func bar(_ value: Double?, _ glyphs: GlyphSet) -> Unicode.Scalar {
    let bars = glyphs.charts == .ascii ? Self.asciiBars : Self.bars
    let level = level(value, of: bars.count)
    return level == 0 ? " " : bars[level - 1]
  }

  /// 0 for a gap, 1 for the bottom of the scale and nothing else, `count` for its top.
  private func level(_ value: Double?, of count: Int) -> Int {
    guard let value, !value.isNaN else { return 0 }
    let span = scale.upperBound - scale.lowerBound
    guard span > 0 else { return value > scale.upperBound ? count : 1 }
    let share = min(1, max(0, (value - scale.lowerBound) / span))
    if share == 0 { return 1 }
    return min(count, max(2, Int((share * Double(count - 1)).rounded()) + 1))
  }
}
