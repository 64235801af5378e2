public import Canonical
public import Containment
public import Exposition
public import Fleet
public import Health
public import Runbooks
public import Telemetry

/// One thing that happened: the only way state ever changes.
public struct Entry: Sendable, Hashable, Codable {
  /// From 1, without gaps, given by the session.
  public var sequence: UInt64
  public var instant: Instant
  public var event: Event

  public init(sequence: UInt64, instant: Instant, event: Event) {
    self.sequence = sequence
    self.instant = instant
    self.event = event
  }
}

/// What can happen.
public enum Event: Sendable, Hashable, Codable {
  /// Damcon was started: whatever was known before is forgotten. The first entry of each run.
  case began
  /// The fleet as it is watched from now on: the second entry, and again at each reload.
  case fleet(Fleet)
  /// A second passed in which nothing else did.
  case tick
  /// A health route was asked.
  case probe(target: Target, Probe)
  /// A metrics route was asked.
  case scrape(target: Target, Scrape)
  /// Which routes of a target are asked from now on, found or given; nil where there is none.
  case routes(target: Target, Routes)
  /// Something Damcon itself did or could not do.
  case note(Note)
  /// A journey, by name, was walked.
  case journey(String, JourneyRun)
  /// What an earlier run kept of an objective's events; comes after the fleet that has it.
  case ledger(LedgerPage)
  /// Somebody opened or closed the incident.
  case incident(IncidentAct)
  /// Somebody wrote something down.
  case remark(Remark)
  /// The files in force from now on, all of them: after the fleet that they say, at each reload too.
  case documents([Document])
  /// The runbooks in force from now on, all of them: their words are among the documents.
  case runbooks([RunbookCard])
  /// Somebody did something in a runbook.
  case runbook(RunbookAct)
  /// The actions in force from now on, all of them.
  case actions([Action])
  /// The plans of several actions in force from now on, all of them.
  case maneuvers([Maneuver])
  /// Somebody did something about an action, or something came of it.
  case action(ActionMove)
  /// What may be triggered without a person from now on, all of it.
  case rules([Rule])
  /// Somebody stopped a rule, or it acts.
  case rule(RuleMove)
  /// Somebody stopped everything, or lets it go on.
  case halt(HaltMove)
  /// What an earlier run left under way: the third entry, where there was one.
  case resume(Unfinished)
  /// What the answer was that the last observation of this target and kind was made of.
  case body(target: Target, AnswerBody)

  /// Made by a responder: it must not be lost.
  public var isAudited: Bool {
    switch self {
    case .incident, .remark, .runbook, .action, .rule, .halt: true
    case .began, .fleet, .tick, .probe, .scrape, .routes, .note, .journey, .ledger,
      .documents, .runbooks, .actions, .maneuvers, .rules, .resume, .body:
      false
    }
  }
}

/// What a responder wrote down while it happened.
public struct Remark: Sendable, Hashable, Codable {
  public var by: String
  public var text: String
  public init(by: String, text: String) {
    self.by = by
    self.text = text
  }
}

/// Which instance of which service something is about.
public struct Target: Sendable, Hashable, Codable {
  public var service: String
  /// `Instance.url`.
  public var instance: String
  public init(service: String, instance: String) {
    self.service = service
    self.instance = instance
  }
}

/// What one poll of a metrics route brought.
public struct Scrape: Sendable, Hashable, Codable {
  /// Seconds from the first byte sent to the last received.
  public var duration: Double
  public var outcome: Outcome

  public enum Outcome: Sendable, Hashable, Codable {
    /// `bytes` is the size of the body, unpacked.
    case extracted(Extraction, bytes: Int)
    case fault(Fault)
  }

  public init(duration: Double, outcome: Outcome) {
    self.duration = duration
    self.outcome = outcome
  }
}

/// The routes of a target that are polled.
public struct Routes: Sendable, Hashable {
  public var liveness: String?
  public var readiness: String?
  public var metrics: String?
  public init(liveness: String? = nil, readiness: String? = nil, metrics: String? = nil) {
    self.liveness = liveness
    self.readiness = readiness
    self.metrics = metrics
  }
}

/// A line of Damcon's own log.
public struct Note: Sendable, Hashable, Codable {
  public enum Severity: String, Sendable, Hashable, Codable { case info, warning, error }
  public var severity: Severity
  public var text: String
  public init(_ severity: Severity, _ text: String) {
    self.severity = severity
    self.text = text
  }
}

extension Routes: FieldCoded {
  public static var blank: Self { Self() }
  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&liveness, &readiness, &metrics)
  }
}
