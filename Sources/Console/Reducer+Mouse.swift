import Canvas
import Incident

extension ConsoleState {
  /// The wheel moves the cursor, a press puts it on a row, a press on the row it is on opens that.
  mutating func point(_ mouse: Mouse, _ state: State) -> [Effect] {
    // While text is typed or a copy is chosen, a stray click must not throw it away.
    guard prompt == nil, copyOffer == nil else { return [] }
    switch mouse {
    case .wheel(let rows, let point):
      let layout = ScreenLayout(state, self)
      if pane == .fleet, layout.isWide { isAside = layout.service.contains(point) }
      let command: Command = rows > 0 ? .moveDown : .moveUp
      var effects: [Effect] = []
      for _ in 0..<min(9, abs(rows)) { effects += perform(command, state) }
      return effects
    case .press(let point): return press(point, state)
    }
  }

  private mutating func press(_ point: Point, _ state: State) -> [Effect] {
    let layout = ScreenLayout(state, self)
    if let playback, layout.timeline.contains(point) {
      let timeline = Timeline(playback, state.present, self)
      guard let offset = timeline.offset(atColumn: point.x, width: layout.timeline.width) else {
        return []
      }
      return [.playback(.seek(playback.clamped(offset)))]
    }
    guard pane == .fleet else { return [] }
    if layout.isWide, layout.service.contains(point) {
      isAside = true
      return []
    }
    isAside = false
    let order = FleetOrder(state.present, self)
    guard !layout.isTiny, layout.list.contains(point), point.y > layout.list.y else { return [] }
    let at = cursor(order, state.present)
    let first = FleetPane.firstRow(self, order, layout, cursor: at)
    let row = first + point.y - layout.list.y - 1
    guard order.rows.indices.contains(row) else { return [] }
    if row == at, selection != nil { return perform(.open, state) }
    holdOrder(state.present)
    choose(row, order, state)
    return []
  }
}
