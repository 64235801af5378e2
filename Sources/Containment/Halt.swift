public import Fleet

/// An emergency stop that is on: nothing is begun, what was begun is not gone on with.
public struct Halt: Sendable, Hashable, Codable {
  /// Who stopped everything, as the operating system knows them.
  public var by: String
  public var at: Instant
  /// Empty where nobody said.
  public var reason: String

  public init(by: String, at: Instant, reason: String) {
    self.by = by
    self.at = at
    self.reason = reason
  }

  /// `everything is stopped by ana: wrong cluster`
  public var words: String {
    "everything is stopped by \(by)" + (reason.isEmpty ? "" : ": \(reason)")
  }
}

/// What somebody does about it.
public struct HaltMove: Sendable, Hashable, Codable {
  public var by: String
  public var step: Step

  public enum Step: Sendable, Hashable, Codable {
    case stop(reason: String)
    case lift
  }

  public init(by: String, step: Step) {
    self.by = by
    self.step = step
  }

  public var words: String {
    switch step {
    case .stop(let reason): reason.isEmpty ? "stopped everything" : "stopped everything: \(reason)"
    case .lift: "lifted the emergency stop"
    }
  }
}
