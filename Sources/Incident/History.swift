public import Telemetry

/// What charts look back on: one chapter for each service, in the order of the fleet.
public struct History: Sendable, Hashable, Codable {
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

/// The past of one service, in tiers of bounded size.
public struct ServiceHistory: Sendable, Hashable, Codable {
  public let service: String
  /// Requests every five seconds for minutes and every minute for hours.
  public private(set) var requests = RequestHistory()
  /// Runtime signals every five seconds for minutes; of several instances the largest value.
  public private(set) var signals = SignalHistory()
  /// What is usual for its requests and signals, by the minute and by the hour.
  var baseline: [SignalBaseline] = []
  /// The minute that `baseline` has taken already.
  var minuteTaken: Int64 = -1

  init(service: String) { self.service = service }

  private enum CodingKeys: String, CodingKey {
    case service, requests, signals, baseline, minuteTaken
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    service = try container.decode(String.self, forKey: .service)
    requests = try container.decode(RequestHistory.self, forKey: .requests)
    signals = try container.decode(SignalHistory.self, forKey: .signals)
    baseline = try container.decode(BaselineTable.self, forKey: .baseline).baselines
    minuteTaken = try container.decode(Int64.self, forKey: .minuteTaken)
    guard (-1...1 << 52).contains(minuteTaken) else {
      throw DecodingError.dataCorruptedError(
        forKey: .minuteTaken, in: container, debugDescription: "a baseline is of no minute")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(service, forKey: .service)
    try container.encode(requests, forKey: .requests)
    try container.encode(signals, forKey: .signals)
    try container.encode(BaselineTable(baseline), forKey: .baseline)
    try container.encode(minuteTaken, forKey: .minuteTaken)
  }

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
