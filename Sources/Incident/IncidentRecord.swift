public import Fleet

/// An incident: open from the first page or critical state, or from when somebody declared it,
/// until somebody resolves it.
public struct IncidentRecord: Sendable, Hashable, Codable {
  public internal(set) var opened: Instant
  public internal(set) var cause: Cause
  public internal(set) var resolved: Resolution?

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
  case resolve(by: String)
}
