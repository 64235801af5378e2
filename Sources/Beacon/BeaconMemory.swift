package import Fleet
import Health
package import Incident

/// What an earlier run knew of senders, so that a restart forgets none of them: those that made themselves known are
/// still there, what is silent grows old from when it was heard, and what rests goes on resting.
package struct BeaconMemory: Sendable {
  /// One sender, as it was left.
  struct Known: Sendable {
    let name: String
    /// What it said last; nil where that is no longer so.
    let report: HealthReport?
    /// Seconds since it was heard.
    let silence: Double
    /// It said good-bye, and that was its last word: nothing is awaited before the `nextCheck` of its report.
    let isAtRest: Bool
    /// It said good-bye, and nothing is known of it since.
    let hasLeft: Bool
  }

  /// By service, in the order of the names.
  private var senders: [String: [Known]] = [:]
  private var roster = BeaconRoster()

  package init() {}

  /// - Parameters:
  ///   - present: how things stood at the end of the run before.
  ///   - now: on the clock that goes on from that run's.
  ///   - fleet: what the file says now: whoever is not let in by it any more is forgotten.
  package init(_ present: Present, at now: Instant, for fleet: Fleet) {
    for definition in fleet.services {
      guard let beacon = definition.beacon, let service = present.service(named: definition.name)
      else { continue }
      let known = service.instances.compactMap { BeaconMemory.known($0, at: now) }
        .filter { known in
          if beacon.instances.contains(known.name) { return true }
          return beacon.instances.isEmpty && !known.isForgotten(by: beacon)
        }
      let kept = known.prefix(max(beacon.most, beacon.instances.count))
      senders[definition.name] = kept.sorted { $0.name < $1.name }
      for known in kept where beacon.instances.isEmpty {
        roster.add(known.name, to: definition.name)
      }
    }
  }

  private static func known(_ instance: InstancePresent, at now: Instant) -> Known? {
    guard let name = Beacon.name(in: instance.id), Beacon.isName(name) else { return nil }
    let readiness = instance.health.readiness
    let hasLeft = instance.routes.map { $0.readiness == nil } ?? false
    // One that is in the fleet and was never heard in that run is one of a run before.
    let silence = instance.lastAnswered.map { max(0, now.seconds(since: $0)) } ?? 0
    return Known(
      name: name, report: readiness.report, silence: silence,
      isAtRest: readiness.path == Probe.rest, hasLeft: hasLeft)
  }

  func senders(of service: String) -> [Known] { senders[service] ?? [] }

  func roster(in fleet: Fleet) -> BeaconRoster { roster.kept(in: fleet) }

  /// The fleet of a file with those in it who made themselves known.
  package func merged(into fleet: Fleet) -> Fleet { roster(in: fleet).merged(into: fleet) }

  /// What says it again, after the fleet that has them: as old as it is.
  package var events: [Event] {
    var events: [Event] = []
    for (service, known) in senders.sorted(by: { $0.key < $1.key }) {
      for sender in known {
        let target = Target(
          service: service, instance: Beacon.address(of: sender.name, at: service))
        if sender.hasLeft { events.append(.routes(target: target, Routes())) }
        guard !sender.hasLeft, let report = sender.report else { continue }
        events.append(.routes(target: target, BeatTelling.routes))
        BeatTelling(report, isLast: sender.isAtRest, age: sender.silence)
          .tell(of: target, into: &events)
      }
    }
    return events
  }
}

extension BeaconMemory.Known {
  fileprivate func isForgotten(by beacon: Beacon) -> Bool {
    guard isAtRest else { return hasLeft || silence >= beacon.forget }
    let rest = Sender.Rest(next: report?.nextCheck, by: beacon)
    return silence >= (rest.awaited ?? 0) + beacon.forget
  }
}
