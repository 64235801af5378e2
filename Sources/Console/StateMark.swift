package import Canvas
package import Fleet
package import Health

package import enum Canvas.Role

extension HealthState {
  /// The shape that stands beside the word. On an ASCII terminal the canvas draws `o ~ ^ x ! . ? + v`.
  package var mark: String {
    switch self {
    case .healthy: "●"
    case .warming: "↻"
    case .degraded: "◐"
    case .draining: "▽"
    case .notReady: "▲"
    case .unhealthy: "✖"
    case .unreachable: "⊘"
    case .stale: "◌"
    case .unknown: "?"
    }
  }

  package var role: Role {
    switch self {
    case .healthy: .healthy
    case .warming: .warming
    case .degraded: .degraded
    case .draining: .draining
    case .notReady: .notReady
    case .unhealthy: .unhealthy
    case .unreachable: .unreachable
    case .stale: .stale
    case .unknown: .unknown
    }
  }

  /// Nothing for anybody to look at.
  var isQuiet: Bool { self == .healthy }
}

extension Tier {
  /// One letter for the fleet table: `C`, `i`, `o`.
  package var mark: String {
    switch self {
    case .critical: "C"
    case .important: "i"
    case .optional: "o"
    }
  }

  package var role: Role {
    switch self {
    case .critical: .critical
    case .important: .important
    case .optional: .optional
    }
  }
}

extension Language {
  var words: String {
    switch self {
    case .go: "Go"
    case .rust: "Rust"
    case .other: "other language"
    }
  }
}

extension HealthReport.Status {
  var mark: String {
    switch self {
    case .pass: "●"
    case .warn: "◐"
    case .fail: "✖"
    }
  }

  var role: Role {
    switch self {
    case .pass: .healthy
    case .warn: .degraded
    case .fail: .unhealthy
    }
  }
}

extension Route {
  /// Shape and role of one health answer. A route that is not asked has neither good nor bad news.
  var mark: Run {
    switch verdict {
    case .pass: Run("●", .healthy)
    case .fail: Run("✖", .unhealthy)
    case .unknown: lastAnswer == nil ? Run("?", .unknown) : Run("◐", .degraded)
    }
  }
}
