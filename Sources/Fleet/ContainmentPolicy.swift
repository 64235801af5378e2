/// What holds for everything that is triggered, as the fleet file says it: when nothing is, from how much
/// budget on, and what may happen without a person.
public struct ContainmentPolicy: Sendable, Hashable, Codable {
  public var freezes: [ActionFreeze]
  public var gates: [BudgetGate]
  /// Rules may take a release back where what takes that back is known.
  public var hasRollbacksByRule: Bool

  public init(
    freezes: [ActionFreeze] = [], gates: [BudgetGate] = [], hasRollbacksByRule: Bool = false
  ) {
    self.freezes = freezes
    self.gates = gates
    self.hasRollbacksByRule = hasRollbacksByRule
  }
}

/// A stretch of days in which nothing is triggered but by those who may break it.
public struct ActionFreeze: Sendable, Hashable, Codable {
  public var window: ReleaseSchedule.Freeze
  /// Whose; empty: of all.
  public var services: [String]
  /// The kinds of actions (`roll-back`); empty: all.
  public var kinds: [String]
  /// Who may break it, with a reason.
  public var breakers: People

  public init(
    _ window: ReleaseSchedule.Freeze, services: [String] = [], kinds: [String] = [],
    breakers: People = People()
  ) {
    self.window = window
    self.services = services
    self.kinds = kinds
    self.breakers = breakers
  }

  public func isOn(atUnixSeconds now: Double) -> Bool {
    ReleaseSchedule(freezes: [window]).closure(atUnixSeconds: now) != nil
  }

  public func covers(service: String, kind: String) -> Bool {
    (services.isEmpty || services.contains(service)) && (kinds.isEmpty || kinds.contains(kind))
  }

  /// `frozen until 2026-12-27 00:00 UTC, the sale`
  public var words: String {
    ReleaseSchedule(freezes: [window]).closure(atUnixSeconds: window.from) ?? "frozen"
  }
}

/// The share of an error budget below which nothing more is exposed to users.
public struct BudgetGate: Sendable, Hashable, Codable {
  /// The kinds of actions that it is for.
  public var kinds: [String]
  /// Actions that it is for by name, whatever their kind.
  public var actions: [String]
  /// 0…1
  public var share: Double

  public init(kinds: [String], actions: [String] = [], share: Double) {
    self.kinds = kinds
    self.actions = actions
    self.share = share
  }
}
