import Containment
import Execution
import NIOCore
import NIOPosix
import Synchronization

/// A target with one value to read and to set, as an admin endpoint of a service has it.
final class Dial: Sendable {
  private let value: Mutex<Int>
  init(_ value: Int) { self.value = Mutex(value) }

  var now: Int {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }

  /// `GET` says the value, anything else sets it to the number in the body. Below zero it is out of order.
  @Sendable func answer(_ request: TargetServer.Request) -> TargetServer.Behaviour {
    if now < 0 { return .hangUp }
    if !request.line.hasPrefix("GET ") { now = Int(request.body.filter(\.isNumber)) ?? -1 }
    return .answer(200, #"{"max": \#(now)}"#)
  }

  /// Caps the concurrency of each instance: `PUT {"max": limit}`, read at `/max`, taken back to what it was.
  static func action(isRead: Bool = true) throws -> Action {
    func order(_ value: Shape) throws -> Order {
      var order = HTTPOrder(method: "PUT", url: try Template("{instance}/admin/limit"))
      order.body = .fields([.init(name: "max", value: value)])
      return .http(order)
    }
    var action = Action(
      name: "cap-concurrency", kind: .capConcurrency, order: try order(.parameter("limit")))
    action.parameters = [Parameter(name: "limit", type: .integer, usual: .integer(32))]
    action.risk = .low
    action.timeout = 10
    if isRead {
      let url = try Template("{instance}/admin/limit")
      action.read = .init(
        order: .http(HTTPOrder(method: "GET", url: url)), place: .pointer("/max"),
        expected: .parameter("limit"))
      action.revert = try order(.captured)
    } else {
      action.revert = try order(.number(256))
    }
    return action
  }
}

let executor = HTTPExecutor(group: MultiThreadedEventLoopGroup.singleton)

/// A plan as it would be made for these targets.
func planned(
  _ action: Action, id: String = "run-1", at targets: [String],
  _ arguments: [String: Argument] = [:]
) async throws -> PlannedAction {
  try await ActionPlanner(executor: executor).plan(
    action, id: id, service: "pricing", instances: targets, environment: "production",
    arguments: arguments, preconditions: [], origin: nil, by: "ann", reason: "overload"
  ).get()
}

extension HTTPExecutor {
  func send(_ request: PlannedRequest, timeout: Double = 10) async -> ActionAnswer {
    await send(
      .http(request), as: SendingName(run: "run-1", place: 0), key: "key-1", timeout: timeout,
      began: { nil })
  }
}

extension ActionAnswer {
  var isFailed: Bool { if case .failed = self { true } else { false } }
}
