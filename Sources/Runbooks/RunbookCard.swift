public import Conditions

/// What is followed of a runbook while a fleet is watched: all but its words.
public struct RunbookCard: Sendable, Hashable, Codable {
  public var id: String
  public var title: String
  /// SHA-256 of the file's text: which words were in force.
  public var hash: [UInt8]
  /// The commit that it is of, with `+` behind it where the file was changed since; nil outside git.
  public var revision: String?
  public var scope: RunbookScope
  /// nil: it is found by its name only.
  public var match: Condition?
  public var indicators: [Indicator]
  public var verification: Verification?
  /// The soonest first.
  public var escalation: [EscalationLevel]
  public var triage: TriageBox?
  public var criteria: Criteria

  public init(id: String, title: String, hash: [UInt8] = []) {
    self.id = id
    self.title = title
    self.hash = hash
    scope = RunbookScope()
    indicators = []
    escalation = []
    criteria = Criteria()
  }
}

/// What proves that the work is done.
public struct Verification: Sendable, Hashable, Codable {
  /// Each shown with whether it holds.
  public private(set) var parts: [Condition]
  /// Seconds that all of them have to hold together.
  public private(set) var window: Double
  /// All of them, for so long.
  public private(set) var whole: Condition

  /// Seconds where nobody says.
  public static let usualWindow = 300.0

  /// nil where there is no part.
  public init?(_ parts: [Condition], window: Double = usualWindow) throws(ConditionError) {
    guard let all = try Condition(all: parts) else { return nil }
    self.parts = parts
    self.window = window
    whole = window > 0 ? try Condition(all, held: window) : all
  }
}
