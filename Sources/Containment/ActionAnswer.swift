/// What came of a step.
public enum ActionAnswer: Sendable, Hashable, Codable {
  /// The target says that it was done.
  case applied(String)
  /// The target says that it was not done.
  case failed(String)
  /// Something was sent, and no answer says what came of it: a timeout, a lost connection.
  case unknown(String)
  /// Not done, because nothing was sent.
  case unsent(String)
  /// The target was so already: nothing was sent.
  case already(String)

  /// It is in force at the target, whoever did it.
  public var isDone: Bool {
    switch self {
    case .applied, .already: true
    case .failed, .unknown, .unsent: false
    }
  }

  /// The target never heard of it: there is nothing there to take back.
  public var isUnsent: Bool {
    switch self {
    case .unsent, .already: true
    case .applied, .failed, .unknown: false
    }
  }

  /// Nobody knows what came of it.
  public var isUnknown: Bool { if case .unknown = self { true } else { false } }

  public var words: String {
    switch self {
    case .applied(let detail): "done, \(detail)"
    case .failed(let reason): "not done, \(reason)"
    case .unknown(let reason): "nobody knows if it was done: \(reason)"
    case .unsent(let reason): "not done, nothing was sent: \(reason)"
    case .already(let detail): "so already, nothing was sent: \(detail)"
    }
  }
}
