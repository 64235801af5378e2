/// A whole screen as a picture of cells: what rendering makes and a terminal is brought to show.
package struct Frame: Sendable, Hashable {
  package let size: Size
  /// Row by row from the top left; `size.width * size.height` of them.
  package private(set) var cells: ContiguousArray<Cell>
  /// Where the terminal's own cursor stands, for text being typed; hidden where nil.
  package var cursor: Point?

  /// Draws a frame. `body` sees a canvas as large as the frame, filled with blanks.
  package init(_ size: Size, glyphs: GlyphSet = .unicode, _ body: (Canvas) -> Void) {
    self.size = size
    let surface = Surface(size)
    body(Canvas(surface, glyphs: glyphs))
    cells = surface.cells
    cursor = surface.cursor
  }

  /// Draws over what another frame shows; what is not drawn on stays as it was.
  package init(over other: Frame, glyphs: GlyphSet = .unicode, _ body: (Canvas) -> Void) {
    size = other.size
    let surface = Surface(size, cells: other.cells)
    body(Canvas(surface, glyphs: glyphs))
    cells = surface.cells
    cursor = surface.cursor
  }

  package init(blank size: Size) {
    self.size = size
    cells = ContiguousArray(repeating: .blank, count: size.width * size.height)
  }

  package subscript(x: Int, y: Int) -> Cell {
    precondition(
      x >= 0 && x < size.width && y >= 0 && y < size.height, "\(x),\(y) is not in \(size)")
    return cells[y * size.width + x]
  }

  package func row(_ y: Int) -> ArraySlice<Cell> {
    ArraySlice(cells[y * size.width..<(y + 1) * size.width])
  }

  /// The rows as plain text, trailing spaces trimmed, one line feed after each.
  package var text: String {
    var text = ""
    for y in 0..<size.height {
      text += line(y)
      text += "\n"
    }
    return text
  }

  /// One row as plain text, trailing spaces trimmed.
  package func line(_ y: Int) -> String {
    var line = ""
    var spaces = 0
    for x in 0..<size.width {
      let cell = cells[y * size.width + x]
      if cell.width == 0 { continue }
      if cell.glyph == .space {
        spaces += 1
        continue
      }
      for _ in 0..<spaces { line.unicodeScalars.append(" ") }
      spaces = 0
      cell.glyph.write(to: &line)
    }
    return line
  }
}
