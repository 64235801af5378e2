import Conditions
import Containment
import Fleet
import Incident
import Session
import Synchronization

/// Lets rules act whose countdown is over and that nobody has stopped.
///
/// That a rule acts is on disk before anything is planned, so that it acts no more often than it may, whatever dies
/// in between. Without a journal it does nothing.
final class AutomationDesk: Sendable {
  private let session: Session
  /// Rules that are being carried out, as `rule/service`.
  private let busy = Mutex<Set<String>>([])

  init(_ session: Session) { self.session = session }

  /// Does what is wished as the run of this id, and says why it is not done.
  typealias Carry = @Sendable (ActionWish, _ id: String, Rule) async -> String?

  /// Begins what is due, and waits for none of it. Called about once a second.
  func look(_ carry: @escaping Carry) async {
    let due = await session.read { state in
      state.present.ruleRuns.filter { $0.state == .due }.compactMap { run in
        state.present.rule(run.rule).map { (rule: $0, service: run.service) }
      }
    }
    for (rule, service) in due {
      let name = "\(rule.name)/\(service)"
      guard busy.withLock({ $0.insert(name).inserted }) else { continue }
      Task {
        await fire(rule, on: service, carry)
        busy.withLock { _ = $0.remove(name) }
      }
    }
  }

  private func fire(_ rule: Rule, on service: String, _ carry: Carry) async {
    let id = "rule-\(rule.name).\(String(UInt64.random(in: 0 ... .max), radix: 16))"
    let move = RuleMove(
      rule: rule.name, service: service, by: ActionMove.itself, step: .fire(run: id))
    // Where it may not any more, as when somebody stopped it just now, that is told already.
    guard await session.enter(move) == nil else { return }
    let wish = ActionWish(
      ticket: id, action: rule.action, service: service,
      arguments: Dictionary(
        rule.arguments.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }),
      reason: "rule \(rule.name): \(rule.condition.text)")
    if let trouble = await carry(wish, id, rule) {
      session.inbox.put(.note(Note(.warning, "the rule \(rule.name) on \(service): \(trouble)")))
    }
  }
}
