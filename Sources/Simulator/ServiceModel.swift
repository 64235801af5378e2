package import Fleet

/// One service of a scenario: what it is, how it answers, what it needs and how it breaks.
package struct ServiceModel: Sendable, Hashable {
  package var name: String
  package var tier: Tier
  package var language: Language
  package var owner: Owner?
  package var exposition: ExpositionStyle
  package var health: HealthModel
  package var slos: [SLO]
  package var release: Release?
  package var instances: [InstanceModel]
  /// How many requests are worked on at once; nil for a program that starts as many as come.
  package var workers: Int?
  /// How many may be inside, waiting or worked on; more are refused with 503.
  package var maxConcurrency: Int
  /// Seconds after which an answer is given up as 504, when it is at last its turn.
  package var deadline: Double
  /// Seconds that a new process reports `warming` before it serves.
  package var warmup: Double
  /// What each version does differently; every version an instance may run is here.
  package var versions: [VersionModel]
  package var endpoints: [EndpointModel]
  package var needs: [NeedModel]
  package var flags: [FlagModel]

  package init(
    name: String, tier: Tier, language: Language, owner: Owner? = nil,
    exposition: ExpositionStyle, health: HealthModel = HealthModel(), slos: [SLO] = [],
    release: Release? = nil, instances: [InstanceModel], workers: Int? = nil,
    maxConcurrency: Int = 256,
    deadline: Double = 5, warmup: Double = 5, versions: [VersionModel],
    endpoints: [EndpointModel], needs: [NeedModel] = [], flags: [FlagModel] = []
  ) {
    self.name = name
    self.tier = tier
    self.language = language
    self.owner = owner
    self.exposition = exposition
    self.health = health
    self.slos = slos
    self.release = release
    self.instances = instances
    self.workers = workers
    self.maxConcurrency = maxConcurrency
    self.deadline = deadline
    self.warmup = warmup
    self.versions = versions
    self.endpoints = endpoints
    self.needs = needs
    self.flags = flags
  }

  package func version(_ name: String) -> VersionModel? { versions.first { $0.name == name } }
}

/// Which library's metrics a service speaks.
package enum ExpositionStyle: String, Sendable, Hashable, CaseIterable {
  /// client_golang with promhttp's handlers, text format.
  case promhttp
  /// client_golang in OpenMetrics, with exemplars that carry trace ids.
  case openmetrics
  /// axum-prometheus on metrics-exporter-prometheus: blank lines, another order at each scrape.
  case axum
}

/// Where health is asked and in which dialect it is told.
package struct HealthModel: Sendable, Hashable {
  package enum Dialect: String, Sendable, Hashable, CaseIterable {
    case damcon, kubernetes, ietf
    /// `ok`, and nothing else.
    case plain
  }
  package var liveness: String
  package var readiness: String
  package var dialect: Dialect

  package init(
    liveness: String = "/healthz", readiness: String = "/ready", dialect: Dialect = .damcon
  ) {
    self.liveness = liveness
    self.readiness = readiness
    self.dialect = dialect
  }
}

/// One process of a service.
package struct InstanceModel: Sendable, Hashable {
  package var version: String
  /// `stable`, `canary`, `blue` or `green`.
  package var track: String
  /// Its share of the service's traffic against the other instances' shares.
  package var weight: Double
  /// The port it asks for; nil for one of the kernel's choice.
  package var port: Int?

  package init(version: String, track: String = "stable", weight: Double = 1, port: Int? = nil) {
    self.version = version
    self.track = track
    self.weight = weight
    self.port = port
  }
}

/// What a version does differently from a plain reading of the scenario.
package struct VersionModel: Sendable, Hashable {
  package var name: String
  package var build: String
  /// Multiplies the service's own work.
  package var work: Double
  /// How often it asks its backends, as a share of its requests: 0.1 for one that caches.
  package var queries: Double
  /// Share of requests that fail with 500, on top of the endpoint's own.
  package var errors: Double

  package init(
    name: String, build: String, work: Double = 1, queries: Double = 1, errors: Double = 0
  ) {
    self.name = name
    self.build = build
    self.work = work
    self.queries = queries
    self.errors = errors
  }
}

/// One route that does the service's business.
package struct EndpointModel: Sendable, Hashable {
  package var path: String
  package var method: String
  /// The service's own work, without what it waits for.
  package var latency: Spread
  /// Share of requests that fail with 500 by themselves.
  package var errors: Double
  /// Names of needs, asked one after the other.
  package var calls: [String]

  package init(
    path: String, method: String = "GET", latency: Spread, errors: Double = 0,
    calls: [String] = []
  ) {
    self.path = path
    self.method = method
    self.latency = latency
    self.errors = errors
    self.calls = calls
  }
}

/// A feature flag and what it costs while it is on.
package struct FlagModel: Sendable, Hashable {
  package var name: String
  package var on: Bool
  /// Share of requests it applies to.
  package var exposure: Double
  package var owner: String?
  /// Share of exposed requests that fail with 500.
  package var errors: Double
  /// Multiplies the own work of exposed requests.
  package var work: Double

  package init(
    name: String, on: Bool, exposure: Double = 1, owner: String? = nil, errors: Double = 0,
    work: Double = 1
  ) {
    self.name = name
    self.on = on
    self.exposure = exposure
    self.owner = owner
    self.errors = errors
    self.work = work
  }
}
