import NIOCore

/// One simulated process: its socket, its workers, its settings and what befalls it.
@Simulation
final class SimulatedInstance {
  enum Phase: String, Sendable { case warming, serving, draining, down }

  let model: ServiceModel
  let roster: Roster
  let name: String
  let dice: Dice
  let number: Int
  private(set) var listener: HTTPListener!

  private(set) var version: VersionModel
  private(set) var previousVersion: String?
  private(set) var track: String
  private(set) var weight: Double
  private(set) var versionSince: Int64

  private(set) var pool: WorkerPool
  private(set) var dependencies: [Dependency] = []
  var meter = RequestMeter()
  var desk = AdminDesk()
  var flags: [FlagModel]
  var throttle = 0.0
  private(set) var isDrained = false
  private(set) var effect = FaultEffect()
  private var faults: [InjectedFault] = []

  /// Rises when the process is replaced; whoever began under an earlier one gets no answer.
  private(set) var generation = 0
  private(set) var processStart = WallTime.now()
  private var warmUntil: Double
  private var isDown = false
  var requestNumber: UInt64 = 0
  var callNumber: UInt64 = 0
  var scrapeNumber: UInt64 = 0
  var panics = 0
  var shed = 0
  private var callers: [Int: HTTPCaller] = [:]
  private var readiness: (at: Double, isReady: Bool) = (-1, true)

  init(model: ServiceModel, number: Int, roster: Roster) {
    let instance = model.instances[number]
    self.model = model
    self.roster = roster
    self.number = number
    name = "\(model.name)/\(number)"
    dice = Dice(seed: roster.seed, stream: name)
    version = model.version(instance.version) ?? VersionModel(name: instance.version, build: "")
    track = instance.track
    weight = instance.weight
    versionSince = WallTime.now()
    flags = model.flags
    pool = WorkerPool(workers: model.workers, limit: model.maxConcurrency)
    warmUntil = -1
    dependencies = model.needs.map { Dependency(model: $0, wall: WallTime.now) }
    listener = HTTPListener { [weak self] request in
      await self?.answer(request) ?? .hangUp
    }
  }

  var clock: StoryClock { roster.clock }
  var port: Int { listener.port }
  var url: String { "http://127.0.0.1:\(port)" }

  var phase: Phase {
    if isDown { return .down }
    if clock.now < warmUntil { return .warming }
    return isDrained ? .draining : .serving
  }

  /// As the rest of the fleet knows it: a quarter of a second old at most.
  var isReady: Bool {
    let now = clock.now
    if now - readiness.at > 0.25 { readiness = (now, HealthBody.isReady(self)) }
    return readiness.isReady
  }

  func open(port: Int) async throws { try await listener.open(port: port) }

  func close() async {
    isDown = true
    pool.abandon()
    for (_, caller) in callers { caller.close() }
    await listener.close()
  }

  /// The client end of calls from here to another instance.
  func caller(to port: Int) -> HTTPCaller {
    if let known = callers[port] { return known }
    let caller = HTTPCaller(port: port)
    callers[port] = caller
    return caller
  }

  // MARK: What an admin or the timeline does

  /// Replaces the process by one of `version`; returns whether it was another before.
  func deploy(_ version: VersionModel, track: String? = nil, weight: Double? = nil) -> Bool {
    if let track { self.track = track }
    if let weight { self.weight = weight }
    guard version.name != self.version.name else { return false }
    previousVersion = self.version.name
    self.version = version
    versionSince = WallTime.now()
    replaceProcess()
    return true
  }

  func setDrained(_ on: Bool) {
    isDrained = on
    readiness.at = -1
  }

  func inject(_ fault: InjectedFault) {
    switch fault.kind {
    case .restart(let down): restart(down: down)
    case .warmup(let seconds):
      warmUntil = clock.now + seconds
    case .deploy(let name, let track, let weight):
      if let version = model.version(name) { _ = deploy(version, track: track, weight: weight) }
    case .flag(let name, let on, let exposure):
      guard let place = flags.firstIndex(where: { $0.name == name }) else { return }
      flags[place].on = on
      if let exposure { flags[place].exposure = exposure }
    default:
      faults.append(fault)
      weighFaults()
    }
  }

  func lift(_ fault: InjectedFault) {
    guard let place = faults.firstIndex(of: fault) else { return }
    faults.remove(at: place)
    weighFaults()
  }

  private func weighFaults() {
    var effect = FaultEffect()
    for fault in faults {
      if case .service(_, _, let only?) = fault.target, only != version.name { continue }
      effect.add(fault.kind)
    }
    self.effect = effect
    pool.setWorkers(effect.workers.map { min($0, model.workers ?? $0) } ?? model.workers)
  }

  private func restart(down: Double) {
    replaceProcess()
    guard down > 0 else { return }
    isDown = true
    warmUntil = clock.now + down + model.warmup
    roster.begin()
    Task {
      let port = listener.port
      await listener.close()
      await clock.pause(down)
      // The port is free unless somebody took it in between; then it stays refused for longer.
      while !clock.isStopped {
        if (try? await listener.open(port: port)) != nil { break }
        await clock.pause(0.5)
      }
      if !clock.isStopped { isDown = false }
      roster.end()
    }
  }

  /// Everyone inside is lost, counters begin at 0, settings stay: they are configuration.
  private func replaceProcess() {
    let limit = pool.limit
    generation += 1
    pool.abandon()
    pool = WorkerPool(workers: model.workers, limit: limit)
    meter = RequestMeter()
    panics = 0
    shed = 0
    let overrides = dependencies.map { $0.breaker?.override ?? .auto }
    dependencies = model.needs.map { Dependency(model: $0, wall: WallTime.now) }
    for (dependency, override) in zip(dependencies, overrides) {
      _ = dependency.breaker?.set(override)
    }
    processStart = WallTime.now()
    warmUntil = clock.now + model.warmup
    readiness.at = -1
    weighFaults()
  }
}
