import Canvas
import Conditions
import Fleet
import Health
import Incident
import Telemetry

import enum Canvas.Role

/// What is out beside what it is to replace, and whether it may go on.
extension ChangesPane {
  struct ReleaseRow {
    var advice: ReleaseAdvice
    var block: BlockList.Block
    /// Something says that it should go back, or is on its way to.
    var isUrgent: Bool
  }

  /// Services that the file says how to release, and those that run several things at once.
  func releases() -> [ReleaseRow] {
    var rows: [ReleaseRow] = []
    for service in present.services
    where service.definition.release != nil || service.drift != nil {
      let advice = service.releaseAdvice(at: present.now)
      let triggers = service.rollbackTriggers
      let runs = triggers.contains { $0.run.truth == .yes || $0.run.held != nil }
      let trial = service.trial(at: present.now)
      let comparison = trial.map { self.comparison(of: service, $0.trial, $0.against) }
      var isWorse = false
      if case .worse? = comparison?.verdict { isWorse = true }
      let name = service.definition.name
      var first: [Run] = [
        Run(advice.kind == .rollBack ? "▲ " : "  ", .bad), Run("release ", Style.dim),
        Run("  \(name.padded(to: nameWidth))", .strong),
      ]
      first += ChangesPane.words(advice)
      var lines: [[Run]] = [first]
      if let trial, let comparison {
        let width = max(trial.trial.name.count, trial.against.name.count) + 2
        for cohort in [trial.trial, trial.against] {
          lines.append([Run("    ")] + ChangesPane.figures(cohort, width))
        }
        lines.append(
          [Run("    errors "), ChangesPane.words(comparison.errors.verdict)]
            + [Run("; slow "), ChangesPane.words(comparison.slow.verdict)])
      } else if let drift = service.drift {
        let text = drift.map { "\($0.version) on \($0.count)" }.joined(separator: ", ")
        lines.append([Run("    several versions: \(text)")])
      }
      for trigger in triggers where trigger.run.truth == .yes || trigger.run.held != nil {
        lines.append([Run("    ")] + ChangesPane.words(trigger.condition, trigger.run))
      }
      rows.append(
        ReleaseRow(
          advice: advice,
          block: BlockList.Block(id: "release \(name)", service: name, lines: lines),
          isUrgent: runs || isWorse))
    }
    return rows
  }

  func comparison(
    of service: ServicePresent, _ trial: Cohort, _ against: Cohort
  ) -> CohortComparison {
    CohortComparison(
      trial.requests, against: against.requests, threshold: service.definition.threshold)
  }

  static func words(_ advice: ReleaseAdvice) -> [Run] {
    let role: Role =
      switch advice.kind {
      case .go: .good
      case .hold: .warning
      case .rollBack: .bad
      }
    return [Run("\(advice.kind.rawValue): ", role), Run(advice.because.joined(separator: "; "))]
  }

  static func words(_ verdict: CohortComparison.Verdict) -> Run {
    switch verdict {
    case .worse: Run(verdict.words, .bad)
    case .better: Run(verdict.words, .good)
    case .notEnough, .unknown, .alike: Run(verdict.words, Style.dim)
    }
  }

  /// `canary 2.3.0  41.2/s  err 38.1%  p50 310ms  p99 >5s`
  static func figures(_ cohort: Cohort, _ width: Int) -> [Run] {
    let figures = CohortFigures(cohort)
    return [
      Run(cohort.name.padded(to: width), .strong), Run(figures.rate.padded(to: 8)),
      Run("err ", Style.dim), Run(figures.errors.padded(to: 7)),
      Run("p50 ", Style.dim), Run(figures.latency(0.5).padded(to: 8)),
      Run("p99 ", Style.dim), Run(figures.latency(0.99)),
    ]
  }

  /// `would roll back: p99_ms > 800 for 5m: 3m40s so far`
  static func words(_ condition: Condition, _ run: ConditionRun) -> [Run] {
    switch run.truth {
    case .yes: return [Run("roll back: ", .bad), Run(condition.text)]
    case .unknown:
      return [Run("nobody can tell: ", .unknown), Run(condition.text, Style.dim)]
    case .no:
      guard let held = run.held else {
        return [Run("holds off: ", Style.dim), Run(condition.text, Style.dim)]
      }
      return [
        Run("would roll back: ", .warning), Run(condition.text),
        Run(
          ": \(Quantity.duration(held.seconds)) so far of \(Quantity.duration(held.of))", .warning),
      ]
    }
  }
}

/// The figures of a cohort as text; `–` without traffic, `?` where nobody knows.
struct CohortFigures {
  private let cohort: Cohort

  init(_ cohort: Cohort) { self.cohort = cohort }

  private var none: String {
    cohort.requests.rate == nil ? Quantity.unknown : Quantity.noTraffic
  }

  private var hasTraffic: Bool { cohort.requests.traffic == .some }

  var rate: String {
    hasTraffic ? Quantity.rate(cohort.requests.rate) + "/s" : none
  }

  var errors: String {
    guard hasTraffic else { return none }
    return ChangeMarks.share(cohort.requests.errorRatio) ?? Quantity.unknown
  }

  func latency(_ q: Double) -> String {
    hasTraffic ? Figures.words(cohort.requests.latency(q)) : none
  }
}
