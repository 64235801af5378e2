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

  private static let eighths: [Unicode.Scalar] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]

  /// Draws over `width` columns: the filled part in `style`, the rest as dim dots.
  package func draw(on canvas: Canvas, at point: Point, width: Int, _ style: Style = Style(.good)) {
    guard width > 0 else { return }
    guard let ratio, !ratio.isNaN else {
      canvas.put(Quantity.unknown, at: point, Style(.unknown, on: style.ground), maxWidth: width)
      return
    }
    let parts = canvas.glyphs.isASCII ? 1 : 8
    var filled = Int((min(1, max(0, ratio)) * Double(width * parts)).rounded())
    if filled == 0, ratio > 0 { filled = 1 }
    let rest = Style(.axis, on: style.ground)
    for i in 0..<width {
      let place = Point(point.x + i, point.y)
      let left = filled - i * parts
      if left >= parts {
        canvas.put(Glyph("█"), at: place, style)
      } else if left > 0 {
        canvas.put(Glyph(Self.eighths[left - 1]), at: place, style)
      } else {
        canvas.put(Glyph("·"), at: place, rest)
      }
    }
    if let mark, mark >= 0, mark <= 1 {
      let x = min(width - 1, Int(mark * Double(width)))
      canvas.put(Glyph("│"), at: Point(point.x + x, point.y), Style(.threshold, on: style.ground))
    }
  }
}
