import NIOCore

extension SimulatedInstance {
  /// Answers one request of whatever kind.
  func answer(_ request: SimulatedRequest) async -> Ending {
    roster.begin()
    defer { roster.end() }
    let started = clock.now
    let born = generation
    if effect.hang >= 1 {
      await clock.pause(60)
      return .hangUp
    }
    switch request.path {
    case model.health.liveness, model.health.readiness, "/metrics":
      guard request.method == "GET" || request.method == "HEAD" else {
        return .respond(.notAllowed("GET, HEAD"))
      }
      let response =
        request.path == "/metrics"
        ? Expositions.page(of: self)
        : HealthBody.response(of: self, isReadiness: request.path == model.health.readiness)
      if model.exposition == .axum {
        note(request, status: response.status, since: started)
      }
      return .respond(response)
    case let path where path == "/admin" || path.hasPrefix("/admin/"):
      return .respond(desk.answer(request, for: self))
    default: break
    }
    let known = model.endpoints.filter { $0.path == request.path }
    guard !known.isEmpty else {
      note(request, status: 404, since: started, path: "other")
      return .respond(.problem(404, "no such route: \(request.path)"))
    }
    guard let endpoint = known.first(where: { $0.method == request.method }) else {
      note(request, status: 405, since: started)
      return .respond(.notAllowed(known.map(\.method).joined(separator: ", ")))
    }
    let plan = makePlan(for: endpoint)
    let status = await serve(endpoint, plan: plan, since: started)
    guard let status, born == generation else { return .hangUp }
    meter.record(
      .init(path: endpoint.path, method: endpoint.method, status: status),
      seconds: clock.now - started, traceID: plan.traceID)
    return .respond(.business(status, traceID: plan.traceID))
  }

  private func makePlan(for endpoint: EndpointModel) -> RequestPlan {
    requestNumber += 1
    return RequestPlan(
      number: requestNumber, dice: dice, endpoint: endpoint, version: version, flags: flags,
      effect: effect, throttle: throttle)
  }

  private func note(
    _ request: SimulatedRequest, status: Int, since: Double, path: String? = nil
  ) {
    meter.record(
      .init(path: path ?? request.path, method: request.method, status: status),
      seconds: clock.now - since)
  }

  /// The status a request ends with; nil where the connection just ends.
  private func serve(
    _ endpoint: EndpointModel, plan: RequestPlan, since started: Double
  ) async -> Int? {
    if plan.isThrottled {
      shed += 1
      return 429
    }
    if phase == .warming { return 503 }
    if plan.hangs {
      await clock.pause(60)
      return nil
    }
    let pool = self.pool
    switch await pool.enter() {
    case .refused:
      shed += 1
      return 503
    case .abandoned: return nil
    case .admitted: break
    }
    defer { pool.leave() }
    let waited = clock.now - started
    await clock.pause(plan.work)
    if plan.panics {
      panics += 1
      return nil
    }
    for name in endpoint.calls {
      guard let place = dependencies.firstIndex(where: { $0.model.name == name }) else { continue }
      let dependency = dependencies[place]
      if case .backend = dependency.model.target, !plan.queriesBackends { continue }
      switch await ask(dependency, place: place, request: requestNumber, waited: waited) {
      case .answered, .fellBack: break
      case .failed(let status):
        if dependency.model.isRequired { return status }
      }
    }
    if let failure = plan.failure { return failure }
    return clock.now - started > model.deadline ? 504 : 200
  }
}

extension SimulatedResponse {
  static func problem(_ status: Int, _ text: String) -> SimulatedResponse {
    SimulatedResponse(status: status, text: JSONText.object([("error", .string(text))]))
  }

  static func notAllowed(_ methods: String) -> SimulatedResponse {
    var response = problem(405, "use \(methods)")
    response.headers = [("allow", methods)]
    return response
  }

  /// The answer of a business route: small, with the trace to look for.
  static func business(_ status: Int, traceID: UInt64) -> SimulatedResponse {
    let trace = Expositions.traceText(traceID)
    let headers = [("x-trace-id", trace)]
    return switch status {
    case 200: SimulatedResponse(status: 200, headers: headers, text: #"{"ok":true}"#)
    case 429:
      SimulatedResponse(
        status: 429, headers: headers + [("retry-after", "1")], text: #"{"error":"throttled"}"#)
    default:
      SimulatedResponse(
        status: status, headers: headers, text: "{\"error\":\"status \(status)\"}")
    }
  }
}
