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

  /// The last `width` values as text, padded on the left. A gap is a space; a value, zero too, is never one.
  package func text(width: Int, glyphs: GlyphSet = .unicode) -> String {
    var text = ""
    let shown = values.suffix(max(0, width))
    for _ in shown.count..<max(shown.count, width) { text.unicodeScalars.append(" ") }
    for value in shown { text.unicodeScalars.append(bar(value, glyphs)) }
    return text
  }

  package func draw(
    on canvas: Canvas, at point: Point, width: Int, _ style: Style = Style(.sparkline)
  ) {
    let shown = values.suffix(max(0, width))
    var x = point.x + max(0, width) - shown.count
    for value in shown {
      let scalar = bar(value, canvas.glyphs)
      if scalar != " " { canvas.put(Glyph(scalar), at: Point(x, point.y), style) }
      x += 1
    }
  }

  private func bar(_ value: Double?, _ glyphs: GlyphSet) -> Unicode.Scalar {
    guard let value, !value.isNaN else { return " " }
    let bars = glyphs.isASCII ? Self.asciiBars : Self.bars
    let span = scale.upperBound - scale.lowerBound
    guard span > 0 else { return value > scale.upperBound ? bars[bars.count - 1] : bars[0] }
    let share = min(1, max(0, (value - scale.lowerBound) / span))
    // The lowest bar is for the bottom of the scale; anything above it shows as more.
    if share == 0 { return bars[0] }
    let steps = Double(bars.count - 1)
    return bars[min(bars.count - 1, max(1, Int((share * steps).rounded())))]
  }
}
