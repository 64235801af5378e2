package import Containment

/// Who keeps what happens to actions, and says what is so: the owner of the state, as an executor needs it.
package protocol ActionLedger: Sendable {
  /// Enters a move durably; nil where it was entered, else why it was refused.
  func enter(_ move: ActionMove) async -> String?

  /// The action as it stands at this moment; nil where there is none of that name.
  func run(_ id: String) async -> ActionRun?
}
