import DequeModule
import NIOCore
import NIOHTTP1

/// The admin routes of one instance: what they read, what they change, and what they refuse.
///
/// Every change is idempotent: to ask for what already is changes nothing and says so. With an
/// `Idempotency-Key` the first answer is kept and given again, whatever has happened since.
@Simulation
struct AdminDesk {
  /// The answers kept for keys; the oldest goes first.
  private static let keysKept = 1000

  private var answered: [String: (fingerprint: String, response: SimulatedResponse)] = [:]
  private var order: Deque<String> = []
  /// How many changes were carried out, and how many requests for one came.
  private(set) var changes = 0
  private(set) var posts = 0

  nonisolated init() {}

  enum Topic: String, CaseIterable {
    case limits, throttle, breaker, flags, drain, rollback
  }

  mutating func answer(
    _ request: SimulatedRequest, for instance: SimulatedInstance
  ) -> SimulatedResponse {
    if request.path == "/admin" {
      guard request.method == "GET" else { return .notAllowed("GET") }
      return SimulatedResponse(status: 200, text: JSONText.object(overview(of: instance)))
    }
    guard let topic = Topic(rawValue: String(request.path.dropFirst("/admin/".count))) else {
      let names = Topic.allCases.map(\.rawValue).joined(separator: ", ")
      return .problem(404, "no admin route \(request.path); there are \(names)")
    }
    switch request.method {
    case "GET":
      return SimulatedResponse(
        status: 200, text: JSONText.object(AdminState.fields(topic, of: instance)))
    case "POST": return post(request, topic: topic, for: instance)
    default: return .notAllowed("GET, POST")
    }
  }

  private func overview(of instance: SimulatedInstance) -> [(String, JSONText)] {
    var fields: [(String, JSONText)] = [
      ("service", .string(instance.model.name)), ("instance", .number(Double(instance.number))),
      ("phase", .string(instance.phase.rawValue)), ("posts", .number(Double(posts))),
      ("changes", .number(Double(changes))),
    ]
    for topic in Topic.allCases {
      fields.append((topic.rawValue, .fields(AdminState.fields(topic, of: instance))))
    }
    return fields
  }

  private mutating func post(
    _ request: SimulatedRequest, topic: Topic, for instance: SimulatedInstance
  ) -> SimulatedResponse {
    posts += 1
    let text = String(buffer: request.body)
    let fingerprint = "\(topic.rawValue)\n\(text)"
    let keys = request.headers["idempotency-key"]
    if let key = keys.first {
      guard keys.count == 1, (1...128).contains(key.utf8.count),
        key.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
      else { return .problem(400, "Idempotency-Key must be 1 to 128 visible ASCII characters") }
      if var known = answered[key] {
        guard known.fingerprint == fingerprint else {
          return .problem(422, "Idempotency-Key \(key) was used for another request")
        }
        known.response.headers.append(("idempotency-replayed", "true"))
        return known.response
      }
    }
    let response: SimulatedResponse
    do {
      let order = try AdminOrder(text, topic: topic, for: instance)
      let changed = order.carryOut(on: instance)
      if changed { changes += 1 }
      let state = AdminState.fields(topic, of: instance)
      response = SimulatedResponse(
        status: 200, text: JSONText.object(state + [("changed", .bool(changed))]))
    } catch {
      response = .problem(error.status, error.text)
    }
    if let key = keys.first {
      answered[key] = (fingerprint, response)
      order.append(key)
      if order.count > Self.keysKept, let oldest = order.popFirst() { answered[oldest] = nil }
    }
    return response
  }
}

/// The present state that an admin route reads, as fields.
@Simulation
enum AdminState {
  static func fields(
    _ topic: AdminDesk.Topic, of instance: SimulatedInstance
  ) -> [(String, JSONText)] {
    switch topic {
    case .limits:
      return [
        ("max_concurrency", .number(Double(instance.pool.limit))),
        ("default", .number(Double(instance.model.maxConcurrency))),
        ("workers", instance.pool.workers.map { .number(Double($0)) } ?? .null),
        ("inside", .number(Double(instance.pool.inside))),
      ]
    case .throttle: return [("ratio", .number(instance.throttle))]
    case .breaker:
      let breakers: [JSONText] = instance.dependencies.compactMap { dependency in
        guard let breaker = dependency.breaker else { return nil }
        return .fields([
          ("name", .string(breaker.name)), ("state", .string(breaker.override.rawValue)),
          ("present", .string(breaker.state.rawValue)),
        ])
      }
      return [("breakers", .list(breakers))]
    case .flags:
      return [
        (
          "flags",
          .list(
            instance.flags.map {
              .fields([
                ("name", .string($0.name)), ("on", .bool($0.on)),
                ("exposure", .number($0.exposure)),
              ])
            })
        )
      ]
    case .drain:
      return [
        ("on", .bool(instance.isDrained)), ("inside", .number(Double(instance.pool.inside))),
      ]
    case .rollback:
      return [
        ("version", .string(instance.version.name)),
        ("phase", .string(instance.phase.rawValue)),
        ("versions", .list(instance.model.versions.map { .string($0.name) })),
      ]
    }
  }
}
