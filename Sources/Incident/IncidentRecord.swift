import Canonical
public import Fleet

/// An incident: open from the first page or critical state, or from when somebody declared it,
/// until somebody resolves it.
public struct IncidentRecord: Sendable, Hashable, Codable {
  public internal(set) var opened: Instant
  public internal(set) var cause: Cause
  public internal(set) var resolved: Resolution?
  /// nil: nobody has said.
  public internal(set) var severity: Severity?
  /// Who leads; nil while nobody does.
  public internal(set) var commander: String?
  public internal(set) var phase = Phase.investigating
  /// When the phase began.
  public internal(set) var phaseSince: Instant

  init(opened: Instant, cause: Cause) {
    self.opened = opened
    self.cause = cause
    phaseSince = opened
  }

  private enum CodingKeys: String, CodingKey {
    case opened, cause, resolved, severity, commander, phase, phaseSince
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    opened = try container.decode(Instant.self, forKey: .opened)
    cause = try container.decode(Cause.self, forKey: .cause)
    resolved = try container.decodeIfPresent(Resolution.self, forKey: .resolved)
    phaseSince = opened
    guard decoder.canonicalForm >= 4 else { return }
    severity = try container.decodeIfPresent(Severity.self, forKey: .severity)
    commander = try container.decodeIfPresent(String.self, forKey: .commander)
    phase = try container.decode(Phase.self, forKey: .phase)
    phaseSince = try container.decode(Instant.self, forKey: .phaseSince)
  }

  /// What is being done about it.
  public enum Phase: String, Sendable, Hashable, Codable, CaseIterable {
    case investigating, containing, remediating, monitoring
  }

  public enum Cause: Sendable, Hashable, Codable {
    /// The first page: whose objective, and what burnt.
    case page(owner: SLOOwner, slo: String, because: String)
    /// A critical service that went down.
    case critical(service: String, because: String)
    case declared(by: String, title: String)
  }

  public struct Resolution: Sendable, Hashable, Codable {
    public var at: Instant
    public var by: String
    /// Why it was closed though what proves it had not held; nil where that had, or nothing proves it.
    public var reason: String?

    private enum CodingKeys: String, CodingKey { case at, by, reason }

    init(at: Instant, by: String, reason: String?) {
      self.at = at
      self.by = by
      self.reason = reason
    }

    public init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      at = try container.decode(Instant.self, forKey: .at)
      by = try container.decode(String.self, forKey: .by)
      guard decoder.canonicalForm >= 4 else { return }
      reason = try container.decodeIfPresent(String.self, forKey: .reason)
    }
  }

  public var isOpen: Bool { resolved == nil }

  /// Why it is open, in words: `checkout availability: burning 22x over 1h and 31x over 5m, …`.
  public var because: String {
    switch cause {
    case .page(let owner, let slo, let because): "\(owner.name) \(slo): \(because)"
    case .critical(let service, let because):
      because.isEmpty ? service : "\(service): \(because)"
    case .declared(let by, let title): title.isEmpty ? "declared by \(by)" : "\(title) (\(by))"
    }
  }
}

/// What people do to incidents.
public enum IncidentAct: Sendable, Hashable, Codable {
  /// Opens one; while one is open it changes nothing.
  case declare(by: String, title: String)
  /// Closes the open one; a page that fires on opens no other until a new one begins.
  case resolve(by: String, reason: String?)
  case severity(by: String, Severity)
  /// Somebody takes the lead, or gives it to somebody.
  case command(by: String, commander: String)
  case phase(by: String, IncidentRecord.Phase)

  /// Who did it.
  public var by: String {
    switch self {
    case .declare(let by, _), .resolve(let by, _), .severity(let by, _), .command(let by, _),
      .phase(let by, _):
      by
    }
  }
}

/// How bad an incident is: 1 is the worst.
public enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
  case sev1, sev2, sev3, sev4

  /// In how many seconds it has to be decided how to contain it; nil where there is no hurry.
  public var box: Double? {
    switch self {
    case .sev1: 600
    case .sev2: 1200
    case .sev3: 3600
    case .sev4: nil
    }
  }
}
