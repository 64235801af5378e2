public import Conditions

/// Whom to call when it has gone on for so long, and by what.
public struct EscalationLevel: Sendable, Hashable, Codable {
  /// Seconds after the incident began.
  public var after: Double
  public var to: String
  public var channel: String?

  public init(after: Double, to: String, channel: String? = nil) {
    self.after = after
    self.to = to
    self.channel = channel
  }
}

/// The time in which something has to be decided, and what happens where it is not.
public struct TriageBox: Sendable, Hashable, Codable {
  /// Seconds after work on it began.
  public var within: Double
  /// `contain or roll back`
  public var decide: String
  /// What follows at its end, said beforehand: `roll back`.
  public var otherwise: String?

  public init(within: Double, decide: String, otherwise: String? = nil) {
    self.within = within
    self.decide = decide
    self.otherwise = otherwise
  }
}

/// When it is time to tell more people than those who are at it.
public struct Criteria: Sendable, Hashable, Codable {
  /// To declare an incident.
  public var incident: Condition?
  /// To tell customers.
  public var customers: Condition?
  /// To look back on it afterwards.
  public var review: Condition?

  public init(
    incident: Condition? = nil, customers: Condition? = nil, review: Condition? = nil
  ) {
    self.incident = incident
    self.customers = customers
    self.review = review
  }

  /// With what each calls for.
  public var all: [(calls: String, condition: Condition)] {
    [
      ("declare an incident", incident), ("tell customers", customers), ("hold a review", review),
    ].compactMap { calls, condition in condition.map { (calls, $0) } }
  }
}
