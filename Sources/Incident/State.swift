import Canonical
public import Fleet

/// All that is known, made of entries and of nothing else.
///
/// `present` is what holds now and the whole of a keyframe; `history` is what charts look back on,
/// `ledger` what budgets are reckoned from.
public struct State: Sendable, Hashable, Codable {
  public internal(set) var present: Present
  public internal(set) var history: History
  /// The events of every objective; what they come to is in `present`.
  public internal(set) var ledger: Ledger

  public init(began: Instant) {
    present = Present(began: began)
    history = History()
    ledger = Ledger(began: began)
  }

  private enum CodingKeys: String, CodingKey { case present, services, history, ledger }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(present, forKey: .present)
    try container.encode(present.services, forKey: .services)
    try container.encode(history, forKey: .history)
    try container.encode(ledger, forKey: .ledger)
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    self = try State(
      container.decode(Present.self, forKey: .present),
      container.decode([ServicePresent].self, forKey: .services),
      History.Read(container.decode(History.self, forKey: .history)),
      container.decode(Ledger.self, forKey: .ledger))
  }

  /// The state of parts that were decoded, each by itself.
  public init(
    _ present: Present, _ services: [ServicePresent], _ history: History.Read, _ ledger: Ledger
  ) throws {
    self.present = present
    self.history = history.history
    self.ledger = ledger
    guard self.present.take(services), history.norms.count == services.count else {
      throw Malformed("what is known is not of the services that the fleet has", at: 0)
    }
    if let misfit { throw Malformed(misfit, at: 0) }
    for index in services.indices {
      self.present.services[index].ordinary.norms = history.norms[index]
    }
    followHealing()
  }
}
