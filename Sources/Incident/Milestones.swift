import Containment
public import Fleet
public import Health
import Runbooks
import Telemetry

/// Finds, entry by entry, what a recording is gone through by.
///
/// To be asked after every entry that was applied, from the `.began` of a run on: the same entries
/// give the same milestones, however they were cut into batches. An entry that brings nothing new
/// costs a few comparisons; a look at every service is taken once a second, when timers move.
public struct Milestones: Sendable, Hashable, Codable {
  /// The last of each list that was told; lists are bounded, so that a count would not do.
  private var lastChange: StateChange?
  private var lastAlert: AlertChange?
  private var lastChangeID = 0
  /// The incident that is open.
  private var openIncident: Instant?
  /// Names of the fallbacks in use, for each service in the order of the fleet.
  private var inUse: [[String]] = []
  private var services: [String] = []
  /// The whole second in which every service was looked at last.
  private var lookedIn: Int64 = .min
  /// Timers of that second were still to be moved.
  private var isLookPending = false

  public init() {}

  /// What `entry` brought, in an order that never varies. `state` is what it made.
  public mutating func take(_ entry: Entry, after state: State) -> [Milestone] {
    var found: [Milestone] = []
    switch entry.event {
    case .began:
      self = Milestones()
      found.append(Milestone(.began, entry, words: "Damcon began to watch"))
    case .fleet:
      followFleet(state.present)
    case .remark(let remark):
      found.append(Milestone(.note, entry, words: "\(remark.by): \(remark.text)"))
    case .incident(let act):
      if let words = act.words { found.append(Milestone(.note, entry, words: words)) }
    case .runbook(let act):
      found.append(
        Milestone(.note, entry, service: act.service, words: "\(act.by): \(act.words)"))
    case .action(let move):
      found.append(
        Milestone(
          .action, entry, service: state.present.actionRun(move.run)?.plan.service,
          words: "\(move.by): \(move.words)"))
    case .rule(let move):
      found.append(
        Milestone(.action, entry, service: move.service, words: "\(move.by): \(move.words)"))
    case .halt(let move):
      found.append(Milestone(.action, entry, words: "\(move.by): \(move.words)"))
    default: break
    }
    takeChanges(entry, state.present, &found)
    takeAlerts(entry, state.present, &found)
    takeFallbacks(entry, state.present, &found)
    takeChangeLog(entry, state.present, &found)
    takeIncidents(entry, state.present, &found)
    return found
  }

  /// How the fleet is now. Burn is the largest of any objective over the shortest of its windows.
  public func pulse(of present: Present) -> Pulse {
    var burn: Double?
    var worst = HealthState.healthy
    if present.services.isEmpty { worst = .unknown }
    // By index throughout: a copy of a service retains all that it holds.
    for service in present.services.indices {
      worst = max(worst, present.services[service].verdict.state)
      for slo in present.services[service].slos.indices {
        Milestones.raise(&burn, present.services[service].slos[slo].reading)
      }
    }
    for slo in present.capabilitySLOs.indices {
      Milestones.raise(&burn, present.capabilitySLOs[slo].reading)
    }
    return Pulse(instant: present.now, burn: burn, worst: worst)
  }

  private static func raise(_ burn: inout Double?, _ reading: BudgetReading) {
    guard let rate = reading.burns.min(by: { $0.minutes < $1.minutes })?.rate, rate.isFinite
    else { return }
    burn = max(burn ?? 0, rate)
  }

  // MARK: Health

  private mutating func takeChanges(
    _ entry: Entry, _ present: Present, _ found: inout [Milestone]
  ) {
    // What this entry brought is of its instant; to ask that first copies nothing.
    guard let place = present.changes.indices.last, present.changes[place].at == entry.instant
    else { return }
    let last = present.changes[place]
    guard last != lastChange else { return }
    let first = Milestones.firstNew(
      present.changes, after: lastChange, at: entry.instant, when: \.at)
    for change in present.changes[first...] {
      // That a service came to be watched is no news of it.
      if change.from == .unknown, change.to == .healthy { continue }
      let cause = change.cause.isEmpty ? "" : ": \(change.cause)"
      found.append(
        Milestone(
          change.to > change.from ? .worse : .better, entry, service: change.service,
          words: "\(change.from.rawValue) → \(change.to.rawValue)\(cause)"))
    }
    lastChange = last
  }

  /// Where what this entry brought begins in a bounded list: after what was told last, and no
  /// further back than this instant, should that have been pushed out.
  private static func firstNew<Element: Equatable>(
    _ list: [Element], after last: Element?, at instant: Instant, when: KeyPath<Element, Instant>
  ) -> Int {
    var first = list.count
    while first > 0, list[first - 1] != last, list[first - 1][keyPath: when] == instant {
      first -= 1
    }
    return first
  }

  // MARK: Objectives

  private mutating func takeAlerts(
    _ entry: Entry, _ present: Present, _ found: inout [Milestone]
  ) {
    guard let place = present.alertChanges.indices.last,
      present.alertChanges[place].at == entry.instant
    else { return }
    let last = present.alertChanges[place]
    guard last != lastAlert else { return }
    let first = Milestones.firstNew(
      present.alertChanges, after: lastAlert, at: entry.instant, when: \.at)
    for change in present.alertChanges[first...] {
      let isMore = change.to.map { to in change.from.map { to > $0 } ?? true } ?? false
      let because = change.because.isEmpty ? "" : ": \(change.because)"
      let words =
        switch (change.from, change.to) {
        case (let from?, nil): "\(change.slo): the \(from.rawValue) is over"
        case (let from?, let to?):
          "\(change.slo): \(from.rawValue) → \(to.rawValue)\(because)"
        case (nil, let to?): "\(change.slo): \(to.rawValue)\(because)"
        case (nil, nil): change.slo
        }
      found.append(
        Milestone(isMore ? .alert : .alertOver, entry, service: change.owner.name, words: words))
    }
    lastAlert = last
  }

  // MARK: Fallbacks

  /// Keeps what is in use at services that stay.
  private mutating func followFleet(_ present: Present) {
    let known = Dictionary(zip(services, inUse)) { first, _ in first }
    services = present.services.map(\.definition.name)
    inUse = services.map { known[$0] ?? [] }
    isLookPending = true
  }

  /// A fallback moves by what its service says, and in each second by its timers.
  private mutating func takeFallbacks(
    _ entry: Entry, _ present: Present, _ found: inout [Milestone]
  ) {
    if inUse.count != present.services.count { followFleet(present) }
    let second = entry.instant.offset / 1_000_000_000
    if second != lookedIn || isLookPending {
      lookedIn = second
      isLookPending = present.timers.left > 0
      for index in inUse.indices { takeFallbacks(ofServiceAt: index, entry, present, &found) }
      return
    }
    switch entry.event {
    case .probe(let target, _), .scrape(let target, _):
      guard let index = present.index(of: target.service) else { return }
      takeFallbacks(ofServiceAt: index, entry, present, &found)
    default: return
    }
  }

  private mutating func takeFallbacks(
    ofServiceAt index: Int, _ entry: Entry, _ present: Present, _ found: inout [Milestone]
  ) {
    let count = present.services[index].fallbackTracks.count
    guard count > 0 || !inUse[index].isEmpty else { return }
    let name = present.services[index].definition.name
    for track in present.services[index].fallbackTracks {
      let known = inUse[index].firstIndex(of: track.name)
      if track.isInUse, known == nil {
        inUse[index].append(track.name)
        let why = track.reason.map { ": \($0)" } ?? ""
        found.append(Milestone(.fallback, entry, service: name, words: "\(track.name)\(why)"))
      } else if !track.isInUse, let known {
        inUse[index].remove(at: known)
        found.append(
          Milestone(.fallbackOver, entry, service: name, words: "\(track.name) is over"))
      }
    }
    // What is not followed any more ended without anybody being told.
    if !inUse[index].isEmpty {
      inUse[index].removeAll { used in
        !present.services[index].fallbackTracks.contains { $0.name == used }
      }
    }
  }

  // MARK: The rest

  private mutating func takeChangeLog(
    _ entry: Entry, _ present: Present, _ found: inout [Milestone]
  ) {
    guard present.changeLog.lastID > lastChangeID else { return }
    for change in present.changeLog.entries
    where change.id > lastChangeID && !change.isBefore {
      found.append(
        Milestone(.change, entry, service: change.service, words: change.kind.words))
    }
    lastChangeID = present.changeLog.lastID
  }

  private mutating func takeIncidents(
    _ entry: Entry, _ present: Present, _ found: inout [Milestone]
  ) {
    guard let last = present.incidents.last else { return }
    if last.isOpen, openIncident != last.opened {
      openIncident = last.opened
      found.append(Milestone(.incident, entry, words: "incident opened: \(last.because)"))
    } else if let resolution = last.resolved, openIncident != nil {
      openIncident = nil
      found.append(Milestone(.incidentOver, entry, words: "resolved by \(resolution.by)"))
    }
  }
}

extension IncidentAct {
  /// What it says beyond that an incident was opened or closed.
  fileprivate var words: String? {
    switch self {
    case .declare, .resolve: nil
    case .severity(let by, let severity): "\(by): \(severity.rawValue)"
    case .command(let by, let commander):
      by == commander ? "\(by) leads" : "\(by): \(commander) leads"
    case .phase(let by, let phase): "\(by): \(phase.rawValue)"
    }
  }
}

extension Milestone {
  fileprivate init(_ kind: Kind, _ entry: Entry, service: String? = nil, words: String) {
    self.init(
      kind, sequence: entry.sequence, instant: entry.instant, service: service,
      words: Words.clipped(words, to: 160))
  }
}

extension FleetChange.Kind {
  /// In few words: `2.2.9 → 2.3.0`, `flag new-cart on`, `restarted`.
  public var words: String {
    switch self {
    case .deploy(let from?, let to): return "\(from) → \(to)"
    case .deploy(nil, let to): return "version \(to)"
    case .rollback(let from, let to): return "rolled back \(from) → \(to)"
    case .build(let from, let to): return "build \(from) → \(to)"
    case .configuration: return "configuration taken anew"
    case .flag(let flag):
      guard let on = flag.on else { return "flag \(flag.name) gone" }
      return "flag \(flag.name) \(on ? "on" : "off")"
    case .weight(let track, _, _): return track.isEmpty ? "weight" : "weight of \(track)"
    case .restart: return "restarted"
    case .vanished(let exports, _):
      return "no longer exports \(exports.words.joined(separator: ", "))"
    case .returned(let exports): return "exports \(exports.words.joined(separator: ", ")) again"
    case .reload: return "fleet file read again"
    }
  }
}
