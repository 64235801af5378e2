import Console
import Containment
import Session

extension Intent {
  /// The one place where what a console wishes becomes what a session is asked.
  init(_ wish: Effect.Wish) {
    self =
      switch wish {
      case .reload: .reload
      case .poll: .poll
      case .declare(let title): .declare(title: title)
      case .resolve(let reason): .resolve(reason: reason)
      case .severity(let severity): .severity(severity)
      case .command(let name): .command(name)
      case .phase(let phase): .phase(phase)
      case .runbook(let service, let runbook, let deed): .runbook(service: service, runbook, deed)
      case .plan(
        let ticket, let action, let service, let arguments, let origin, let reason, let targets):
        .plan(
          ActionWish(
            ticket: ticket, action: action, service: service, arguments: arguments, origin: origin,
            reason: reason, targets: targets))
      case .action(let run, let step): .action(run: run, step)
      case .takeBack(let run): .takeBack(run: run)
      case .reconcile(let run): .reconcile(run: run)
      case .tryOut(let run): .tryOut(run: run)
      case .halt(.stop(let reason)): .halt(reason: reason)
      case .halt(.lift): .lift
      case .hold(let rule, let service): .stopRule(rule: rule, service: service)
      }
  }
}
