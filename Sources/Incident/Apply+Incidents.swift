import Fleet
import Health
import Telemetry

/// Incidents open by themselves and are closed by people.
extension State {
  /// Opens an incident unless one is open, and notes what every budget had spent by then.
  mutating func openIncident(_ cause: IncidentRecord.Cause) {
    guard present.openIncident == nil else { return }
    if present.incidents.count == Present.incidentLimit { present.incidents.removeFirst() }
    present.incidents.append(IncidentRecord(opened: present.now, cause: cause))
    var walks = 0
    for account in ledger.accounts.indices {
      var before = ledger.accounts[account].ledger.ever
      // What burns now began before anybody was told.
      if walks < State.walkLimit, let objective = present[ledger.accounts[account].home].burning {
        walks += 1
        before = before.since(ledger.accounts[account].ledger.burning(objective))
      }
      ledger.accounts[account].atOpening = before
    }
  }

  /// Budgets whose minutes are walked at once; in an outage of everything the rest count from here.
  private static let walkLimit = 64

  /// A critical service that goes down opens one; that it is down already does not, once resolved.
  mutating func openIncident(ifCritical index: Int, before: HealthState) {
    guard present.services[index].definition.tier == .critical,
      State.down.contains(present.services[index].verdict.state), !State.down.contains(before)
    else { return }
    openIncident(
      .critical(
        service: present.services[index].definition.name,
        because: present.services[index].verdict.reasons.first ?? ""))
  }

  private static let down: [HealthState] = [.unhealthy, .unreachable]

  mutating func perform(_ act: IncidentAct) {
    switch act {
    case .declare(let by, let title):
      openIncident(.declared(by: by, title: title))
    case .severity(_, let severity): present.changeOpenIncident { $0.severity = severity }
    case .command(_, let commander): present.changeOpenIncident { $0.commander = commander }
    case .phase(_, let phase):
      let now = present.now
      present.changeOpenIncident {
        if $0.phase != phase { $0.phaseSince = now }
        $0.phase = phase
      }
    case .resolve(let by, let reason):
      guard present.openIncident != nil else { return }
      let resolution = IncidentRecord.Resolution(at: present.now, by: by, reason: reason)
      present.changeOpenIncident { $0.resolved = resolution }
      closeWorks(by: by, reason: reason ?? "the incident was resolved")
      for account in ledger.accounts.indices { ledger.accounts[account].atOpening = nil }
      for s in present.services.indices {
        for i in present.services[s].slos.indices {
          present.services[s].slos[i].incidentSpend = nil
        }
      }
      for i in present.capabilitySLOs.indices { present.capabilitySLOs[i].incidentSpend = nil }
    }
  }
}

extension SLOPresent {
  /// The objective, if its budget is being spent too fast. It writes nothing; as it is, it is read in
  /// place, for there may be thousands.
  fileprivate var burning: Objective? {
    mutating get {
      guard let burn = reading.burn(over: 5), burn > 1 else { return nil }
      return definition.objective
    }
  }
}

extension Present {
  /// The incident that is on; nil in peace.
  public var openIncident: IncidentRecord? { hasOpenIncident ? incidents.last : nil }

  fileprivate mutating func changeOpenIncident(_ body: (inout IncidentRecord) -> Void) {
    guard hasOpenIncident else { return }
    body(&incidents[incidents.count - 1])
  }

  var hasOpenIncident: Bool {
    !incidents.isEmpty && incidents[incidents.count - 1].resolved == nil
  }
}
