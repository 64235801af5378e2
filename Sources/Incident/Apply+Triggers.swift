public import Conditions
import Fleet

/// What would take a release back, watched all the time.
extension State {
  /// Seconds between two looks at services of which nothing is heard.
  private static let round: Int64 = 5

  /// Looks at the triggers of one service, whose facts may have changed.
  mutating func watchTriggers(_ index: Int) {
    guard !present.services[index].rollbackRuns.isEmpty else { return }
    present.services[index].rollbackRuns = advanced(index)
  }

  /// Lets the timers of silent services go on: of each every few seconds, in turn.
  mutating func advanceTriggers(_ second: Int64) {
    var index = Int(second % State.round)
    while index < present.services.count {
      watchTriggers(index)
      // Of the others it was done when they were heard.
      if !present.services[index].isHeard(within: Double(State.round), at: present.now) {
        watchRunbooks(index)
      }
      index += Int(State.round)
    }
  }

  /// The facts are gone before the state is written to: else all of it would be copied.
  private func advanced(_ index: Int) -> [ConditionRun] {
    let facts = FleetFacts(present, row: index)
    var runs = present.services[index].rollbackRuns
    let conditions = present.services[index].definition.release?.rollback ?? []
    for (place, condition) in conditions.enumerated() where place < runs.count {
      runs[place].advance(condition, facts, at: present.now.seconds)
    }
    return runs
  }
}

extension ServicePresent {
  /// A run for each trigger of the fleet file, going on where there was one.
  mutating func followTriggers() {
    let count = min(Release.rollbackLimit, definition.release?.rollback.count ?? 0)
    while rollbackRuns.count > count { rollbackRuns.removeLast() }
    while rollbackRuns.count < count { rollbackRuns.append(ConditionRun()) }
  }

  /// Every trigger with how far it has come.
  public var rollbackTriggers: [(condition: Condition, run: ConditionRun)] {
    Array(zip(definition.release?.rollback ?? [], rollbackRuns))
  }
}
