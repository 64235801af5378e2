public import Canonical
public import Telemetry

/// What charts look back on: one chapter for each service, in the order of the fleet.
public struct History: Sendable, Hashable {
  public internal(set) var chapters: [ServiceHistory] = []

  init() {}

  /// The chapter of a service; nil when it is watched no more.
  public subscript(service: String) -> ServiceHistory? {
    chapters.first { $0.service == service }
  }

  /// Keeps the chapters of services that stay and opens those of new ones.
  mutating func follow(_ services: [String]) {
    chapters = services.map { self[$0] ?? ServiceHistory(service: $0) }
  }
}

extension History {
  /// Whether what comes next depends on what lies apart under this key: what is usual is made of it. The rest is for
  /// charts alone, and a state without it comes to the same present.
  public static func decides(_ key: ChunkKey) -> Bool { key.kind == BaselineTable.chunkKind }

  /// A history that was decoded, with what a state takes from it: that is work to be done beside others.
  public struct Read: Sendable {
    public let history: History
    /// What is usual for each service.
    let norms: [[Ordinary.NamedNorm]]

    public init(_ history: History) {
      self.history = history
      norms = history.chapters.map(\.norms)
    }
  }
}

/// The past of one service, in tiers of bounded size.
public struct ServiceHistory: Sendable, Hashable {
  public private(set) var service: String
  /// Requests every five seconds for minutes and every minute for hours.
  public private(set) var requests = RequestHistory()
  /// Runtime signals every five seconds for minutes; of several instances the largest value.
  public private(set) var signals = SignalHistory()
  /// What is usual for its requests and signals, by the minute and by the hour.
  var baseline: [SignalBaseline] = []
  /// The minute that `baseline` has taken already.
  var minuteTaken: Int64 = -1

  init(service: String) { self.service = service }

  /// What is usual, by the minutes that were taken.
  var norms: [Ordinary.NamedNorm] {
    baseline.compactMap { baseline in
      baseline.norm(at: minuteTaken).map { Ordinary.NamedNorm(name: baseline.name, norm: $0) }
    }
  }

  /// Takes what the meters have finished since the last call; between stretches it does nothing.
  mutating func record(_ instances: [InstancePresent], at seconds: Double) {
    requests.record(at: seconds) { number, take in
      for index in instances.indices {
        if let slot = instances[index].sharedMeter.read({ $0.finished(number) }) { take(slot) }
      }
    }
  }

  /// Keeps the signals' present values.
  mutating func record(_ signals: [Signal], at seconds: Double) {
    self.signals.record(signals, at: seconds)
  }
}

// MARK: As bytes

extension History: FieldCoded {
  public static var blank: Self { Self() }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&chapters) }
}

extension ServiceHistory: FieldCoded {
  public static var blank: Self { Self(service: "") }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&service, &requests, &signals)
    var table = BaselineTable(baseline)
    try fields.pass(&table, &minuteTaken)
    try fields.require((-1...1 << 52).contains(minuteTaken), "a baseline is of no minute")
    if fields.isReading { baseline = table.baselines }
  }
}
