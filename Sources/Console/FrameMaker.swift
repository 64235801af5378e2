package import Canvas
package import Incident

/// Makes one frame after another for one screen, each as cheaply as what came before allows.
///
/// While the cursor runs over the fleet table, only the header, the table and the last line are
/// drawn; all else stays what it was until the cursor rests. A held-down key on a thousand services
/// then costs its rows and no more, here and on the link.
package struct FrameMaker {
  private var last: Frame?
  /// Where everything stood in `last`.
  private var places: [Rect] = []

  package init() {}

  package mutating func frame(_ state: State, _ console: ConsoleState) -> Frame {
    let digest = FleetDigest(state.present)
    let layout = ScreenLayout(state, console, digest: digest)
    let frame = moving(state, console, digest, layout) ?? render(state, console)
    last = frame
    places = layout.places
    return frame
  }

  /// Nil where `last` cannot be gone on from.
  private func moving(
    _ state: State, _ console: ConsoleState, _ digest: FleetDigest, _ layout: ScreenLayout
  ) -> Frame? {
    guard let last, console.lingering != nil, console.pane == .fleet, last.size == console.size,
      !layout.isTiny, layout.places == places
    else { return nil }
    let order = FleetOrder(state.present, console)
    guard !order.rows.isEmpty else { return nil }
    let obstacle = Obstacle(state.present, console, order, layout)
    return Frame(over: last, glyphs: console.glyphs) { canvas in
      for part in [layout.header, layout.list, layout.hint] { canvas.fill(part) }
      HeaderBar(state.present, console, digest, order).draw(on: canvas.sub(layout.header))
      FleetPane(state, console, order, layout).drawList(on: canvas)
      HintLine(state.present, console, obstacle).draw(on: canvas.sub(layout.hint))
    }
  }
}
