package import Canvas
import Fleet
package import Incident

/// Makes one frame after another for one screen, each as cheaply as what came before allows.
///
/// While the cursor runs over the fleet table, only the cursor and the last line are drawn; all else
/// stays what it was until the cursor rests, for a second at most. A held-down key on a thousand
/// services then costs two rows, here and on the link.
package struct FrameMaker {
  private var last: Drawn?

  /// What stands on the screen, and where.
  private struct Drawn {
    var frame: Frame
    /// The places of the layout.
    var places: [Rect]
    var rows: [Int]
    var first: Int
    var cursor: Int
    /// Offset of the session's clock at which all of it was drawn.
    var at: Int64
    var isPast: Bool
  }

  /// Nanoseconds that figures may stand still under a running cursor.
  private static let stillness: Int64 = 1_000_000_000

  package init() {}

  package mutating func frame(_ state: State, _ console: ConsoleState) -> Frame {
    if console.wall != nil {
      last = nil
      return render(state, console)
    }
    let digest = FleetDigest(state.present)
    let layout = ScreenLayout(state, console, digest: digest)
    let order = FleetOrder(state.present, console)
    let cursor = console.cursor(order, state.present)
    let first = FleetPane.firstRow(console, order, layout, cursor: cursor)
    if let moved = moving(state, console, layout, order, first: first, cursor: cursor) {
      last?.frame = moved
      last?.cursor = cursor
      return moved
    }
    let frame = render(state, console, digest, layout, order)
    last = Drawn(
      frame: frame, places: layout.places, rows: order.rows, first: first, cursor: cursor,
      at: state.present.now.offset, isPast: console.playback != nil)
    return frame
  }

  /// Nil where what stands there cannot be gone on from.
  private func moving(
    _ state: State, _ console: ConsoleState, _ layout: ScreenLayout, _ order: FleetOrder,
    first: Int, cursor: Int
  ) -> Frame? {
    guard let last, console.playback == nil, !last.isPast, console.lingering != nil,
      console.pane == .fleet, !layout.isTiny,
      last.frame.size == console.size, last.places == layout.places, last.first == first,
      last.rows == order.rows, !order.rows.isEmpty,
      state.present.now.offset - last.at < FrameMaker.stillness
    else { return nil }
    let obstacle = Obstacle(state.present, console, order, layout)
    return Frame(over: last.frame, glyphs: console.glyphs) { canvas in
      let list = canvas.sub(layout.list)
      list.restyle(line(last.cursor - first, list)) { $0.ground == .selection ? $0.on(.plain) : $0 }
      list.restyle(line(cursor - first, list)) { $0.ground == .plain ? $0.on(.selection) : $0 }
      canvas.fill(layout.hint)
      HintLine(state.present, console, obstacle).draw(on: canvas.sub(layout.hint))
    }
  }

  /// A row of the table, below its header.
  private func line(_ row: Int, _ list: Canvas) -> Rect {
    Rect(x: 0, y: row + 1, width: list.width, height: 1)
  }
}
