import Canonical
public import Containment
public import Runbooks

/// What one run of Damcon leaves to the next: what people are in the middle of.
public struct Unfinished: Sendable, Hashable, Codable {
  public var incidents: [IncidentRecord]
  public var works: [RunbookWork]
  public var actions: [ActionRun]
  /// An emergency stop that nobody has lifted.
  public var halt: Halt?
  /// What rules have done.
  public var rules: [RuleRun]

  private enum CodingKeys: String, CodingKey { case incidents, works, actions, halt, rules }

  /// In the order of `CodingKeys`. What was recorded before there was more ends after the works.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    incidents = try container.decode([IncidentRecord].self, forKey: .incidents)
    works = try container.decode([RunbookWork].self, forKey: .works)
    actions = []
    rules = []
    guard !decoder.isAtCanonicalEnd else { return }
    actions = try container.decode([ActionRun].self, forKey: .actions)
    halt = try container.decodeIfPresent(Halt.self, forKey: .halt)
    rules = try container.decode([RuleRun].self, forKey: .rules)
  }

  public init(_ present: Present) {
    incidents = present.incidents
    works = present.works
    actions = present.actionRuns
    halt = present.halt
    rules = present.ruleRuns
  }

  public var isEmpty: Bool {
    incidents.isEmpty && works.isEmpty && actions.isEmpty && halt == nil
      && rules.allSatisfy(\.fired.isEmpty)
  }

  /// Texts of runbooks are kept under other hashes: a cut may carry other words of them.
  public mutating func renameRunbooks(_ body: ([UInt8]) -> [UInt8]) {
    for place in works.indices { works[place].rename(hash: body(works[place].runbook.hash)) }
  }
}
