/// How full something is, as a bar of fixed length.
package struct BarGauge: Sendable, Hashable {
  /// 0...1; beyond 1 the bar is simply full. Nil where it is not known.
  package var ratio: Double?
  /// Where a mark stands, such as a limit.
  package var mark: Double?

  package init(_ ratio: Double?, mark: Double? = nil) {
    self.ratio = ratio
    self.mark = mark
  }

  /// The bar as text, for lines that are made of runs; it has no mark.
  package func text(width: Int, glyphs: GlyphSet = .unicode) -> String {
    guard width > 0 else { return "" }
    guard let ratio, !ratio.isNaN else { return Quantity.unknown }
    let scalars = BarGauge.scalars(ratio, width: width, glyphs)
    var text = ""
    text.unicodeScalars.append(contentsOf: scalars)
    return text
  }

  /// The filled part to the nearest part of a cell, then dots; more than nothing is never drawn empty.
  private static func scalars(
    _ ratio: Double, width: Int, _ glyphs: GlyphSet
  ) -> [Unicode.Scalar] {
    let parts: [Unicode.Scalar] =
      switch glyphs.charts {
      case .blocks: eighths
      case .braille: ["⡇"]
      case .ascii: []
      }
    let full: Unicode.Scalar =
      switch glyphs.charts {
      case .blocks: "█"
      case .braille: "⣿"
      case .ascii: "#"
      }
    let each = parts.count + 1
    var filled = Int((min(1, max(0, ratio)) * Double(width * each)).rounded())
    if filled == 0, ratio > 0 { filled = 1 }
    let rest: Unicode.Scalar = glyphs.charts == .ascii ? "." : "·"
    return (0..<width).map { column -> Unicode.Scalar in
      let left = filled - column * each
      return left >= each ? full : left > 0 ? parts[left - 1] : rest
    }
  }

  private static let eighths: [Unicode.Scalar] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  /// Draws over `width` columns: the filled part in `style`, the rest as dim dots.
  package func draw(on canvas: Canvas, at point: Point, width: Int, _ style: Style = Style(.good)) {
    guard width > 0 else { return }
    guard let ratio, !ratio.isNaN else {
      canvas.put(Quantity.unknown, at: point, Style(.unknown, on: style.ground), maxWidth: width)
      return
    }
    let rest = Style(.axis, on: style.ground)
    let scalars = BarGauge.scalars(ratio, width: width, canvas.glyphs)
    for (column, scalar) in scalars.enumerated() {
      let isFilled = scalar != "·" && scalar != "."
      canvas.put(
        Glyph(scalar), at: Point(point.x + column, point.y), isFilled ? style : rest)
    }
    if let mark, mark >= 0, mark <= 1 {
      let x = min(width - 1, Int(mark * Double(width)))
      canvas.put(Glyph("│"), at: Point(point.x + x, point.y), Style(.threshold, on: style.ground))
    }
  }
}
