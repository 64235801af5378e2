/// Everyone in a simulated fleet, as they find each other: the stand-in for service discovery.
@Simulation
final class Roster {
  let clock: StoryClock
  let seed: UInt64
  var services: [String: SimulatedService] = [:]
  var backends: [String: Backend] = [:]
  /// Tasks that serve requests or send traffic; `stop` waits for them.
  private(set) var tasks = 0
  private var emptied: [CheckedContinuation<Void, Never>] = []

  init(clock: StoryClock, seed: UInt64) {
    self.clock = clock
    self.seed = seed
  }

  func begin() { tasks += 1 }

  func end() {
    tasks -= 1
    guard tasks == 0 else { return }
    for continuation in emptied { continuation.resume() }
    emptied = []
  }

  func waitUntilIdle() async {
    guard tasks > 0 else { return }
    await withCheckedContinuation { emptied.append($0) }
  }
}

/// Something outside the fleet, at its present speed.
@Simulation
final class Backend {
  let model: BackendModel
  var faults: [InjectedFault] = []

  init(model: BackendModel) { self.model = model }

  func latency(at quantile: Double) -> Double {
    var seconds = model.latency.duration(at: quantile)
    for fault in faults {
      if case .latency(let factor, let extra) = fault.kind { seconds = seconds * factor + extra }
    }
    return seconds
  }
}

/// The instances of one service, and which of them gets the next request.
@Simulation
final class SimulatedService {
  let model: ServiceModel
  private(set) var instances: [SimulatedInstance] = []

  init(model: ServiceModel) { self.model = model }

  func add(_ instance: SimulatedInstance) { instances.append(instance) }

  /// By weight among those that are ready; where fewer than half are, among all that are not
  /// drained, as Envoy's panic routing does: spreading the load beats drowning the last one.
  func pick(roll: Double) -> SimulatedInstance? {
    let open = instances.filter { !$0.isDrained && $0.phase != .down }
    let ready = open.filter(\.isReady)
    let candidates = ready.count * 2 >= open.count && !ready.isEmpty ? ready : open
    let chosenFrom = candidates.isEmpty ? instances : candidates
    let total = chosenFrom.reduce(0) { $0 + $1.weight }
    var left = roll * total
    for instance in chosenFrom {
      left -= instance.weight
      if left < 0 { return instance }
    }
    return chosenFrom.last
  }
}
