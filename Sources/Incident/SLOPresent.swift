public import Fleet
public import Telemetry

/// One objective as it stands: what is left of its budget, how fast it goes, and what that asks for.
public struct SLOPresent: Sendable, Hashable, Codable {
  public internal(set) var owner = SLOOwner.service("")
  /// As the fleet has it; encoded there alone.
  public internal(set) var definition = SLOPresent.undefined
  public internal(set) var reading = BudgetReading()
  /// Of `reading`, from decoding until its definition is there.
  private var sums: BudgetReading.Sums?
  /// How its events come to be known.
  public internal(set) var measure = Measure.waiting
  public internal(set) var alert: BurnAlert?
  /// Share of the window's budget that went since the incident that is open began; nil where none
  /// is open or nothing was counted.
  public internal(set) var incidentSpend: Double?
  /// Minutes that are not counted here because they were before, by an earlier run or another
  /// Damcon; the wall clock may have been set back.
  public internal(set) var refusedMinutes = 0

  /// What is known of where the events come from.
  public enum Measure: Sendable, Hashable, Codable {
    /// No scrape has told of its events yet.
    case waiting
    /// Events are counted; for speed, how exactly.
    case counted(LatencyBasis?)
    /// The metrics are there but have nothing that counts these events.
    case missing
  }

  private static let undefined = SLO(name: "", objective: 99, window: 60)

  private enum CodingKeys: String, CodingKey {
    case sums, reading, measure, alert, incidentSpend, refusedMinutes
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(reading.sums, forKey: .sums)
    // An objective that was changed is read anew with its next events: until then it is as it was.
    try container.encodeIfPresent(
      reading == followed(from: reading.sums) ? nil : reading, forKey: .reading)
    try container.encode(measure, forKey: .measure)
    try container.encodeIfPresent(alert, forKey: .alert)
    try container.encodeIfPresent(incidentSpend, forKey: .incidentSpend)
    try container.encode(refusedMinutes, forKey: .refusedMinutes)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    sums = try container.decode(BudgetReading.Sums.self, forKey: .sums)
    if let whole = try container.decodeIfPresent(BudgetReading.self, forKey: .reading) {
      reading = whole
      sums = nil
    }
    measure = try container.decode(Measure.self, forKey: .measure)
    alert = try container.decodeIfPresent(BurnAlert.self, forKey: .alert)
    incidentSpend = try container.decodeIfPresent(Double.self, forKey: .incidentSpend)
    refusedMinutes = try container.decode(Int.self, forKey: .refusedMinutes)
  }

  private func followed(from sums: BudgetReading.Sums) -> BudgetReading {
    BudgetReading(
      sums, definition.objective, definition.burn, window: definition.windowMinutes)
  }

  init(_ definition: SLO, of owner: SLOOwner) { define(definition, of: owner) }

  /// Takes back, once decoded, what it was encoded without.
  mutating func define(_ definition: SLO, of owner: SLOOwner) {
    self.owner = owner
    self.definition = definition
    if let sums {
      reading = followed(from: sums)
      self.sums = nil
    }
  }

  public var name: String { definition.name }
  public var remaining: Double? { reading.remaining }
  public var standing: BudgetStanding {
    definition.policy.standing(remaining: reading.remaining)
  }

  /// How exactly a latency objective is counted; nil for others, and before anything is.
  public var basis: LatencyBasis? {
    if case .counted(let basis) = measure { basis } else { nil }
  }

  /// What to know about its figures before believing them: nothing where they are plain.
  public var caveat: String? {
    switch measure {
    case .waiting: return nil
    case .missing: return "the metrics have nothing that counts these events"
    case .counted(let basis): return basis?.caveat
    }
  }

  /// Why it fires, or why it does not though it burns; nil where neither is so.
  public var because: String? {
    reading.because ?? reading.heldBack(by: definition.burn)
  }
}

/// A pair of windows that fires, and since when.
public struct BurnAlert: Sendable, Hashable, Codable {
  public internal(set) var pair: BurnPair
  /// When anything of this severity began to fire.
  public internal(set) var since: Instant
  public var severity: BurnSeverity { pair.severity }
}

/// An objective beginning or ceasing to fire, for the timeline.
public struct AlertChange: Sendable, Hashable, Codable {
  public var owner: SLOOwner
  public var slo: String
  /// nil for none.
  public var from: BurnSeverity?
  public var to: BurnSeverity?
  public var at: Instant
  /// What burns, in words; empty where it ceased.
  public var because: String
}

/// Whose objective it is.
public enum SLOOwner: Sendable, Hashable, Codable {
  case service(String)
  case capability(String)

  public var name: String {
    switch self {
    case .service(let name), .capability(let name): name
    }
  }

  /// The word for files and lists: `service`, `capability`.
  public var kind: String {
    switch self {
    case .service: "service"
    case .capability: "capability"
    }
  }
}
