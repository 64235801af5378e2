public import Conditions

/// When what was lost counts as back: not with the answer, and not with the first good minute.
public struct Recovery: Sendable, Hashable, Codable {
  /// What has to be as it was: signals, budgets, flags, what is exported.
  public var parts: [Condition]
  /// Seconds for which all of it has to hold, and after which it may not come back for as long again.
  public var watch: Double
  /// Seconds after which nobody waits for it any more.
  public var patience: Double
  public var confirmation: Confirmation
  /// All of the parts, for so long.
  public private(set) var whole: Condition
  /// All of the parts, now.
  public private(set) var now: Condition

  /// Who says in the end that it has recovered.
  public enum Confirmation: Sendable, Hashable, Codable {
    case person
    case condition(Condition)
  }

  /// nil where there is no part.
  public init?(
    _ parts: [Condition], watch: Double, patience: Double, confirmation: Confirmation
  ) throws(ConditionError) {
    guard let all = try Condition(all: parts) else { return nil }
    self.parts = parts
    self.watch = watch
    self.patience = patience
    self.confirmation = confirmation
    now = all
    whole = watch > 0 ? try Condition(all, held: watch) : all
  }
}
