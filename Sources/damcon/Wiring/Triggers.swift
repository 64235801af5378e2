import Containment
import Incident
import Session

/// All that can be triggered, and by what: as the fleet file and its runbooks say it at one time.
struct Triggers: Sendable {
  var actions: [Action] = []
  /// Plans of several of them.
  var maneuvers: [Maneuver] = []
  /// What is triggered without a person.
  var rules: [Rule] = []

  var isEmpty: Bool { actions.isEmpty && maneuvers.isEmpty && rules.isEmpty }

  /// All of it is in force from now on, and nothing else.
  func enter(into inbox: Inbox) {
    inbox.put(.actions(actions))
    inbox.put(.maneuvers(maneuvers))
    inbox.put(.rules(rules))
  }
}
