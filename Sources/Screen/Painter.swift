internal import CNcurses
internal import Canvas

/// Brings curses' idea of the screen from one frame to the next, touching only the cells that differ.
struct Painter {
  private var theme: Theme
  private let depth: ColorDepth
  private var pairs: Pairs
  private var looks: [Style: Look] = [:]
  private var shown: Frame?
  private var run: [cn_cell] = []
  private var hasCursor = false

  private struct Look {
    var pair: Int32
    var attributes: UInt8
  }

  init(theme: Theme, depth: ColorDepth, pairs: Int) {
    self.theme = theme.at(depth)
    self.depth = depth
    self.pairs = Pairs(depth: depth, limit: pairs)
  }

  /// Puts another theme on; all that was drawn is drawn again with the next frame.
  mutating func use(_ theme: Theme) {
    self.theme = theme.at(depth)
    looks = [:]
    shown = nil
  }

  /// Forgets what is on the screen, so that the next frame is drawn whole.
  mutating func forget() { shown = nil }

  /// Draws what differs from the frame before; false where nothing does.
  mutating func paint(_ frame: Frame, within size: Size) -> Bool {
    if let shown, shown == frame { return false }
    let old = shown?.size == frame.size ? shown : nil
    for y in 0..<min(frame.size.height, size.height) {
      paintRow(y, frame, old, width: min(frame.size.width, size.width))
    }
    if let cursor = frame.cursor, cursor.x < size.width, cursor.y < size.height {
      cn_cursor(Int32(cursor.y), Int32(cursor.x))
      hasCursor = true
    } else if hasCursor {
      cn_hide_cursor()
      hasCursor = false
    }
    shown = frame
    return true
  }

  private mutating func paintRow(_ y: Int, _ frame: Frame, _ old: Frame?, width: Int) {
    let start = y * frame.size.width
    var x = 0
    while x < width {
      var end = x
      run.removeAll(keepingCapacity: true)
      while end < width {
        let cell = frame.cells[start + end]
        if let old, old.cells[start + end] == cell {
          // Both halves of a wide glyph are the same when its first is.
          break
        }
        if cell.width > 0, end + Int(cell.width) <= width { run.append(encode(cell)) }
        end += max(1, Int(cell.width))
        if cell.width == 0 { break }
      }
      if !run.isEmpty { cn_put(Int32(y), Int32(x), run, Int32(run.count)) }
      x = max(end, x + 1)
    }
  }

  private mutating func encode(_ cell: Cell) -> cn_cell {
    let look = look(cell.style)
    return cn_cell(
      scalars: (cell.glyph.base, cell.glyph.firstMark, cell.glyph.secondMark), pair: look.pair,
      width: cell.width, attributes: look.attributes)
  }

  private mutating func look(_ style: Style) -> Look {
    if let known = looks[style] { return known }
    let ink = theme.ink(style, at: depth)
    var attributes = ink.attributes
    // With eight colours bold is what makes the bright ones bright.
    if depth == .eight, let color = ink.foreground, color.index16 > 8 { attributes.insert(.bold) }
    let look = Look(pair: pairs.number(ink), attributes: attributes.rawValue)
    looks[style] = look
    return look
  }
}
