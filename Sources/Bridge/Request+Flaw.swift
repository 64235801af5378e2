import Containment
import Session

extension Request {
  /// Bytes of a run's id: those of a rule and of a dashboard are shorter.
  private static let longestRun = 256

  /// Why nothing is made of it, whoever asks: what is kept of it is kept for ever, and by everybody.
  var flaw: String? {
    var run = ""
    var reason = ""
    switch self {
    case .confirm(let id, _, _, _), .approve(let id, _), .recover(let id, _), .tryOut(let id),
      .takeBack(let id, _), .reconcile(let id):
      run = id
    case .reject(let id, let why), .cancel(let id, let why): (run, reason) = (id, why)
    case .halt(let why): reason = why
    case .plan(_, _, _, _, let origin?):
      return Intent.flaw(names: [origin.runbook, origin.step]) ?? Intent.flaw(origin.hash)
    default: return nil
    }
    if run.utf8.count > Request.longestRun { return "there is no action of such a name" }
    return reason.utf8.count > TypedWish.longest
      ? "a reason has at most \(TypedWish.longest) bytes" : nil
  }
}
