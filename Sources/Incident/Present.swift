import Canonical
public import Containment
public import Fleet
public import Health
public import Runbooks
import Telemetry

/// What holds now: verdicts, timers, running sums, what is active.
public struct Present: Sendable, Hashable, Codable {
  public internal(set) var fleet: Fleet
  /// When the session began.
  public internal(set) var began: Instant
  /// The instant of the last entry: the only "now" there is.
  public internal(set) var now: Instant
  /// The number of the last entry.
  public internal(set) var sequence: UInt64
  /// In the order of the fleet file.
  public internal(set) var services: [ServicePresent]
  /// Changes of state of services, oldest first, at most `Present.changeLimit`. Those of an
  /// instance are with its health.
  public internal(set) var changes: [StateChange]
  /// What changed beside health: versions, flags, restarts.
  public internal(set) var changeLog = ChangeLog()
  /// Damcon's own log, oldest first, at most `Present.noteLimit`.
  public internal(set) var notes: [DatedNote]
  /// Where the troubles of now began, and whom they hurt.
  public internal(set) var origins = Origins()
  /// In the order of the fleet file.
  public internal(set) var journeys: [JourneyPresent] = []
  /// Who needs whom.
  var dependencies = Dependencies()
  /// Finds services by what others call them.
  var names = ServiceNames()
  /// What users can do, in the order of the fleet file.
  public internal(set) var capabilities: [CapabilityPresent] = []

  /// Objectives of capabilities, in the order of the fleet; those of services are with them.
  public internal(set) var capabilitySLOs: [SLOPresent] = []
  /// Objectives beginning or ceasing to fire, oldest first, at most `Present.changeLimit`.
  public internal(set) var alertChanges: [AlertChange] = []
  /// Incidents, oldest first, at most `Present.incidentLimit`; the last may be open.
  public internal(set) var incidents: [IncidentRecord] = []
  /// The files in force, by kind and name; none where only addresses were given.
  public internal(set) var documents: [Document] = []
  /// What is followed of the runbooks in force, in their order.
  public internal(set) var runbooks: [RunbookCard] = []
  /// Runbooks that were taken up, oldest first.
  public internal(set) var works: [RunbookWork] = []

  /// What can be triggered, in the order of the files.
  public internal(set) var actions: [Action] = []
  /// Plans of several of them that can be asked for as one, in the order of the fleet file.
  public internal(set) var maneuvers: [Maneuver] = []
  /// What was asked for of them, oldest first, at most `Present.actionRunLimit`.
  public internal(set) var actionRuns: [ActionRun] = []
  /// Everything is stopped; nil: nothing is.
  public internal(set) var halt: Halt?
  /// What may be triggered without a person, in the order of the fleet file.
  public internal(set) var rules: [Rule] = []
  /// One for each rule and service.
  public internal(set) var ruleRuns: [RuleRun] = []

  /// Which runbooks may concern which service.
  var runbookIndex = RunbookIndex()
  /// Where each target stands, for every entry asks that.
  var places = PlaceHints()
  /// The whole second up to which timers were moved.
  var advancedTo: Int64 = -1
  /// How far the round of this second has come.
  var timers = TimerRound()
  /// By service: the offset from which on something of it moves by itself. Together, so that a second
  /// in which nothing does costs no look at any service.
  var wakes: [Int64] = []
  /// Something that capabilities are made of has changed since they were looked at.
  var capabilitiesAreDue = false

  public static let changeLimit = 256
  public static let noteLimit = 256
  public static let incidentLimit = 16
  public static let actionRunLimit = 64

  /// Services are encoded beside it: they are most of it.
  private enum CodingKeys: String, CodingKey {
    case fleet, began, now, sequence, changes, changeLog, notes, capabilities
    case advancedTo, timers, wakes
    case origins, dependencies, journeys, capabilitySLOs, alertChanges, incidents
    case documents, runbooks, works, actions, actionRuns
    case maneuvers, halt, rules, ruleRuns
  }

  /// In the order of `CodingKeys`, in which the compiler's own `encode` goes.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    fleet = try container.decode(Fleet.self, forKey: .fleet)
    began = try container.decode(Instant.self, forKey: .began)
    now = try container.decode(Instant.self, forKey: .now)
    sequence = try container.decode(UInt64.self, forKey: .sequence)
    services = []
    changes = try container.decode([StateChange].self, forKey: .changes)
    changeLog = try container.decode(ChangeLog.self, forKey: .changeLog)
    notes = try container.decode([DatedNote].self, forKey: .notes)
    capabilities = try container.decode([CapabilityPresent].self, forKey: .capabilities)
    advancedTo = try container.decode(Int64.self, forKey: .advancedTo)
    timers = try container.decode(TimerRound.self, forKey: .timers)
    wakes = try container.decode([Int64].self, forKey: .wakes)
    origins = try container.decode(Origins.self, forKey: .origins)
    dependencies = try container.decode(Dependencies.self, forKey: .dependencies)
    journeys = try container.decode([JourneyPresent].self, forKey: .journeys)
    capabilitySLOs = try container.decode([SLOPresent].self, forKey: .capabilitySLOs)
    alertChanges = try container.decode([AlertChange].self, forKey: .alertChanges)
    incidents = try container.decode([IncidentRecord].self, forKey: .incidents)
    documents = try container.decode([Document].self, forKey: .documents)
    guard decoder.canonicalForm >= 4 else { return }
    runbooks = try container.decode([RunbookCard].self, forKey: .runbooks)
    works = try container.decode([RunbookWork].self, forKey: .works)
    // What form 5 had of actions was another thing, and nothing of it was released.
    guard decoder.canonicalForm >= 6 else { return }
    actions = try container.decode([Action].self, forKey: .actions)
    actionRuns = try container.decode([ActionRun].self, forKey: .actionRuns)
    maneuvers = try container.decode([Maneuver].self, forKey: .maneuvers)
    halt = try container.decodeIfPresent(Halt.self, forKey: .halt)
    rules = try container.decode([Rule].self, forKey: .rules)
    ruleRuns = try container.decode([RuleRun].self, forKey: .ruleRuns)
  }

  /// Takes back, once decoded, what was encoded beside it.
  ///
  /// - Returns: false where that is not of the services that the fleet has.
  mutating func take(_ known: [ServicePresent]) -> Bool {
    services = known
    // Timers move by whole seconds since the session began.
    guard advancedTo >= -1, define() else { return false }
    guard
      services.allSatisfy({ service in
        service.runbookRuns.allSatisfy { runbooks.indices.contains($0.card) }
      })
    else { return false }
    places = PlaceHints(services)
    names = ServiceNames(services)
    runbookIndex = RunbookIndex(runbooks, services)
    return true
  }

  /// Gives everything the definition that the fleet has of it: none is encoded twice.
  ///
  /// - Returns: false where the fleet has others.
  private mutating func define() -> Bool {
    guard services.count == fleet.services.count,
      capabilitySLOs.count == fleet.capabilitySLOs.count
    else { return false }
    let roles = fleet.roles
    for index in services.indices {
      let definition = fleet.services[index]
      let own = definition.roles(in: roles, rules: fleet.rules(of: definition))
      guard services[index].define(definition, roles: own) else { return false }
    }
    for (index, own) in fleet.capabilitySLOs.enumerated() {
      capabilitySLOs[index].define(own.slo, of: .capability(own.capability))
    }
    return true
  }

  /// One look at the timers of every service, in as many turns as it takes.
  struct TimerRound: Sendable, Hashable, Codable {
    /// The service that is next.
    var next = 0
    /// Services that this round has not come to.
    var left = 0
  }

  init(began: Instant) {
    fleet = Fleet(name: "")
    self.began = began
    now = began
    sequence = 0
    services = []
    changes = []
    notes = []
  }

  /// How many services are in each state; states with none are absent.
  public var counts: [(state: HealthState, count: Int)] {
    HealthState.allCases.compactMap { state in
      let count = services.count { $0.verdict.state == state }
      return count == 0 ? nil : (state, count)
    }.sorted { $0.state > $1.state }
  }

  /// Seconds by which the most overdue target is late beyond its interval; 0 when all are on time.
  ///
  /// An answer that says "refused" is on time: this measures Damcon, not the fleet.
  public var pollLag: Double {
    var lag = 0.0
    for service in services {
      for instance in service.instances where !instance.definition.isBeacon {
        let due = instance.definition.polling.interval + instance.definition.polling.timeout
        lag = max(lag, now.seconds(since: instance.lastHeard ?? began) - due)
      }
    }
    return lag
  }

  public func service(named name: String) -> ServicePresent? {
    index(of: name).map { services[$0] }
  }

  /// Where a service stands in `services`.
  public func index(of service: String) -> Int? { places.index(of: service, in: services) }

  /// Where `target` stands in `services` and its `instances`; nil when it is watched no more.
  func place(of target: Target) -> (service: Int, instance: Int)? {
    if let hint = places[target], services.indices.contains(hint.service),
      services[hint.service].definition.name == target.service,
      services[hint.service].instances.indices.contains(hint.instance),
      services[hint.service].instances[hint.instance].definition.url == target.instance
    {
      return hint
    }
    guard
      let service = services.firstIndex(where: { $0.definition.name == target.service }),
      let instance = services[service].instances.firstIndex(where: {
        $0.definition.url == target.instance
      })
    else { return nil }
    return (service, instance)
  }

  /// The last values of a target's counters by the numbers of their series, and others for what is no
  /// counter; nil where its series are numbered otherwise.
  public func counters(of target: Target, epoch: UInt32) -> [Double]? {
    guard let (service, instance) = place(of: target) else { return nil }
    return services[service].instances[instance].sharedMeter.read {
      $0.counters(epoch: epoch)
    }
  }

  mutating func keep(_ change: StateChange) {
    if changes.count == Present.changeLimit { changes.removeFirst() }
    changes.append(change)
  }

  mutating func keep(_ change: AlertChange) {
    if alertChanges.count == Present.changeLimit { alertChanges.removeFirst() }
    alertChanges.append(change)
  }

  mutating func keep(_ note: Note, at instant: Instant) {
    if notes.count == Present.noteLimit { notes.removeFirst() }
    notes.append(DatedNote(instant: instant, note: note))
  }
}

/// A line of Damcon's own log and when it was written.
public struct DatedNote: Sendable, Hashable, Codable {
  public var instant: Instant
  public var note: Note
}

/// A service going from one state to another.
public struct StateChange: Sendable, Hashable, Codable {
  public var service: String
  public var from: HealthState
  public var to: HealthState
  public var at: Instant
  /// The first reason at that moment.
  public var cause: String
}
