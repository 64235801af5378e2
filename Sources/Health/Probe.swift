/// Which of the two health answers a probe asks for; shown apart, never merged into one.
public enum ProbeKind: String, Sendable, Hashable, Codable, CaseIterable {
  case liveness, readiness
}

/// What one poll of a health route brought.
public struct Probe: Sendable, Hashable, Codable {
  public var kind: ProbeKind
  /// The path asked, as sent.
  public var path: String
  /// Seconds from the first byte sent (connection included, if one had to be made) to the last received.
  public var duration: Double
  public var answer: Answer

  public enum Answer: Sendable, Hashable, Codable {
    /// An HTTP response came whole: its status and what its body says.
    case response(status: Int, report: HealthReport)
    /// None did.
    case fault(Fault)
  }

  public init(kind: ProbeKind, path: String, duration: Double, answer: Answer) {
    self.kind = kind
    self.path = path
    self.duration = duration
    self.answer = answer
  }
}
