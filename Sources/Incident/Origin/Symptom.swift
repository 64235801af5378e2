public import Canonical
public import Fleet
public import Health

/// One thing that is seen to be wrong with a service, and since when.
public struct Symptom: Sendable, Hashable {
  /// What was looked at; in the order in which symptoms of one moment are told.
  public enum Kind: String, Sendable, Hashable, CanonicalCodable, CaseIterable {
    case check, saturation, latency, errors, breaker, fallback
    /// The one word for the service is worse than healthy.
    case verdict
  }

  public var kind: Kind
  /// The check, breaker, fallback or limited thing by name; the quantile of a latency.
  public var subject: String
  /// What the service itself says it needs there: `postgres` for a check of that name.
  public var dependency: String?
  /// When it was first seen in this trouble.
  public internal(set) var at: Instant
  /// When it was seen no more; nil while it lasts.
  public internal(set) var endedAt: Instant?
  /// How many instances show it; 1 where only the service as a whole can.
  public internal(set) var instances: Int
  /// What was measured, and what it should not pass: ratios, or seconds of a latency.
  public internal(set) var value: Double?
  public internal(set) var limit: Double?
  /// Of a verdict: which, and why it was given first.
  public internal(set) var state: HealthState?
  public internal(set) var note: String?

  init(
    _ kind: Kind, _ subject: String, at: Instant, dependency: String? = nil, value: Double? = nil,
    limit: Double? = nil, state: HealthState? = nil, note: String? = nil
  ) {
    self.kind = kind
    self.subject = subject
    self.dependency = dependency
    self.at = at
    self.value = value
    self.limit = limit
    self.state = state
    self.note = note
    instances = 1
  }

  public var isPresent: Bool { endedAt == nil }

  /// Tells the same symptom again whatever its numbers are now.
  func isSame(as other: Symptom) -> Bool { kind == other.kind && subject == other.subject }

  /// `check postgres failing`, `p95 1.2s over 500ms`, `errors 4.2 % over 1 %`.
  public var words: String {
    switch kind {
    case .check: "check \(subject) failing"
    case .saturation: "\(subject) saturated" + (value.map { ", \(Words.percent($0)) full" } ?? "")
    case .latency:
      "\(subject) " + (value.map { Words.duration($0) } ?? "?") + over { Words.duration($0) }
    case .errors: "errors " + (value.map { Words.percent($0) } ?? "?") + over { Words.percent($0) }
    case .breaker: "breaker \(subject) open"
    case .fallback: "fallback \(subject) in use"
    case .verdict: (state?.rawValue ?? "not healthy") + (note.map { ": \($0)" } ?? "")
    }
  }

  private func over(_ text: (Double) -> String) -> String {
    limit.map { " over \(text($0))" } ?? ""
  }
}

extension Symptom: FieldCoded {
  public static var blank: Self { Self(.verdict, "", at: .zero) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&kind, &subject, &dependency, &at)
    try fields.pass(&endedAt, &instances, &value, &limit)
    try fields.pass(&state, &note)
  }
}
