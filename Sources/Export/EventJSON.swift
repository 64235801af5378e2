import Containment
import Fleet
import Health
import Incident
import Telemetry

/// What happens, as members of a JSON object.
enum EventJSON {
  typealias Members = [(String, JSONText)]

  static func document(_ document: Document) -> JSONText {
    .object([
      ("kind", .string(document.kind == .fleetFile ? "fleet_file" : "runbook")),
      ("name", .string(document.name)),
      ("sha256", .string(JSONText.hex(document.hash))),
      ("bytes", .number(document.size)),
      ("masked", .number(document.masked)),
    ])
  }

  static func change(_ change: StateChange) -> Members {
    [
      ("service", .string(change.service)),
      ("from", .string(change.from.rawValue)),
      ("to", .string(change.to.rawValue)),
      ("because", .string(change.cause)),
    ]
  }

  static func alert(_ change: AlertChange) -> Members {
    [
      (change.owner.kind, .string(change.owner.name)),
      ("slo", .string(change.slo)),
      ("from", .string(change.from?.rawValue)),
      ("to", .string(change.to?.rawValue)),
      ("because", .string(change.because)),
    ]
  }

  static func fallback(
    _ track: FallbackTrack, of service: String, was before: FallbackTrack.Phase
  ) -> Members {
    [
      ("service", .string(service)),
      ("name", .string(track.name)),
      ("from", .string(before.rawValue)),
      ("to", .string(track.phase.rawValue)),
      ("since", SnapshotJSON.time(track.since)),
      ("reason", .string(track.reason)),
      ("mode", .string(track.mode)),
      ("dependency", .string(track.dependency)),
      ("users_get", .string(track.usersGet)),
      ("tolerance_seconds", .number(track.tolerance)),
    ]
  }

  static func opening(of incident: IncidentRecord) -> Members {
    var members: Members = [("state", .string("open"))]
    switch incident.cause {
    case .page(let owner, let slo, _):
      members += [("cause", .string("page")), (owner.kind, .string(owner.name))]
      members.append(("slo", .string(slo)))
    case .critical(let service, _):
      members += [("cause", .string("critical")), ("service", .string(service))]
    case .declared(let by, _):
      members += [("cause", .string("declared")), ("by", .string(by))]
    }
    return members + [("because", .string(incident.because))]
  }

  static func resolution(
    of incident: IncidentRecord, _ resolution: IncidentRecord.Resolution
  ) -> Members {
    [
      ("state", .string("resolved")),
      ("by", .string(resolution.by)),
      ("opened", SnapshotJSON.time(incident.opened)),
      ("because", .string(incident.because)),
    ]
  }

  static func state(
    of capability: CapabilityPresent, was before: CapabilityPresent.State?
  ) -> Members {
    func word(_ state: CapabilityPresent.State?) -> JSONText {
      state == .unknown ? .null : .string(state?.rawValue)
    }
    return [
      ("name", .string(capability.definition.name)),
      ("from", word(before)),
      ("to", word(capability.state)),
      ("status", .string(capability.status)),
      ("because", .strings(capability.causes.map(\.words))),
    ]
  }

  static func run(_ run: JourneyRun, of journey: String) -> Members {
    let (passed, because): (JSONText, String?) =
      switch run.outcome {
      case .passed: (.bool(true), nil)
      case .failed(let failure): (.bool(false), failure.words)
      case .notRun(let reason): (.null, "could not run: \(reason)")
      }
    return [
      ("name", .string(journey)), ("passed", passed),
      ("duration_ms", .number(run.duration * 1000)), ("because", .string(because)),
    ]
  }

  /// What came of a run of an action; `was` is nil for one that is new.
  static func state(of run: ActionRun, was before: ActionRun.State?) -> Members {
    members(of: run) + [
      ("from", .string(before?.rawValue)),
      ("to", .string(run.state.rawValue)),
      ("because", .string(run.reason)),
    ]
  }

  /// Which run it is, and of what.
  static func members(of run: ActionRun) -> Members {
    [
      ("run", .string(run.plan.id)),
      ("action", .string(run.plan.action)),
      ("service", .string(run.plan.service)),
    ]
  }

  // MARK: Changes

  static func change(_ change: FleetChange) -> Members {
    [
      ("service", .string(change.service)),
      ("instances", .strings(change.instances)),
      ("before_watch", .bool(change.isBefore)),
    ] + members(of: change.kind)
  }

  private static func members(of kind: FleetChange.Kind) -> Members {
    switch kind {
    case .deploy(let from, let to):
      [("what", .string("deploy")), ("from", .string(from)), ("to", .string(to))]
    case .rollback(let from, let to):
      [("what", .string("rollback")), ("from", .string(from)), ("to", .string(to))]
    case .build(let from, let to):
      [("what", .string("build")), ("from", .string(from)), ("to", .string(to))]
    case .configuration(let name): [("what", .string("configuration")), ("name", .string(name))]
    case .flag(let flag): members(of: flag)
    case .weight(let track, let from, let to):
      [
        ("what", .string("weight")), ("track", .string(track)), ("from", .number(from)),
        ("to", .number(to)),
      ]
    case .restart: [("what", .string("restart"))]
    case .vanished(let exports, let version):
      [
        ("what", .string("signals_lost")), ("signals", .strings(exports.words)),
        ("version", .string(version)),
      ]
    case .returned(let exports):
      [("what", .string("signals_back")), ("signals", .strings(exports.words))]
    case .reload(let added, let removed, let changed):
      [
        ("what", .string("reload")), ("added", .strings(added)), ("removed", .strings(removed)),
        ("changed", .number(changed)),
      ]
    }
  }

  private static func members(of flag: FleetChange.FlagChange) -> Members {
    func bool(_ value: Bool?) -> JSONText { value.map { .bool($0) } ?? .null }
    return [
      ("what", .string("flag")), ("name", .string(flag.name)), ("was_on", bool(flag.wasOn)),
      ("on", bool(flag.on)), ("exposure_before", .number(flag.exposureBefore)),
      ("exposure", .number(flag.exposure)), ("owner", .string(flag.owner)),
    ]
  }
}
