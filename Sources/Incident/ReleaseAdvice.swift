import Conditions
public import Fleet
import Health

/// Whether a service may be released or promoted now, and why not.
public struct ReleaseAdvice: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable {
    case go, hold
    /// A trigger says that what is out should go back.
    case rollBack = "roll back"
  }

  public var kind: Kind
  /// Why, the gravest first; what a `go` rests on.
  public var because: [String]

  /// `hold: 12 % of the month left, gate at 25 %`
  public var words: String { "\(kind.rawValue): \(because.joined(separator: "; "))" }
}

extension ServicePresent {
  /// - Parameters:
  ///   - budget: the least share of an error budget that is left, 0…1, with what it is of (`the month`); nil where none is
  ///     known.
  ///   - now: of the state.
  public func releaseAdvice(
    budget: (left: Double, of: String)?, at now: Instant
  ) -> ReleaseAdvice {
    let release = definition.release
    let fired = rollbackTriggers.filter { $0.run.truth == .yes }
    if !fired.isEmpty {
      return ReleaseAdvice(kind: .rollBack, because: fired.map { $0.condition.text })
    }
    var reasons: [String] = []
    if let gate = release?.gate, let budget, budget.left < gate {
      reasons.append(
        "\(Self.percent(budget.left)) of \(budget.of) left, gate at \(Self.percent(gate))")
    }
    if let closure = release?.schedule.closure(atUnixSeconds: now.unixSeconds) {
      reasons.append(closure)
    }
    if verdict.state != .healthy, verdict.state != .warming {
      reasons.append(
        verdict.state == .unknown ? "nothing is heard of it yet" : "it is \(verdict.state.rawValue)"
      )
    }
    if let (trial, against) = trial(at: now) {
      let comparison = CohortComparison(
        trial.requests, against: against.requests,
        threshold: definition.slos.compactMap(\.threshold).min())
      switch comparison.verdict {
      case .worse: reasons.append("\(trial.name) is \(comparison.verdict.words)")
      case .notEnough: reasons.append("\(trial.name): \(comparison.verdict.words)")
      case .unknown, .better, .alike: break
      }
    }
    if !reasons.isEmpty { return ReleaseAdvice(kind: .hold, because: reasons) }
    var grounds: [String] = ["it is healthy"]
    if let budget { grounds.append("\(Self.percent(budget.left)) of \(budget.of) left") }
    return ReleaseAdvice(kind: .go, because: grounds)
  }

  private static func percent(_ share: Double) -> String {
    let percent = share * 100
    let rounded = percent.magnitude < 10 ? (percent * 10).rounded() / 10 : percent.rounded()
    return rounded == rounded.rounded() ? "\(Int(max(-1e6, min(rounded, 1e6)))) %" : "\(rounded) %"
  }
}
