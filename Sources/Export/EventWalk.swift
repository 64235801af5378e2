import Containment
import Fleet
import Health
import Incident
import Runbooks
import Telemetry

/// Something that happened, as a line of a JSON file tells it.
struct DatedEvent {
  var at: Instant
  var type: String
  var members: [(String, JSONText)]

  init(_ type: String, at: Instant, _ members: [(String, JSONText)] = []) {
    self.at = at
    self.type = type
    self.members = members
  }
}

/// Finds what each entry of a recording brought that is worth a line of its own.
///
/// Walks the logs of `Present`, which are of bounded length, and so must see every entry.
struct EventWalk {
  private var hasBegun = false
  private var lastChange: StateChange?
  private var lastAlert: AlertChange?
  private var lastOpened: Instant?
  private var lastIsResolved = false
  private var lastLog: ChangeLog?
  /// Instances of each change that were told, by its number.
  private var changes: [Int: Int] = [:]
  private var fallbacks: [String: [String: FallbackTrack.Phase]] = [:]
  /// In the order of the fleet; nil before anything was known.
  private var capabilities: [CapabilityPresent.State?] = []
  private var capabilityNames: [String] = []
  /// The whole second in which all that time alone can change was looked at.
  private var second: Int64 = .min
  private var actions = ActionWalk()

  /// What `entry` brought, in the order in which it is to be told.
  mutating func follow(_ entry: Entry, _ present: Present) -> [DatedEvent] {
    if case .began = entry.event { self = EventWalk() }
    if !hasBegun {
      hasBegun = true
      forgetWhatWas(before: entry.instant, present)
    }
    if case .fleet = entry.event { adoptCapabilities(present) }
    var found = own(entry, present)
    found += changesOfState(present) + alerts(present) + incidents(present)
    found += fleetChanges(present) + actions.follow(entry, present)
    let looksAtAll = isInNewSecond(present)
    if looksAtAll { found += actions.followDue(present) }
    found += fallbacks(entry, present, looksAtAll: looksAtAll) + capabilities(present)
    return found
  }

  /// A walk that begins in the middle tells nothing of what was before.
  private mutating func forgetWhatWas(before now: Instant, _ present: Present) {
    lastChange = present.changes.last { $0.at.offset < now.offset }
    lastAlert = present.alertChanges.last { $0.at.offset < now.offset }
    if let incident = present.incidents.last, incident.opened.offset < now.offset {
      lastOpened = incident.opened
      lastIsResolved = incident.resolved.map { $0.at.offset < now.offset } ?? false
    }
    for change in present.changeLog.entries where change.last.offset < now.offset {
      changes[change.id] = change.instances.count
    }
    for index in present.services.indices {
      let service = present.services[index]
      for track in service.fallbackTracks where track.since.offset < now.offset {
        fallbacks[service.definition.name, default: [:]][track.name] = track.phase
      }
    }
    capabilityNames = present.capabilities.map(\.definition.name)
    capabilities = present.capabilities.map { $0.since.offset < now.offset ? $0.state : nil }
    actions.forgetWhatWas(before: now, present)
  }

  private mutating func isInNewSecond(_ present: Present) -> Bool {
    let now = present.now.offset / 1_000_000_000
    defer { second = now }
    return now != second
  }

  // MARK: What the entry itself says

  private func own(_ entry: Entry, _ present: Present) -> [DatedEvent] {
    switch entry.event {
    case .began: [DatedEvent("began", at: entry.instant)]
    case .fleet(let fleet):
      [
        DatedEvent(
          "fleet", at: entry.instant,
          [
            ("fleet", .string(fleet.name)),
            ("environment", .string(fleet.environment?.name)),
            ("services", .strings(fleet.services.map(\.name))),
          ])
      ]
    case .note(let note):
      [
        DatedEvent(
          "note", at: entry.instant,
          [("severity", .string(note.severity.rawValue)), ("text", .string(note.text))])
      ]
    case .remark(let remark):
      [
        DatedEvent(
          "remark", at: entry.instant, [("by", .string(remark.by)), ("text", .string(remark.text))])
      ]
    case .journey(let name, let run):
      [DatedEvent("journey_run", at: entry.instant, EventJSON.run(run, of: name))]
    case .documents(let documents):
      [
        DatedEvent(
          "documents", at: entry.instant,
          [("documents", .array(documents.map(EventJSON.document)))])
      ]
    case .runbook(let act):
      [
        DatedEvent(
          "runbook", at: entry.instant,
          [
            ("by", .string(act.by)), ("service", .string(act.service)),
            ("runbook", .string(act.runbook.id)), ("text", .string(act.words)),
          ])
      ]
    case .action(let move):
      [
        DatedEvent(
          "action", at: entry.instant,
          [("by", .string(move.by)), ("run", .string(move.run)), ("text", .string(move.words))])
      ]
    case .rule(let move):
      [
        DatedEvent(
          "rule", at: entry.instant,
          [
            ("by", .string(move.by)), ("rule", .string(move.rule)),
            ("service", .string(move.service)), ("text", .string(move.words)),
          ])
      ]
    case .halt(let move):
      [
        DatedEvent(
          "halt", at: entry.instant, [("by", .string(move.by)), ("text", .string(move.words))])
      ]
    case .tick, .probe, .scrape, .routes, .ledger, .incident, .runbooks, .actions, .maneuvers,
      .rules,
      .resume, .body:
      []
    }
  }

  // MARK: What it made of the state

  private mutating func changesOfState(_ present: Present) -> [DatedEvent] {
    guard present.changes.last != lastChange else { return [] }
    defer { lastChange = present.changes.last }
    return present.changes.after(lastChange).map {
      DatedEvent("state", at: $0.at, EventJSON.change($0))
    }
  }

  private mutating func alerts(_ present: Present) -> [DatedEvent] {
    guard present.alertChanges.last != lastAlert else { return [] }
    defer { lastAlert = present.alertChanges.last }
    return present.alertChanges.after(lastAlert).map {
      DatedEvent("alert", at: $0.at, EventJSON.alert($0))
    }
  }

  private mutating func incidents(_ present: Present) -> [DatedEvent] {
    guard let incident = present.incidents.last else { return [] }
    var found: [DatedEvent] = []
    if incident.opened != lastOpened {
      lastOpened = incident.opened
      lastIsResolved = false
      found.append(DatedEvent("incident", at: incident.opened, EventJSON.opening(of: incident)))
    }
    if let resolved = incident.resolved, !lastIsResolved {
      lastIsResolved = true
      found.append(
        DatedEvent("incident", at: resolved.at, EventJSON.resolution(of: incident, resolved)))
    }
    return found
  }

  /// A change is told when it is first seen, and again with each instance that it comes to.
  private mutating func fleetChanges(_ present: Present) -> [DatedEvent] {
    // The same log is told apart at once: nearly every entry leaves it as it was.
    if present.changeLog == lastLog { return [] }
    lastLog = present.changeLog
    var found: [FleetChange] = []
    for change in present.changeLog.entries
    where changes[change.id].map({ $0 < change.instances.count }) ?? true {
      changes[change.id] = change.instances.count
      found.append(change)
    }
    if changes.count > 2 * ChangeLog.limit {
      let kept = Set(present.changeLog.entries.map(\.id))
      changes = changes.filter { kept.contains($0.key) }
    }
    return found.map {
      DatedEvent("change", at: $0.isBefore ? $0.at : $0.last, EventJSON.change($0))
    }
  }

  /// Of the service that the entry is about, and once a second of all.
  private mutating func fallbacks(
    _ entry: Entry, _ present: Present, looksAtAll: Bool
  ) -> [DatedEvent] {
    var about: String?
    switch entry.event {
    case .probe(let target, _), .scrape(let target, _): about = target.service
    case .began, .fleet, .tick, .routes, .note, .journey, .ledger, .incident, .remark,
      .documents, .runbooks, .runbook, .actions, .action, .maneuvers, .rules, .rule, .halt,
      .resume, .body:
      break
    }
    var found: [DatedEvent] = []
    if looksAtAll {
      for index in present.services.indices {
        follow(present.services[index], at: present.now, &found)
      }
    } else if let about, let index = present.index(of: about) {
      follow(present.services[index], at: present.now, &found)
    }
    return found
  }

  private mutating func follow(
    _ service: ServicePresent, at now: Instant, _ found: inout [DatedEvent]
  ) {
    let name = service.definition.name
    // The rule, and it costs nothing.
    if service.fallbackTracks.isEmpty, fallbacks[name] == nil { return }
    var phases: [String: FallbackTrack.Phase] = [:]
    let before = fallbacks[name] ?? [:]
    for track in service.fallbackTracks {
      phases[track.name] = track.phase
      let was = before[track.name] ?? .over
      guard track.phase != was else { continue }
      found.append(DatedEvent("fallback", at: now, EventJSON.fallback(track, of: name, was: was)))
    }
    fallbacks[name] = phases.isEmpty ? nil : phases
  }

  private mutating func capabilities(_ present: Present) -> [DatedEvent] {
    var found: [DatedEvent] = []
    if present.capabilities.count != capabilities.count { adoptCapabilities(present) }
    for index in present.capabilities.indices
    where present.capabilities[index].state != capabilities[index] {
      let capability = present.capabilities[index]
      let before = capabilities[index]
      capabilities[index] = capability.state
      // That nothing is known of it yet is no event.
      if before == nil, capability.state == .unknown { continue }
      found.append(
        DatedEvent(
          "capability_state", at: capability.since, EventJSON.state(of: capability, was: before)))
    }
    return found
  }

  private mutating func adoptCapabilities(_ present: Present) {
    let known = Dictionary(zip(capabilityNames, capabilities)) { first, _ in first }
    capabilityNames = present.capabilities.map(\.definition.name)
    capabilities = capabilityNames.map { known[$0] ?? nil }
  }
}

extension Array where Element: Equatable {
  /// What stands after `known`; all of it where that has been pushed out.
  fileprivate func after(_ known: Element?) -> ArraySlice<Element> {
    guard let known, let index = lastIndex(of: known) else { return self[...] }
    return self[(index + 1)...]
  }
}
