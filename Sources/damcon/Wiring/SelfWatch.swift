import Containment
import Fleet
import Foundation
import Health
import Incident
import Journal
import Polling
import SelfReport
import Synchronization

/// What Damcon knows of itself while it serves, for whoever asks after it: kept as it is seen, so that an owner of the
/// state that is stuck cannot hold up who asks.
final class SelfWatch: Sendable {
  private struct Seen {
    var stage = SelfFigures.Stage.starting
    var sequence: UInt64 = 0
    var offset: Int64 = .min
    /// When the state last moved.
    var moved = ContinuousClock.now
    var first: UInt64?
    var fleet = ""
    var environment: String?
    var services = 0
    var targets = 0
    var interval: Double?
    /// Seconds that the most overdue target is late.
    var overdue = 0.0
    /// Since when those are watched that were never heard.
    var unheard: [Target: Instant] = [:]
    var actions: [String: Int] = [:]
    var underWay = 0
    var hangs = false
  }

  private let seen = Mutex(Seen())
  private let began = Date().timeIntervalSince1970

  /// The owner has come to this entry.
  func saw(entry sequence: UInt64, at instant: Instant) {
    seen.withLock { seen in
      if seen.first == nil { seen.first = sequence }
      if sequence > seen.sequence { seen.sequence = sequence }
      guard instant.offset > seen.offset else { return }
      seen.offset = instant.offset
      seen.moved = .now
    }
  }

  func saw(_ present: Present) {
    var (targets, interval) = (0, Double.infinity)
    for service in present.fleet.services {
      for instance in service.instances where !instance.isBeacon {
        targets += 1
        interval = min(interval, instance.polling.interval)
      }
    }
    var actions: [String: Int] = [:]
    for run in present.actionRuns { actions[run.state.rawValue, default: 0] += 1 }
    let underWay = present.actionRuns.count { !$0.state.isEnded }
    let before = seen.withLock(\.unheard)
    let (overdue, unheard) = SelfWatch.overdue(present, before)
    seen.withLock { [targets, interval, actions] seen in
      seen.overdue = overdue
      seen.unheard = unheard
      seen.fleet = present.fleet.name
      seen.environment = present.fleet.environment?.name
      seen.services = present.fleet.services.count
      seen.targets = targets
      seen.interval = interval.isFinite ? interval : nil
      seen.actions = actions
      seen.underWay = underWay
    }
  }

  /// How late the most overdue target is, as `Present.pollLag`: beyond the pace that it asks for itself, and without
  /// those that are not asked.
  ///
  /// - Parameter before: those that were never heard the last time.
  private static func overdue(
    _ present: Present, _ before: [Target: Instant]
  ) -> (seconds: Double, unheard: [Target: Instant]) {
    var lag = 0.0
    var unheard: [Target: Instant] = [:]
    for service in present.services.indices {
      for index in present.services[service].instances.indices {
        let instance = present.services[service].instances[index]
        let definition = instance.definition
        guard !definition.isBeacon else { continue }
        var since = instance.lastHeard
        if since == nil {
          let target = Target(
            service: present.services[service].definition.name, instance: definition.url)
          let first = before[target] ?? present.now
          unheard[target] = first
          since = first
        }
        let pace = max(definition.polling.interval, instance.health.nextCheckHint)
        let silence = present.now.seconds(since: since ?? present.now)
        lag = max(lag, silence - pace - definition.polling.timeout)
      }
    }
    return (lag, unheard)
  }

  func heard(recordingHangs: Bool) { seen.withLock { $0.hangs = recordingHangs } }

  func enter(_ stage: SelfFigures.Stage) { seen.withLock { $0.stage = stage } }

  /// Whether the owner of the state has come to something new within so many seconds.
  func moved(within seconds: Double) -> Bool {
    seen.withLock { $0.moved.duration(to: .now) <= .seconds(seconds) }
  }

  /// All that is known now.
  ///
  /// - Parameters:
  ///   - live: what is watched.
  ///   - clients: who is attached; nil where that is not known.
  func figures(of live: LiveFleet, clients: SelfFigures.Clients?) -> SelfFigures {
    let seen = seen.withLock { $0 }
    var figures = SelfFigures(
      fleet: seen.fleet, environment: seen.environment, version: Version.current,
      stage: seen.stage, began: began, now: Date().timeIntervalSince1970)
    figures.services = seen.services
    figures.targets = seen.targets
    // A poll that never starts is late too, and only who waits for it knows.
    figures.pollLag = max(live.poller.lag.seconds, seen.overdue)
    figures.pollInterval = seen.interval
    figures.entries = seen.sequence - (seen.first ?? seen.sequence)
    figures.sinceEntry = seen.moved.duration(to: .now) / .seconds(1)
    figures.actions = seen.actions
    figures.actionsUnderWay = seen.underWay
    // Whoever reaches the address may read this: what stands in the file is not for everybody.
    figures.fleetFileTrouble = live.fileTrouble.map { _ in
      "the fleet file is wrong, and the one before it stays in use: its log says why"
    }
    figures.clients = clients
    figures.process = OwnProcess.figures()
    if let journal = live.journal {
      let progress = journal.scribe.progress
      figures.journal = SelfFigures.Journal(
        isWritable: !progress.isStopped && !seen.hangs, bytes: journal.bytes, lost: progress.lost,
        waiting: progress.sequence.map { seen.sequence > $0 ? seen.sequence - $0 : 0 })
    }
    return figures
  }
}

extension LiveJournal {
  /// Of its file, and of what is on its way into it.
  fileprivate var bytes: UInt64? {
    let sizes = [path, path + "-wal"].map {
      try? FileManager.default.attributesOfItem(atPath: $0)[.size] as? UInt64
    }
    guard let file = sizes[0] else { return nil }
    return file + (sizes[1] ?? 0)
  }
}
