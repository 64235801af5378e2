/// What is known of one thing that a condition names.
public enum Fact: Sendable, Hashable {
  /// In the unit that the name tells (`p99_ms` in milliseconds), a ratio from 0 to 1.
  case number(Double)
  /// A state: `unhealthy`, `active`, `open`.
  case word(String)
  /// Never heard of, not heard of lately, or not a number: it decides nothing.
  case unknown
}

/// Where a condition looks up what it names.
public protocol Facts {
  func fact(_ reference: Reference) -> Fact
}
