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
