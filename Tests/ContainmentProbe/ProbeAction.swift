import Conditions
import Containment

/// What the probe does: caps the requests that a target takes at once, from 256 to 32, and takes it back. The target
/// is an address, or a script that says and sets the same.
enum ProbeAction {
  static func cap(at target: String) throws -> Action {
    let isScript = target.hasPrefix("/")
    func order(_ value: Shape, _ word: String, _ key: String) throws -> Order {
      guard isScript else {
        var order = HTTPOrder(method: "PUT", url: try Template("{instance}/limit"))
        order.body = .fields([.init(name: "max", value: value)])
        return .http(order)
      }
      return .command(
        CommandOrder([
          try Template("/bin/sh"), try Template(target), try Template("set"), try Template(key),
          try Template(word),
        ]))
    }
    var action = Action(
      name: "cap", kind: .capConcurrency, order: try order(.number(32), "32", "{run}-1"))
    action.services = [Life.service]
    action.risk = .low
    if isScript { action.parameters = [Parameter(name: "run", type: .text)] }
    var reading = Action.Reading(
      order: isScript
        ? .command(
          CommandOrder([try Template("/bin/sh"), try Template(target), try Template("get")]))
        : .http(HTTPOrder(method: "GET", url: try Template("{instance}/limit"))),
      place: isScript ? .whole : .pointer("/max"), expected: .fixed(.integer(32)))
    reading.isReadOnly = true
    action.read = reading
    action.revert = try order(.captured, "{captured}", "{run}-revert-1")
    action.preconditions = [try Condition("readiness is pass")]
    action.proof = try .init([try Condition("readiness is pass")], window: 2, patience: 60)
    action.policy.approvals = 1
    action.timeout = 30
    return action
  }
}
