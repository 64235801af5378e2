import Canvas
import Fleet
import Health
import Incident

/// Every degraded mode in use: what users get, why, and how long that is tolerable.
struct FallbackPane {
  private let state: State
  private let console: ConsoleState

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  var list: BlockList {
    BlockList(absence: [[Run("No fallback is in use and every breaker is closed.", Style.dim)]])
  }
}
