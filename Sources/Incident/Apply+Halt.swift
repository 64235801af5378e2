public import Containment
import Fleet

/// The emergency stop: what is not sent yet is not sent, what was sent can be looked up and taken back.
extension State {
  /// A move that is not allowed changes nothing: who enters one has asked before.
  mutating func perform(_ move: HaltMove) {
    guard present.refusal(of: move) == nil else { return }
    switch move.step {
    case .stop(let reason):
      present.halt = Halt(by: move.by, at: present.now, reason: reason)
      let why = "\(move.by) stopped everything" + (reason.isEmpty ? "" : ": \(reason)")
      for place in present.actionRuns.indices {
        guard present.actionRuns[place].state.isBeforeSending else {
          present.actionRuns[place].stopBetweenSteps(because: why, at: present.now)
          continue
        }
        let cancel = ActionMove(
          run: present.actionRuns[place].plan.id, by: move.by, step: .cancel(reason: why))
        present.actionRuns[place].take(cancel, at: present.now)
      }
    case .lift: present.halt = nil
    }
    present.keep(Note(.warning, "\(move.by) \(move.words)"), at: present.now)
  }
}

extension Present {
  /// Why a move is not allowed as things stand; nil where it is. Who may is the session's to know.
  public func refusal(of move: HaltMove) -> String? {
    switch (move.step, halt) {
    case (.stop, let halt?): "\(halt.words) already"
    case (.lift, nil): "nothing is stopped"
    case (.stop, nil), (.lift, .some): nil
    }
  }
}
