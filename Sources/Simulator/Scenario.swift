/// A fleet and what goes wrong in it: the whole of a `samples/scenarios/*.yaml`.
///
/// Plain values; `ScenarioReader` makes them from YAML and `SimulatedFleet` lives them. All times
/// are seconds of the story.
package struct Scenario: Sendable, Hashable {
  package var name: String
  /// One sentence for a person who chooses among scenarios.
  package var summary: String
  /// The default seed; the same seed tells the same story.
  package var seed: UInt64
  package var services: [ServiceModel]
  /// Things outside the fleet that services wait for: databases, other companies' APIs.
  package var backends: [BackendModel]
  package var clients: [ClientModel]
  /// Sorted by `at`.
  package var timeline: [InjectedFault]
  /// The text that it was read from, whose `fleet:` says what is at stake in the fleet file's own
  /// words; nil for one made in code.
  package var source: Source?

  package struct Source: Sendable, Hashable {
    package var file: String
    package var text: String
  }

  package init(
    name: String, summary: String = "", seed: UInt64 = 1, services: [ServiceModel],
    backends: [BackendModel] = [], clients: [ClientModel] = [], timeline: [InjectedFault] = []
  ) {
    self.name = name
    self.summary = summary
    self.seed = seed
    self.services = services
    self.backends = backends
    self.clients = clients
    self.timeline = timeline.sorted { $0.at < $1.at }
  }

  /// When the first fault comes, so that a demo can begin shortly before; nil where all stays calm.
  package var incidentOffset: Double? { timeline.first?.at }
}

/// Something outside the fleet that answers in its own time; modelled as a wait, not as a server.
package struct BackendModel: Sendable, Hashable {
  package var name: String
  package var latency: Spread

  package init(name: String, latency: Spread) {
    self.name = name
    self.latency = latency
  }
}

/// A source of traffic from outside: it sends on time whatever becomes of earlier requests.
package struct ClientModel: Sendable, Hashable {
  package var name: String
  /// The service it calls.
  package var service: String
  package var method: String
  package var path: String
  /// Requests a second.
  package var rate: Double
  package var timeout: Double
  package var retries: Int

  package init(
    name: String, service: String, method: String = "GET", path: String, rate: Double,
    timeout: Double = 5, retries: Int = 0
  ) {
    self.name = name
    self.service = service
    self.method = method
    self.path = path
    self.rate = rate
    self.timeout = timeout
    self.retries = retries
  }
}
