import Canvas
import Fleet
import Health
import Incident

/// What changed: versions, flags, weights, restarts, and the signals that came and went.
struct ChangesPane {
  private let state: State
  private let console: ConsoleState

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  var list: BlockList {
    BlockList(absence: [[Run("Nothing has changed since the watch began.", Style.dim)]])
  }
}
