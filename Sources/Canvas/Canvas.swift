/// The cells a frame is being drawn into, shared by all canvases cut from it.
final class Surface {
  let size: Size
  var cells: ContiguousArray<Cell>
  var cursor: Point?

  init(_ size: Size, cells: ContiguousArray<Cell>? = nil) {
    self.size = size
    self.cells = cells ?? ContiguousArray(repeating: .blank, count: size.width * size.height)
  }
}

/// A place to draw: a rectangle of a frame with its own origin, outside of which nothing is touched.
///
/// Text goes through `DisplayText`, so that it is safe whatever it holds. Drawing half of a wide
/// glyph leaves a blank in place of its other half; rows are never shifted.
package struct Canvas {
  private let surface: Surface
  /// Where this canvas's 0,0 lies on the surface.
  private let origin: Point
  /// What may be touched, on the surface.
  private let clip: Rect
  package let size: Size
  package let glyphs: GlyphSet
  /// What everything drawn here lies on unless its style says otherwise.
  package let ground: Ground

  init(_ surface: Surface, glyphs: GlyphSet) {
    self.surface = surface
    self.glyphs = glyphs
    origin = Point(0, 0)
    clip = Rect(surface.size)
    size = surface.size
    ground = .plain
  }

  private init(_ parent: Canvas, _ rect: Rect, ground: Ground) {
    surface = parent.surface
    glyphs = parent.glyphs
    origin = Point(parent.origin.x + rect.x, parent.origin.y + rect.y)
    clip = parent.clip.intersection(
      Rect(x: origin.x, y: origin.y, width: rect.width, height: rect.height))
    size = rect.size
    self.ground = ground
  }

  package var width: Int { size.width }
  package var height: Int { size.height }
  package var bounds: Rect { Rect(size) }

  /// A canvas on a part of this one; what lies outside of this one stays untouchable.
  package func sub(_ rect: Rect) -> Canvas { Canvas(self, rect, ground: ground) }

  /// This canvas with another ground under all that is drawn plainly; it does not fill anything.
  package func on(_ ground: Ground) -> Canvas { Canvas(self, bounds, ground: ground) }

  /// Shows the terminal's cursor at a point of this canvas.
  package func showCursor(at point: Point) {
    let place = Point(origin.x + point.x, origin.y + point.y)
    if clip.contains(place) { surface.cursor = place }
  }

  /// Draws `text` on one row and answers how many columns it took.
  ///
  /// It stops before `maxWidth` columns, or the right edge; what does not fit is cut, and with
  /// `ellipsis` its last column says so.
  @discardableResult
  package func put(
    _ text: String, at point: Point, _ style: Style = .text, maxWidth: Int? = nil,
    ellipsis: Bool = true
  ) -> Int {
    let room = min(maxWidth ?? .max, max(0, width - point.x))
    guard room > 0, !text.isEmpty else { return 0 }
    let y = origin.y + point.y
    let start = origin.x + point.x
    guard y >= clip.y, y < clip.maxY else {
      return min(room, DisplayText.width(of: text, glyphs: glyphs))
    }
    let style = grounded(style)
    // One place is kept back until the text is known to end there: it may have to be an ellipsis.
    var column = 0
    var last: (glyph: Glyph, width: Int, at: Int)?
    var cut = false
    surface.cells.withUnsafeMutableBufferPointer { cells in
      let row = Row(cells: cells, start: y * surface.size.width, clip: clip)
      DisplayText.forEachGlyph(of: text, glyphs: glyphs) { glyph, glyphWidth in
        if column + glyphWidth > room {
          cut = true
          return false
        }
        if let last { row.set(last.glyph, last.width, style, at: start + last.at) }
        last = (glyph, glyphWidth, column)
        column += glyphWidth
        return true
      }
      guard let last else { return }
      if cut && ellipsis {
        let at = column < room ? column : last.at
        if at != last.at { row.set(last.glyph, last.width, style, at: start + last.at) }
        row.set(Glyph(glyphs.ellipsis), 1, style, at: start + at)
        if at == last.at && last.width == 2 { row.set(.space, 1, style, at: start + at + 1) }
        column = at == last.at ? last.at + last.width : at + 1
      } else {
        row.set(last.glyph, last.width, style, at: start + last.at)
      }
    }
    return column
  }

  /// Draws runs one after another on one row; the ellipsis comes only where the whole does not fit.
  @discardableResult
  package func put(_ runs: [Run], at point: Point, maxWidth: Int? = nil) -> Int {
    let room = min(maxWidth ?? .max, max(0, width - point.x))
    var x = 0
    for (i, run) in runs.enumerated() {
      if x >= room {
        let rest = runs[i...].contains { !$0.text.isEmpty }
        if rest, room > 0 {
          put(Glyph(glyphs.ellipsis), at: Point(point.x + room - 1, point.y), run.style)
        }
        break
      }
      x += put(run.text, at: Point(point.x + x, point.y), run.style, maxWidth: room - x)
    }
    return x
  }

  /// Draws `text` so that it ends before column `right`; cut like `put` where it is wider than the room.
  @discardableResult
  package func put(_ text: String, endingAt right: Int, y: Int, _ style: Style = .text) -> Int {
    let wanted = DisplayText.width(of: text, glyphs: glyphs)
    let x = max(0, right - wanted)
    return put(text, at: Point(x, y), style, maxWidth: right - x)
  }

  /// Draws one glyph of one column, as it is where it is ASCII or the terminal has Unicode.
  package func put(_ glyph: Glyph, at point: Point, _ style: Style = .text) {
    let y = origin.y + point.y
    guard y >= clip.y, y < clip.maxY else { return }
    var glyph = glyph
    if glyphs.isASCII, let scalar = Unicode.Scalar(glyph.base) {
      glyph = Glyph(GlyphSet.ascii(for: scalar))
    }
    surface.cells.withUnsafeMutableBufferPointer { cells in
      Row(cells: cells, start: y * surface.size.width, clip: clip)
        .set(glyph, 1, grounded(style), at: origin.x + point.x)
    }
  }

  /// Fills a rectangle, or the whole, with one glyph.
  package func fill(_ rect: Rect? = nil, _ style: Style = .text, with scalar: Unicode.Scalar = " ")
  {
    let rect = rect ?? bounds
    let area = clip.intersection(
      Rect(x: origin.x + rect.x, y: origin.y + rect.y, width: rect.width, height: rect.height))
    let style = grounded(style)
    let glyph = Glyph(glyphs.isASCII ? GlyphSet.ascii(for: scalar) : scalar)
    surface.cells.withUnsafeMutableBufferPointer { cells in
      for y in area.y..<area.maxY {
        let row = Row(cells: cells, start: y * surface.size.width, clip: clip)
        for x in area.x..<area.maxX { row.set(glyph, 1, style, at: x) }
      }
    }
  }

  /// Changes the look of what is already drawn, such as the row a person has selected.
  package func restyle(_ rect: Rect? = nil, _ change: (Style) -> Style) {
    let rect = rect ?? bounds
    let area = clip.intersection(
      Rect(x: origin.x + rect.x, y: origin.y + rect.y, width: rect.width, height: rect.height))
    for y in area.y..<area.maxY {
      for x in area.x..<area.maxX {
        let i = y * surface.size.width + x
        surface.cells[i].style = change(surface.cells[i].style)
      }
    }
  }

  /// A horizontal line over the whole width of row `y`, with a title in it where one is given.
  package func rule(y: Int, title: String? = nil, _ style: Style = Style(.rule)) {
    fill(Rect(x: 0, y: y, width: width, height: 1), style, with: "─")
    if let title {
      put(
        " \(title) ", at: Point(1, y), Style(.title, on: style.ground), maxWidth: max(0, width - 2))
    }
  }

  /// A vertical line down the whole height of column `x`.
  package func verticalRule(x: Int, _ style: Style = Style(.rule)) {
    fill(Rect(x: x, y: 0, width: 1, height: height), style, with: "│")
  }

  /// A frame around the whole, for what lies on top of panes; a title stands in its upper edge.
  package func box(title: String? = nil, _ style: Style = Style(.rule)) {
    guard width >= 2, height >= 2 else { return }
    for y in [0, height - 1] {
      fill(Rect(x: 1, y: y, width: width - 2, height: 1), style, with: "─")
    }
    for x in [0, width - 1] {
      fill(Rect(x: x, y: 1, width: 1, height: height - 2), style, with: "│")
    }
    put(Glyph("┌"), at: Point(0, 0), style)
    put(Glyph("┐"), at: Point(width - 1, 0), style)
    put(Glyph("└"), at: Point(0, height - 1), style)
    put(Glyph("┘"), at: Point(width - 1, height - 1), style)
    if let title, width > 4 {
      put(" \(title) ", at: Point(2, 0), Style(.title, on: style.ground), maxWidth: width - 4)
    }
  }

  private func grounded(_ style: Style) -> Style {
    style.ground == .plain ? style.on(ground) : style
  }
}

/// One row of the surface being written to.
private struct Row {
  let cells: UnsafeMutableBufferPointer<Cell>
  let start: Int
  let clip: Rect

  /// Writes a glyph at a column of the surface, repairing what wide glyphs it cuts in half.
  func set(_ glyph: Glyph, _ width: Int, _ style: Style, at x: Int) {
    guard x >= clip.x, x < clip.maxX else {
      // The second half of a wide glyph may still lie inside.
      if width == 2, x + 1 == clip.x, clip.width > 0 { set(.space, 1, style, at: x + 1) }
      return
    }
    if width == 2 && x + 1 >= clip.maxX { return set(.space, 1, style, at: x) }
    let i = start + x
    let end = i + width - 1
    if cells[i].width == 0 { blank(i - 1) }
    if cells[end].width == 2 { blank(end + 1) }
    cells[i] = Cell(glyph, style, width: UInt8(width))
    if width == 2 { cells[end] = Cell(.continuation, style, width: 0) }
  }

  private func blank(_ i: Int) {
    cells[i].glyph = .space
    cells[i].width = 1
  }
}
