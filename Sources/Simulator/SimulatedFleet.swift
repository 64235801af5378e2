package import Fleet
import NIOCore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A fleet that misbehaves on cue: real HTTP servers on 127.0.0.1, living a scenario.
///
///     let simulated = try await SimulatedFleet.start(scenario: scenario)
///     watch(simulated.fleet)
///     await simulated.stop()
@Simulation
package final class SimulatedFleet {
  package nonisolated let scenario: Scenario
  /// The same fleet as a fleet file would describe it, with the addresses it really has.
  package nonisolated let fleet: Fleet

  private let roster: Roster
  private let clients: [TrafficSource]

  /// Why a fleet could not start.
  package struct StartError: Error, CustomStringConvertible {
    package var description: String
  }

  private init(scenario: Scenario, fleet: Fleet, roster: Roster, clients: [TrafficSource]) {
    self.scenario = scenario
    self.fleet = fleet
    self.roster = roster
    self.clients = clients
  }

  /// Starts every service and all traffic.
  ///
  /// - Parameters:
  ///   - portBase: The first port, the instances after it one by one; nil lets the kernel choose,
  ///     so that any number of fleets can run beside each other.
  ///   - seed: Overrules the scenario's own.
  ///   - offset: The second of the story at which it begins.
  ///   - speed: Seconds of the story in one of the wall's.
  package static func start(
    scenario: Scenario, portBase: Int? = nil, seed: UInt64? = nil, from offset: Double = 0,
    speed: Double = 1
  ) async throws -> SimulatedFleet {
    guard speed > 0, speed <= 100 else {
      throw StartError(description: "the speed must be above 0 and at most 100, not \(speed)")
    }
    let count = scenario.services.reduce(0) { $0 + $1.instances.count }
    if let portBase, portBase < 1 || portBase + count - 1 > 65_535 {
      throw StartError(
        description: "the \(count) ports from \(portBase) on are not all between 1 and 65535")
    }
    let clock = StoryClock(speed: speed, offset: offset)
    let roster = Roster(clock: clock, seed: seed ?? scenario.seed)
    for backend in scenario.backends {
      roster.backends[backend.name] = Backend(model: backend)
    }
    var opened: [SimulatedInstance] = []
    for model in scenario.services {
      let service = SimulatedService(model: model)
      roster.services[model.name] = service
      for number in model.instances.indices {
        let instance = SimulatedInstance(model: model, number: number, roster: roster)
        let port = model.instances[number].port ?? portBase.map { $0 + opened.count } ?? 0
        do {
          try await instance.open(port: port)
        } catch {
          for other in opened { await other.close() }
          throw StartError(
            description:
              "cannot listen on 127.0.0.1:\(port) for \(instance.name): \(reason(error))")
        }
        service.add(instance)
        opened.append(instance)
      }
    }
    let clients = scenario.clients.map { TrafficSource(model: $0, roster: roster) }
    let simulated = SimulatedFleet(
      scenario: scenario, fleet: description(of: scenario, roster: roster), roster: roster,
      clients: clients)
    simulated.begin()
    return simulated
  }

  /// Seconds of the story so far.
  package var now: Double { roster.clock.now }

  /// Ends all traffic and closes every port; returns when nothing of the fleet is left.
  package func stop() async {
    guard !roster.clock.isStopped else { return }
    roster.clock.stop()
    for client in clients { client.close() }
    for model in scenario.services {
      for instance in roster.services[model.name]?.instances ?? [] { await instance.close() }
    }
    await roster.waitUntilIdle()
  }

  /// Lives until the task is cancelled, then stops: the shape that a service group wants.
  package func run() async {
    let (ended, end) = AsyncStream<Void>.makeStream()
    await withTaskCancellationHandler {
      for await _ in ended {}
    } onCancel: {
      end.finish()
    }
    await stop()
  }

  private func begin() {
    for client in clients { spawn { await client.run() } }
    let player = TimelinePlayer(roster: roster, timeline: scenario.timeline)
    spawn { await player.run() }
  }

  private func spawn(_ body: @escaping @Simulation @Sendable () async -> Void) {
    roster.begin()
    Task {
      await body()
      roster.end()
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE: "the port is taken"
    case EACCES: "ports below 1024 are not for everyone"
    case EMFILE, ENFILE: "too many files are open (ulimit -n)"
    default: "\(error)"
    }
  }

  private static func description(of scenario: Scenario, roster: Roster) -> Fleet {
    let services = scenario.services.map { model in
      let instances = (roster.services[model.name]?.instances ?? []).map { instance in
        Instance(
          url: instance.url, liveness: .path(model.health.liveness),
          readiness: .path(model.health.readiness), metrics: .path("/metrics"),
          polling: PollPolicy(interval: 1, timeout: 1, readinessGrace: 3))
      }
      let needed = model.needs.compactMap { need -> String? in
        if case .service(let name, _, _) = need.target { name } else { nil }
      }
      return Service(
        name: model.name, tier: model.tier, language: model.language, owner: model.owner,
        instances: instances, dependsOn: needed, slos: model.slos, release: model.release)
    }
    var fleet = Fleet(
      name: "shop-simulated", environment: Environment(name: "simulated", color: "cyan"),
      services: services)
    fleet.access = SimulatedFleet.access
    return fleet
  }

  /// It is a rehearsal: whoever gets at it may act, and whoever administrates this machine may approve.
  private nonisolated static let access = Access(
    usual: .responder, grants: [Access.Grant(.approver, groups: ["sudo", "wheel", "admin"])])
}
