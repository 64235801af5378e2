import Containment
import Incident
import Journal
import Replay

/// All that a journal tells of actions, from its first entry to its last.
struct JournalStory {
  private(set) var moves: [String: [ActionMove]] = [:]
  private(set) var states: [String: ActionRun.State] = [:]

  init(_ path: String) throws {
    let player = try Player(try JournalArchive(path: path))
    var moves: [String: [ActionMove]] = [:]
    var states: [String: ActionRun.State] = [:]
    try player.goOn { _ in
      true
    } each: { entry, state in
      guard case .action(let move) = entry.event else { return }
      moves[move.run, default: []].append(move)
      // The oldest are forgotten by the state, never by the journal.
      for run in state.present.actionRuns.suffix(2) { states[run.plan.id] = run.state }
    }
    for run in player.state.present.actionRuns { states[run.plan.id] = run.state }
    self.moves = moves
    self.states = states
  }

  /// What of an action does not follow from the journal, given how often the target has got each request.
  func riddles(_ counts: [String: Int]) -> [String] {
    var riddles: [String] = []
    for key in counts.keys.sorted() where !moves.keys.contains(where: { key.hasPrefix($0 + "-") }) {
      riddles.append("\(key) was received and is no action of the journal")
    }
    for (id, moves) in moves {
      let isSent = counts["\(id)-1"] ?? 0
      let isTakenBack = counts["\(id)-revert-1"] ?? 0
      func check(_ isRight: Bool, _ what: String) {
        guard !isRight else { return }
        riddles.append(
          "\(id): \(what) (received \(isSent), taken back \(isTakenBack)): "
            + moves.map { "\($0.by) \($0.words)" }.joined(separator: " | "))
      }
      func place(_ isIt: (ActionMove.Step) -> Bool) -> Int? { moves.firstIndex { isIt($0.step) } }
      let planned = place { if case .plan = $0 { true } else { false } }
      let approved = place { if case .approve = $0 { true } else { false } }
      let confirmed = place { if case .confirm = $0 { true } else { false } }
      let intended = place { if case .intend = $0 { true } else { false } }
      let began = place { if case .send = $0 { true } else { false } }
      let answered = place {
        switch $0 {
        case .answer(_, _, .applied), .reconcile: true
        default: false
        }
      }
      let intendedBack = place { if case .intendRevert = $0 { true } else { false } }
      let beganBack = place { if case .sendRevert = $0 { true } else { false } }
      check(isSent <= 1 && isTakenBack <= 1, "received twice")
      check(planned == 0, "it does not begin with its plan")
      if let confirmed { check(approved.map { $0 < confirmed } == true, "nobody approved it") }
      if let intended { check(confirmed.map { $0 < intended } == true, "nobody confirmed it") }
      if isSent > 0 {
        check(began.flatMap { began in intended.map { $0 < began } } == true, "sent unsaid")
        check(answered != nil, "nobody found out what came of it")
      }
      if isTakenBack > 0 {
        check(
          beganBack.flatMap { began in intendedBack.map { $0 < began } } == true,
          "taken back unsaid")
      }
      check(
        moves.count { if case .intend = $0.step { true } else { false } } <= 1, "intended twice")
      check(moves.count { if case .send = $0.step { true } else { false } } <= 1, "sent twice")
      let end = states[id]
      check(
        isSent == isTakenBack
          && (isSent > 0 ? end == .reverted : end == .cancelled || end == .failed),
        "it ended as \(end?.rawValue ?? "nothing")")
      if case .plan(let plan, _)? = moves.first?.step {
        check(plan.steps.map(\.captured?.words) == ["256"], "it did not begin where it should")
      }
    }
    return riddles
  }
}
