import Canvas
import Containment
import Fleet
import Incident

/// What the dialog of an action asks of who looks at it, and how far the answer has come.
struct ActionQuestion {
  let run: ActionRun
  let present: Present
  let console: ConsoleState

  /// nil where no dialog is open, or its plan is not there yet.
  init?(_ present: Present, _ console: ConsoleState) {
    guard case .action(let ticket) = console.pane, let run = present.actionRun(ticket: ticket)
    else { return nil }
    self.run = run
    self.present = present
    self.console = console
  }

  /// What would be done.
  enum Deed: String, Sendable, Hashable {
    case send, revert
  }

  /// What is waited for; each needs a key of its own, and none can be skipped.
  enum Stage: Sendable, Hashable {
    /// Low risk: one key.
    case key
    /// No, or yes.
    case choice(isYes: Bool)
    /// High risk: a key begins, and then the name of the service is typed.
    case name
    /// A letter that only this dialog shows.
    case letter

    var word: String {
      switch self {
      case .key: "key"
      case .choice: "choice"
      case .name: "name"
      case .letter: "letter"
      }
    }
  }

  /// Columns and rows below which a screen cannot tell what would be done.
  static let least = Size(20, 5)

  var isOnLargeEnoughScreen: Bool {
    console.size.width >= Self.least.width && console.size.height >= Self.least.height
  }

  private var begun: ConsoleState.Confirming? {
    guard let begun = console.confirming, begun.run == run.plan.id else { return nil }
    return begun
  }

  /// What can be done now, if somebody confirms it; nil where nothing can.
  var deed: Deed? {
    guard console.playback == nil, isOnLargeEnoughScreen, !isAnswered else { return nil }
    if let begun, refusal(of: begun.deed) == nil { return begun.deed }
    return refusal(of: .send) == nil ? .send : nil
  }

  var stage: Stage {
    if let begun, begun.deed == deed { return begun.stage }
    return Self.first(of: deed ?? .send, run.plan.risk)
  }

  var waitsForLetter: Bool { deed != nil && stage == .letter }

  static func first(of deed: Deed, _ risk: Action.Risk) -> Stage {
    // What takes something back is always asked twice for, and never made harder than that.
    if deed == .revert { return .choice(isYes: false) }
    return switch risk {
    case .low: .key
    case .medium: .choice(isYes: false)
    case .high: .name
    }
  }

  /// It was confirmed a moment ago, and nothing has come of that yet.
  var isAnswered: Bool {
    guard let answered = console.answered else { return false }
    return answered.run == run.plan.id && answered.state == run.state
      && present.now.offset < answered.until
  }

  // MARK: What is allowed

  func refusal(of deed: Deed) -> String? {
    refusal(of: deed == .send ? .confirm(hash: run.hash) : .intendRevert(hash: run.hash))
  }

  /// Why a move is not allowed as things stand; the session asks again, and knows more of who makes it.
  func refusal(of step: ActionMove.Step) -> String? {
    console.viewerRefusal(present)
      ?? present.refusal(
        of: ActionMove(run: run.plan.id, by: console.person?.name ?? "", step: step))
  }

  /// Why nobody is asked what is so there; nil where somebody can be.
  var refusalOfLookingUp: String? {
    if let refusal = console.viewerRefusal(present) { return refusal }
    guard run.state == .unknown else {
      return "it is known what came of it: it is \(run.state.rawValue)"
    }
    return Self.canLookUp(run)
      ? nil
      : "nothing says how to look that up: look at "
        + "\(run.plan.services.joined(separator: ", ")) yourself"
  }

  /// Whether what nobody knows can be asked of the targets.
  static func canLookUp(_ run: ActionRun) -> Bool { run.plan.steps.contains { $0.read != nil } }

  /// Why it is not tried out; nil where it can be.
  var refusalOfTryingOut: String? {
    if let refusal = console.viewerRefusal(present) { return refusal }
    guard run.state.isBeforeSending else { return "it was sent: there is nothing to try out" }
    let canBe = run.plan.steps.contains {
      if case .command(let command) = $0.order { command.dryRun != nil } else { false }
    }
    return canBe ? nil : "nothing says how it could be tried out: the plan in full is all there is"
  }

  /// Why other instances cannot be chosen; nil where they can.
  var refusalOfChoosing: String? {
    if let refusal = console.viewerRefusal(present) { return refusal }
    guard run.state.isBeforeSending, run.state != .confirmed else {
      return "it was sent: its instances are what they are"
    }
    guard !run.plan.isOfSeveral, let action = present.action(named: run.plan) else {
      return "the instances of this plan cannot be chosen"
    }
    return TargetPane.refusal(action, on: run.plan.service, present)
  }

  /// Whether a key of the dialog can do anything now.
  func allows(_ command: Command) -> Bool {
    switch command {
    case .confirm: deed == .send && (stage == .key || stage == .name)
    case .open: if case .choice = stage { deed != nil } else { false }
    case .approve: console.mayApprove(run, present)
    case .reject:
      run.state == .awaitingApproval && refusal(of: .reject(reason: "")) == nil
    case .cancel: refusal(of: .cancel(reason: "")) == nil
    case .revert: refusal(of: .revert) == nil
    case .recover: refusal(of: .recover(hash: run.hash)) == nil
    case .tryOut: refusalOfTryingOut == nil
    case .chooseTargets: refusalOfChoosing == nil
    case .reconcile: refusalOfLookingUp == nil
    default: true
    }
  }

  // MARK: The letter

  /// A lower-case letter that the plan's hash chooses among those that mean nothing in the dialog.
  var letter: Character {
    let taken: Set<Character> = ["h", "j", "k", "l", "q", "y", "n"]
    let free = "abcdefghijklmnopqrstuvwxyz".filter {
      !taken.contains($0) && !isBound($0)
    }
    let all = Array(free.isEmpty ? "dimsvz" : free)
    let sum = run.hash.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff }
    return all[sum % all.count]
  }

  private func isBound(_ letter: Character) -> Bool {
    if case .command = console.keys.meaning(of: .character(letter), in: .action) { return true }
    return false
  }
}
