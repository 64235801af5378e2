import Canonical
public import Telemetry

/// What is watched: the services, how to poll them, and what this fleet teaches about its metrics.
public struct Fleet: Sendable, Hashable, Codable {
  public var name: String
  public var environment: Environment?
  /// In the order of the fleet file.
  public var services: [Service]
  /// Conventions that the fleet file adds; tried before the built-in table.
  public var conventions: [Convention]
  /// How breakers and fallbacks are told in all of its services.
  public var modes = RoleTable.Given()
  /// What users can do, in the order of the fleet file.
  public var capabilities: [Capability] = []
  /// Signals that every service may have, beside the built-in ones.
  public var signals: [SignalRule] = []
  /// What is tried as a user would try it.
  public var journeys: [Journey] = []
  /// Objectives of capabilities, counted at the services where users' requests enter.
  public var capabilitySLOs: [CapabilitySLO]
  /// Who may do what; nil where nothing is said of it.
  public var access: Access?
  /// When something is triggered at all.
  public var policy = ContainmentPolicy()

  /// Seen by keyframes of this form and later ones.
  private static let formWithAccess = 6

  private enum CodingKeys: String, CodingKey {
    case name, environment, services, conventions, modes, capabilities, signals, journeys
    case capabilitySLOs, access, policy
  }

  /// In the order of `CodingKeys`. What was recorded before there was more ends after the objectives.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    name = try container.decode(String.self, forKey: .name)
    environment = try container.decodeIfPresent(Environment.self, forKey: .environment)
    services = try container.decode([Service].self, forKey: .services)
    conventions = try container.decode([Convention].self, forKey: .conventions)
    modes = try container.decode(RoleTable.Given.self, forKey: .modes)
    capabilities = try container.decode([Capability].self, forKey: .capabilities)
    signals = try container.decode([SignalRule].self, forKey: .signals)
    journeys = try container.decode([Journey].self, forKey: .journeys)
    capabilitySLOs = try container.decode([CapabilitySLO].self, forKey: .capabilitySLOs)
    guard decoder.canonicalForm >= Fleet.formWithAccess, !decoder.isAtCanonicalEnd else { return }
    access = try container.decodeIfPresent(Access.self, forKey: .access)
    policy = try container.decode(ContainmentPolicy.self, forKey: .policy)
  }

  public init(
    name: String, environment: Environment? = nil, services: [Service] = [],
    conventions: [Convention] = [], capabilitySLOs: [CapabilitySLO] = []
  ) {
    self.name = name
    self.environment = environment
    self.services = services
    self.conventions = conventions
    self.capabilitySLOs = capabilitySLOs
  }

  /// What metrics mean in all of its services, unless one says otherwise (`Service.roles`).
  public var roles: RoleTable {
    RoleTable(fleet: conventions, given: modes, signals: signals)
  }

  /// What objectives count of a service's events: its own first, then those of capabilities.
  public func rules(of service: Service) -> [EventRule] {
    service.slos.map(\.counts)
      + capabilitySLOs.filter { $0.services.contains(service.name) }.map(\.slo.counts)
  }
}

/// Where this fleet runs, said in the header so that production is never mistaken for a rehearsal.
public struct Environment: Sendable, Hashable, Codable {
  public var name: String
  /// A colour word of the theme (`red`, `yellow`, …), or nil for the theme's own.
  public var color: String?

  public init(name: String, color: String? = nil) {
    self.name = name
    self.color = color
  }
}
