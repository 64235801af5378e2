import Canvas
import Fleet
import Health
import Incident

/// Every objective: what is left of its budget, how fast it goes, and what it has cost.
struct BudgetPane {
  private let state: State
  private let console: ConsoleState

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  var list: BlockList {
    BlockList(absence: [
      [Run("No service has an objective: name them under slos: in the fleet file.", Style.dim)]
    ])
  }
}
