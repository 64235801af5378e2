public import Fleet
import Health
public import Telemetry

/// The instances of a service that run the same thing: a track of a rollout, or a version.
public struct Cohort: Sendable, Hashable, Identifiable {
  /// `canary`, `stable`, …; nil where nobody says.
  public var track: String?
  /// nil where nobody says.
  public var version: String?
  public var instances: [String]
  /// The share of the traffic it is meant to get, 0…1.
  public var weight: Double?
  /// Requests of all of them over five minutes.
  public var requests: RequestStatistics

  public var id: String { "\(track ?? "")/\(version ?? "")" }

  /// `canary 2.3.0`
  public var name: String {
    let words = [track, version].compactMap { $0 }
    return words.isEmpty ? "not said" : words.joined(separator: " ")
  }
}

extension ServicePresent {
  /// Its instances by track and version, the ones on trial last; one cohort where all are alike.
  ///
  /// - Parameter window: read for each of them; it costs what reading the instances does.
  public func cohorts(_ window: Window = .fiveMinutes, at now: Instant) -> [Cohort] {
    var found: [Cohort] = []
    for instance in instances {
      let rollout = instance.health.report?.rollout
      let statistics = instance.meter.statistics(window: window, at: now.seconds)
      if let known = found.firstIndex(where: {
        $0.track == rollout?.track && $0.version == instance.version
      }) {
        found[known].instances.append(instance.definition.url)
        found[known].requests.merge(statistics)
        found[known].weight = found[known].weight ?? rollout?.weight
      } else {
        found.append(
          Cohort(
            track: rollout?.track, version: instance.version,
            instances: [instance.definition.url], weight: rollout?.weight, requests: statistics))
      }
    }
    return found.enumerated().sorted {
      ($0.element.trial, $0.offset) < ($1.element.trial, $1.offset)
    }.map(\.element)
  }

  /// Several versions at once, each with how many instances run it; nil where there is one or none.
  public var drift: [(version: String, count: Int)]? {
    let versions = versions
    guard versions.count > 1 else { return nil }
    return versions.map { version in (version, instances.count { $0.version == version }) }
  }

  /// The cohort on trial and the one it is held against: the canary and stable, else the newer
  /// version and the one that most instances run; nil where all are alike.
  public func trial(_ window: Window = .fiveMinutes, at now: Instant) -> (
    trial: Cohort, against: Cohort
  )? {
    let cohorts = cohorts(window, at: now)
    guard cohorts.count > 1 else { return nil }
    let onTrial = cohorts.filter { $0.trial > 0 }
    if let trial = onTrial.last,
      let base = cohorts.filter({ $0.trial == 0 }).max(by: {
        $0.instances.count < $1.instances.count
      })
    {
      return (trial, base)
    }
    // No track is told: the versions alone say which came later.
    guard cohorts.count(where: { $0.version != nil }) > 1 else { return nil }
    let ordered = cohorts.filter { $0.version != nil }.sorted { a, b in
      goesBack(from: b.version ?? "", to: a.version ?? "", isSaid: false)
    }
    guard let base = ordered.first, let trial = ordered.last, base.version != trial.version else {
      return nil
    }
    return (trial, base)
  }
}

extension Cohort {
  /// 0 for what is in service, more for what is on trial.
  fileprivate var trial: Int {
    switch track?.lowercased() {
    case "canary", "candidate", "experiment", "preview": 2
    case "green", "new": 1
    default: 0
    }
  }
}
