package import Fleet
package import Incident
package import NIOCore
import Synchronization

/// Walks the journeys of a fleet, each at its own pace, and puts what came of them where entries
/// are made.
///
/// A journey never overlaps itself, few run at once, and each ends within its timeout. They talk to
/// hosts that the fleet file names, and to no other. Whoever replays a recording makes none of these.
package final class JourneyRunner: Sendable {
  private struct Running {
    var fleet = Fleet(name: "")
    var walks: [String: (journey: Journey, task: Task<Void, Never>)] = [:]
    /// Walks that were called off and may not have ended yet.
    var ending: [Task<Void, Never>] = []
    var isStopped = false
  }

  private let running = Mutex(Running())
  private let clients: WalkClients
  private let turnstile: Turnstile
  private let secret: @Sendable (Credentials.Secret) throws -> String
  private let put: @Sendable (Event) -> Void

  /// Journeys that are under way at once.
  package static let width = 8

  /// - Parameter secret: reads a secret from where the fleet file says, at each run that needs it.
  package init(
    group: any EventLoopGroup, width: Int = JourneyRunner.width,
    secret: @escaping @Sendable (Credentials.Secret) throws -> String,
    put: @escaping @Sendable (Event) -> Void
  ) {
    clients = WalkClients(group: group)
    turnstile = Turnstile(width: width)
    self.secret = secret
    self.put = put
  }

  /// Walks the journeys of `fleet` from now on. Those that stay as they are keep their pace; those
  /// that are gone or changed are called off at once.
  package func update(fleet: Fleet) {
    running.withLock { running in
      guard !running.isStopped else { return }
      let hasSamePlaces = Self.places(running.fleet) == Self.places(fleet)
      running.fleet = fleet
      for (name, walk) in running.walks
      where !hasSamePlaces || !fleet.journeys.contains(walk.journey) {
        walk.task.cancel()
        running.ending.append(walk.task)
        running.walks[name] = nil
      }
      let hosts = Self.hosts(fleet)
      for (place, journey) in fleet.journeys.enumerated() where running.walks[journey.name] == nil {
        // They begin one after the other, so that not all steps of all of them fall together.
        let delay = min(Double(place) * 0.25, journey.every)
        let task = Task { await self.walk(journey, fleet, hosts, after: delay) }
        running.walks[journey.name] = (journey, task)
      }
    }
  }

  /// Calls everything off and returns when nothing of it is left.
  package func stop() async {
    let tasks = running.withLock { running in
      running.isStopped = true
      let tasks = running.walks.values.map(\.task) + running.ending
      running.walks = [:]
      running.ending = []
      return tasks
    }
    for task in tasks { task.cancel() }
    for task in tasks { await task.value }
    await clients.shutdown()
  }

  private func walk(
    _ journey: Journey, _ fleet: Fleet, _ hosts: Set<String>, after delay: Double
  ) async {
    try? await Task.sleep(for: .seconds(delay))
    var turn = 0
    while !Task.isCancelled {
      let began = ContinuousClock.now
      guard await turnstile.enter() else { return }
      let run = await JourneyWalk(
        journey: journey, fleet: fleet, hosts: hosts, clients: clients, secret: secret, turn: turn
      ).run()
      turnstile.leave()
      guard let run, !Task.isCancelled else { return }
      put(.journey(journey.name, run))
      turn += 1
      let next = max(began + .seconds(journey.every), .now + .milliseconds(10))
      try? await Task.sleep(until: next)
    }
  }

  /// What a journey reads of the fleet besides itself.
  private static func places(_ fleet: Fleet) -> [String: [Instance]] {
    Dictionary(fleet.services.map { ($0.name, $0.instances) }) { first, _ in first }
  }

  /// The hosts that the fleet file names: in its instances, and in its journeys' own addresses.
  static func hosts(_ fleet: Fleet) -> Set<String> {
    var hosts: Set<String> = []
    for service in fleet.services {
      for instance in service.instances {
        if let host = WebAddress(instance.url)?.host { hosts.insert(host) }
      }
    }
    for step in fleet.journeys.flatMap(\.steps) {
      if case .url(let url) = step.place, let host = WebAddress(url)?.host { hosts.insert(host) }
    }
    return hosts
  }
}
