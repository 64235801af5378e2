import Conditions
import Containment
import Fleet
import Incident

/// A shop in which something is triggered: plans, and the moves that they go through.
enum PolicyShop {
  static let target = "http://127.0.0.1:9000/cart"

  static func action(
    _ kind: Action.Kind = .throttle, name: String = "cap"
  ) throws -> Action {
    Action(
      name: name, kind: kind,
      order: .http(HTTPOrder(method: "POST", url: try Template("{instance}/admin/cap"))))
  }

  /// A plan whose one target says that it can be taken back.
  static func plan(
    _ id: String, _ action: Action, from: Argument = .integer(64), to: Argument = .integer(32),
    by: String = "ana", targets: [String] = [PolicyShop.target]
  ) -> ActionPlan {
    let steps = targets.map { target in
      var step = ActionPlan.Step(
        target: target, service: "cart", kind: action.kind,
        order: .http(PlannedRequest(method: "POST", url: target + "/admin/cap")))
      step.read = PlannedReading(
        order: .http(PlannedRequest(method: "GET", url: target + "/admin/cap")),
        place: .pointer("/limit"), expected: to)
      step.captured = from
      step.revert = .http(PlannedRequest(method: "DELETE", url: target + "/admin/cap"))
      return step
    }
    return ActionPlan(id: id, of: action, service: "cart", steps: steps, by: by)
  }

  /// Enters a move where it is allowed; else why it is not.
  static func move(
    _ shop: inout Shop, _ id: String, _ step: ActionMove.Step, by: String = "ana"
  ) -> String? {
    let move = ActionMove(run: id, by: by, step: step)
    if let refusal = shop.present.refusal(of: move) { return refusal }
    shop.apply(.action(move))
    return nil
  }

  /// Enters a plan where it is allowed; else why it is not.
  static func enter(_ shop: inout Shop, _ plan: ActionPlan) -> String? {
    move(&shop, plan.id, .plan(plan, hash: plan.hash), by: plan.by)
  }

  /// Seconds in which nothing else happens.
  static func wait(_ shop: inout Shop, _ seconds: Int) {
    for _ in 0..<seconds {
      shop.pass(1)
      shop.apply(.tick)
    }
  }
}
