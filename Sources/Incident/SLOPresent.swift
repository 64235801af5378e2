public import Canonical
public import Fleet
public import Telemetry

/// One objective as it stands: what is left of its budget, how fast it goes, and what that asks for.
public struct SLOPresent: Sendable, Hashable {
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
  /// No more of the budget is lost than its window gives back; nil where nobody knows. It follows from the ledger and
  /// is not written down.
  public internal(set) var isHealing: Bool?
  /// Minutes that are not counted here because they were before, by an earlier run or another
  /// Damcon; the wall clock may have been set back.
  public internal(set) var refusedMinutes = 0

  /// What is known of where the events come from.
  public enum Measure: Sendable, Hashable {
    /// No scrape has told of its events yet.
    case waiting
    /// Events are counted; for speed, how exactly.
    case counted(LatencyBasis?)
    /// The metrics are there but have nothing that counts these events.
    case missing
  }

  private static let undefined = SLO(name: "", objective: 99, window: 60)

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
public struct BurnAlert: Sendable, Hashable {
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
public enum SLOOwner: Sendable, Hashable {
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

// MARK: As bytes

extension SLOPresent: FieldCoded {
  public static var blank: Self { Self(undefined, of: .service("")) }

  public mutating func pass(_ fields: Fields) throws {
    // An objective that was changed is read anew with its next events: until then it is as it was.
    var sums = reading.sums
    var whole = fields.isReading || reading == followed(from: sums) ? nil : reading
    try fields.pass(&sums, &whole)
    try fields.pass(&measure, &alert, &incidentSpend, &refusedMinutes)
    guard fields.isReading else { return }
    reading = whole ?? BudgetReading()
    self.sums = whole == nil ? sums : nil
  }
}

extension SLOPresent.Measure: CanonicalOnly {
  public func write(to encoder: CanonicalEncoder) throws {
    switch self {
    case .waiting: encoder.write("waiting")
    case .counted(let basis):
      encoder.write("counted")
      try basis.write(to: encoder)
    case .missing: encoder.write("missing")
    }
  }

  public init(canonical decoder: CanonicalDecoder) throws {
    switch try decoder.text() {
    case "waiting": self = .waiting
    case "counted": self = .counted(try LatencyBasis?(canonical: decoder))
    case "missing": self = .missing
    default: throw Malformed("this is no measure", at: decoder.place)
    }
  }
}

extension BurnAlert: FieldCoded {
  public static var blank: Self { Self(pair: .blank, since: .zero) }
  public mutating func pass(_ fields: Fields) throws { try fields.pass(&pair, &since) }
}

extension SLOOwner: CanonicalOnly {
  public func write(to encoder: CanonicalEncoder) {
    encoder.write(kind)
    encoder.write(name)
  }

  public init(canonical decoder: CanonicalDecoder) throws {
    switch try decoder.text() {
    case "service": self = .service(try decoder.text())
    case "capability": self = .capability(try decoder.text())
    default: throw Malformed("nobody owns this objective", at: decoder.place)
    }
  }
}
