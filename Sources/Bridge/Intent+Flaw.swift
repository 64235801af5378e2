import Containment
import Runbooks
import Session

extension Intent {
  /// Bytes of what somebody writes down, or gives as a reason.
  static let longestText = 4000
  /// Bytes of a name, a title, an id.
  private static let longestName = 512
  private static let mostArguments = 64
  private static let mostTargets = 1000

  /// Why nothing is made of it, whoever asks: what is kept of it is kept for ever, and by everybody.
  var flaw: String? {
    switch self {
    case .reload, .poll, .severity, .phase, .lift: nil
    case .declare(let title): Intent.flaw(texts: [title])
    case .resolve(let reason): Intent.flaw(texts: [reason ?? ""])
    case .command(let name): Intent.flaw(names: [name])
    case .runbook(let service, let pin, let deed):
      Intent.flaw(names: [service, pin.id, pin.title, pin.revision ?? ""]) ?? Intent.flaw(pin.hash)
        ?? Intent.flaw(deed)
    case .remark(let text): Intent.flaw(texts: [text])
    case .plan(let wish): wish.flaw
    case .action(let run, let step): Intent.flaw(names: [run]) ?? Intent.flaw(step)
    case .takeBack(let run), .reconcile(let run), .tryOut(let run): Intent.flaw(names: [run])
    case .halt(let reason): Intent.flaw(texts: [reason])
    case .stopRule(let rule, let service): Intent.flaw(names: [rule, service])
    }
  }

  /// Whether it waits for what others answer: what was asked after it does not wait for that.
  var takesItsTime: Bool {
    switch self {
    case .reload, .poll, .plan, .takeBack, .reconcile, .tryOut: true
    case .declare, .resolve, .severity, .command, .phase, .runbook, .remark, .action, .halt, .lift,
      .stopRule:
      false
    }
  }

  private static func flaw(_ deed: RunbookAct.Deed) -> String? {
    switch deed {
    case .begin: return nil
    case .note(let step, let text): return flaw(names: [step ?? ""]) ?? flaw(texts: [text])
    case .close(let reason): return flaw(texts: [reason])
    case .mark(let mark):
      if let flaw = flaw(names: [mark.step, mark.title]) { return flaw }
      return switch mark.outcome {
      case .done, .open: nil
      case .decided(let text), .skipped(let text): flaw(texts: [text])
      }
    }
  }

  /// Most steps are said by what carries actions out, and by nobody else.
  private static func flaw(_ step: ActionMove.Step) -> String? {
    switch step {
    case .approve(let hash), .confirm(let hash), .recover(let hash): flaw(names: [hash])
    case .reject(let reason), .cancel(let reason): flaw(texts: [reason])
    case .plan, .intend, .send, .answer, .reconcile, .intendRevert, .sendRevert, .answerRevert,
      .tried, .lose:
      "only what carries actions out says that"
    }
  }

  static func flaw(names: [String]) -> String? {
    names.allSatisfy { $0.utf8.count <= longestName }
      ? nil : "a name has at most \(longestName) bytes"
  }

  fileprivate static func flaw(texts: [String]) -> String? {
    texts.allSatisfy { $0.utf8.count <= longestText }
      ? nil : "a text has at most \(longestText) bytes"
  }

  /// Of a runbook's words.
  static func flaw(_ hash: [UInt8]) -> String? {
    hash.count <= 64 ? nil : "this is no hash of a runbook"
  }

  fileprivate static func flaw(_ wish: ActionWish) -> String? {
    guard TicketBook.isTicket(wish.ticket) else {
      return "a ticket has 1 to \(TicketBook.longest) letters, digits, '-', '_', '.', ':' and '/'"
    }
    let targets = wish.targets ?? []
    guard wish.arguments.count <= mostArguments, targets.count <= mostTargets else {
      return "an action has at most \(mostArguments) values and \(mostTargets) targets"
    }
    var names = [wish.action, wish.service] + wish.arguments.keys
    if let origin = wish.origin { names += [origin.runbook, origin.step] }
    let texts = wish.arguments.values.compactMap { value in
      if case .text(let text) = value { text } else { nil }
    }
    if let flaw = flaw(names: names) ?? flaw(texts: texts + targets) { return flaw }
    guard wish.reason.utf8.count <= TypedWish.longest else {
      return "a reason has at most \(TypedWish.longest) bytes"
    }
    return wish.origin.flatMap { flaw($0.hash) }
  }
}

extension ActionWish {
  fileprivate var flaw: String? { Intent.flaw(self) }
}
