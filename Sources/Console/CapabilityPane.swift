import Canvas
import Fleet
import Health
import Incident

/// What users can do now, and what they get where that is less than all.
struct CapabilityPane {
  private let state: State
  private let console: ConsoleState

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  var list: BlockList {
    BlockList(absence: [
      [Run("No capability is named: list them under capabilities: in the fleet file.", Style.dim)]
    ])
  }
}
