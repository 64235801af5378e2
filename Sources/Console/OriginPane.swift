import Canvas
import Fleet
import Health
import Incident

/// Where it began, whom it hurts, and the symptoms that are folded under it.
struct OriginPane {
  private let state: State
  private let console: ConsoleState

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  var list: BlockList {
    BlockList(absence: [[Run("Nothing is wrong that has a beginning.", Style.dim)]])
  }
}
