import Conditions
public import Fleet
import Health
import Telemetry

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

  /// The answer to a pipeline, which knows yes and no: `hold: checkout: 12 % of the month left, …`.
  public func answer(for service: String) -> String {
    "\(kind == .go ? "go" : "hold"): \(service): \(because.joined(separator: "; "))"
  }
}

extension ServicePresent {
  /// Of what is known of it now. What is not known holds a release: no data is never a yes.
  public func releaseAdvice(at now: Instant) -> ReleaseAdvice {
    releaseAdvice(budget: tightestBudget, at: now)
  }

  /// What is left of the tightest budget, with what it is of: `the month`, and of which objective
  /// where there are several; nil where none is known.
  public var tightestBudget: (left: Double, of: String)? {
    let known = slos.compactMap { slo in slo.remaining.map { (left: $0, slo: slo) } }
    guard let least = known.min(by: { $0.left < $1.left }) else { return nil }
    let name = slos.count > 1 ? " of \(least.slo.name)" : ""
    return (least.left, least.slo.definition.span + name)
  }

  /// - Parameters:
  ///   - budget: the least share of an error budget that is left, 0…1, with what it is of (`the
  ///     month`); nil where none is known.
  ///   - now: of the state.
  public func releaseAdvice(
    budget: (left: Double, of: String)?, at now: Instant
  ) -> ReleaseAdvice {
    let release = definition.release
    let fired = rollbackTriggers.filter { $0.run.truth == .yes }
    if !fired.isEmpty {
      return ReleaseAdvice(kind: .rollBack, because: fired.map { $0.condition.text })
    }
    var reasons = slos.flatMap(\.holds)
    if let gate = release?.gate, let budget, budget.left < gate {
      reasons.append(
        "\(Words.percentLeft(budget.left)) of \(budget.of) left, gate at \(Words.percent(gate))")
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
    if let budget { grounds.append("\(Words.percentLeft(budget.left)) of \(budget.of) left") }
    return ReleaseAdvice(kind: .go, because: grounds)
  }
}

extension SLOPresent {
  /// Why nothing may be released by this objective alone, gravest first.
  fileprivate var holds: [String] {
    guard let remaining else { return ["nothing is known of the budget of \(name)"] }
    var holds: [String] = []
    if standing == .frozen {
      holds.append(
        "\(name) has \(Words.percentLeft(remaining)) of its budget left, releases freeze at "
          + Words.percent(definition.policy.freeze ?? 0))
    }
    if let alert, alert.severity == .page {
      holds.append("\(name) pages: \(because ?? "its budget burns too fast")")
    }
    return holds
  }
}
