import NIOCore
import NIOHTTP1

extension SimulatedInstance {
  enum Asked: Sendable {
    case answered
    /// The dependency failed and the fallback served instead.
    case fellBack
    /// Neither; the status tells the client of whom it was the fault.
    case failed(status: Int)
  }

  /// Asks a dependency with all the patience, retries and caution the scenario gives it.
  ///
  /// `waited` is how long the request stood in line before: to a connection pool behind the
  /// workers it is all the same wait.
  func ask(
    _ dependency: Dependency, place: Int, request: UInt64, waited: Double
  ) async -> Asked {
    let model = dependency.model
    var trouble = "breaker open"
    var status = 503
    attempts: for attempt in 0...model.retries {
      if attempt > 0 {
        dependency.countRetry()
        await clock.pause(model.backoff * Double(attempt))
      }
      guard !clock.isStopped, dependency.breaker?.admit(now: clock.now) ?? true else { break }
      callNumber += 1
      let begun = clock.now
      switch await attemptOnce(model, call: callNumber) {
      case .status(let code) where code < 400:
        let duration = clock.now - begun + (isBackend(model) ? waited : 0)
        let isLate = isBackend(model) && duration > model.timeout
        // Slow but answered is no failure to the breaker: it is blind to the wait before the call.
        dependency.breaker?.record(nil, now: clock.now)
        dependency.record(
          duration: duration,
          trouble: isLate ? "timed out waiting for an open connection" : nil, now: clock.now)
        return .answered
      case .status(let code):
        trouble = "\(model.name) answered \(code)"
        status = 502
        let isServerFault = code >= 500
        dependency.breaker?.record(isServerFault ? .status : nil, now: clock.now)
        dependency.record(duration: clock.now - begun, trouble: trouble, now: clock.now)
        // Told to slow down: to ask again at once would not help anybody.
        if !isServerFault { break attempts }
      case .timeout:
        trouble = "\(model.name) timed out"
        status = 504
        dependency.breaker?.record(.slow, now: clock.now)
        dependency.record(duration: clock.now - begun, trouble: trouble, now: clock.now)
      case .refused, .reset:
        trouble = "\(model.name) unreachable"
        status = 502
        dependency.breaker?.record(.unreachable, now: clock.now)
        dependency.record(duration: clock.now - begun, trouble: trouble, now: clock.now)
      }
    }
    guard let fallback = model.fallback else { return .failed(status: status) }
    dependency.useFallback(reason: trouble, now: clock.now)
    let luck = dice.roll(.fallback, request &* 64 &+ UInt64(place))
    return luck < fallback.hit ? .fellBack : .failed(status: status)
  }

  private func isBackend(_ model: NeedModel) -> Bool {
    if case .backend = model.target { true } else { false }
  }

  private func attemptOnce(_ model: NeedModel, call: UInt64) async -> HTTPCaller.Outcome {
    switch model.target {
    case .backend(let name):
      guard let backend = roster.backends[name] else { return .refused }
      let latency = backend.latency(at: dice.roll(.backend, call &+ 1 << 40))
      await clock.pause(min(latency, model.timeout))
      return latency > model.timeout ? .timeout : .status(200)
    case .service(let name, let method, let path):
      guard let service = roster.services[name],
        let instance = service.pick(roll: dice.roll(.instance, call))
      else { return .refused }
      return await caller(to: instance.port).call(
        HTTPMethod(rawValue: method), path, limit: clock.real(model.timeout))
    }
  }
}
