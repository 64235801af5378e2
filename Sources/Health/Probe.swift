public import Canonical
public import Fleet

/// Which of the two health answers a probe asks for; shown apart, never merged into one.
public enum ProbeKind: String, Sendable, Hashable, CanonicalCodable, CaseIterable {
  case liveness, readiness
}

/// What one poll of a health route brought.
public struct Probe: Sendable, Hashable {
  public var kind: ProbeKind
  /// The path asked, as sent.
  public var path: String
  /// Seconds from the first byte sent (connection included, if one had to be made) to the last received; of a beat
  /// how long ago it came, which is more than nothing where an earlier run took it.
  public var duration: Double
  public var answer: Answer

  public enum Answer: Sendable, Hashable {
    /// An HTTP response came whole: its status and what its body says.
    case response(status: Int, report: HealthReport)
    /// None did.
    case fault(Fault)
  }

  /// The path of what was sent by the service itself, and of its absence: nothing was asked.
  public static let beat = "beat"
  /// The path of the last word of what has ended and comes again: nothing is awaited of it for the `nextCheck` of
  /// its report, and never where that says nothing.
  public static let rest = "rest"
  public var isBeat: Bool { path == Probe.beat || isRest }
  public var isRest: Bool { path == Probe.rest }

  /// When what it brought was heard, where it is entered at `now`.
  public func heard(at now: Instant) -> Instant {
    isBeat && duration > 0 ? now.advanced(by: -duration) : now
  }

  public init(kind: ProbeKind, path: String, duration: Double, answer: Answer) {
    self.kind = kind
    self.path = path
    self.duration = duration
    self.answer = answer
  }
}

extension Probe: FieldCoded {
  public static var blank: Self {
    Self(kind: .liveness, path: "", duration: 0, answer: .fault(.blank))
  }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&kind, &path, &duration, &answer)
  }
}

extension Probe.Answer: CanonicalOnly {
  public func write(to encoder: CanonicalEncoder) throws {
    switch self {
    case .response(let status, let report):
      encoder.write("response")
      status.write(to: encoder)
      try report.write(to: encoder)
    case .fault(let fault):
      encoder.write("fault")
      try fault.write(to: encoder)
    }
  }

  public init(canonical decoder: CanonicalDecoder) throws {
    switch try decoder.text() {
    case "response":
      self = .response(
        status: try Int(canonical: decoder), report: try HealthReport(canonical: decoder))
    case "fault": self = .fault(try Fault(canonical: decoder))
    default: throw Malformed("this is no answer", at: decoder.place)
    }
  }
}
