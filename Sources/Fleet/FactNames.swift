/// What a condition can name of a service beside its signals, and which words each can be.
public enum FactNames {
  /// What stands in parentheses.
  public enum Argument: Sendable, Hashable {
    case none, optional
    /// One name, of the kind that the word says.
    case one(String)
    /// An SLO and a window.
    case two
  }

  public static let all: [(name: String, argument: Argument)] = [
    ("health", .none), ("liveness", .none), ("readiness", .none), ("phase", .none),
    ("version", .none), ("track", .none), ("exports", .none), ("age", .none), ("rate", .none),
    ("error_ratio", .none), ("p50_ms", .none), ("p90_ms", .none), ("p95_ms", .none),
    ("p99_ms", .none), ("p99.9_ms", .none), ("saturation", .optional),
    ("fallback", .one("a fallback")), ("breaker", .one("a breaker")), ("flag", .one("a flag")),
    ("check", .one("a check")), ("unusual", .one("a signal")), ("rising", .one("a signal")),
    ("budget", .one("an SLO")), ("budget_healing", .one("an SLO")), ("alert", .one("an SLO")),
    ("burn", .two),
    ("journey", .one("a journey")), ("capability", .one("a capability")),
  ]

  public static let names: [String] = all.map(\.name)

  public static func argument(of name: String) -> Argument? {
    all.first { $0.name == name }?.argument
  }

  /// The words that a fact of this name can be; nil where any word can be, or it is a number.
  public static func words(of name: String) -> [String]? {
    switch name {
    case "health":
      [
        "healthy", "warming", "degraded", "draining", "not-ready", "unhealthy", "unreachable",
        "stale",
      ]
    case "liveness", "readiness", "journey": ["pass", "fail"]
    case "check": ["pass", "warn", "fail"]
    case "phase": ["warming", "serving", "draining", "misconfigured"]
    case "fallback": ["active", "inactive"]
    case "breaker": ["closed", "half-open", "open"]
    case "flag": ["on", "off"]
    case "unusual", "rising", "budget_healing": ["yes", "no"]
    case "capability": ["whole", "degraded", "lost"]
    case "exports": ["whole", "reduced"]
    case "alert": ["page", "ticket", "none"]
    default: nil
    }
  }

  /// Whether a fact of this name is a word, so that it cannot be above or below anything.
  public static func isWord(_ name: String) -> Bool {
    words(of: name) != nil || name == "version" || name == "track"
  }
}
