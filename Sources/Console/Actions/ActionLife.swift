import Canvas
import Conditions
import Containment
import Fleet
import Incident

/// What became of an action so far: its state with since when, what each target answered, what proves it.
struct ActionLife {
  private let run: ActionRun
  private let state: State
  private let console: ConsoleState
  private var now: Instant { state.present.now }

  init(_ run: ActionRun, _ state: State, _ console: ConsoleState) {
    self.run = run
    self.state = state
    self.console = console
  }

  /// All of it, the state first.
  func lines(width: Int) -> [[Run]] {
    head(width: width) + answers(width: width) + verification(width: width)
  }

  /// `◷ verifying 40s: every target did it; it is in force, and is being proved`
  func head(width: Int) -> [[Run]] {
    var runs = [
      ActionWords.mark(run.state, console.glyphs), Run(" \(run.state.rawValue)", .strong),
      Run(" \(Quantity.countdown(now.seconds(since: run.since)))"),
    ]
    runs.append(Run(": \(run.reason ?? ActionWords.sentence(run.state))", reasonStyle))
    if let by = run.confirmedBy { runs.append(Run("  confirmed by \(by)", .dim)) }
    return LineBreaker.lines(runs, width: width, indent: 2)
  }

  private var reasonStyle: Style {
    switch run.state {
    case .failed, .regressed, .revertFailed: Style(.bad)
    case .unknown, .inconclusive: Style(.warning)
    default: .text
    }
  }

  // MARK: Answers

  /// What each target said, in the order in which it was asked.
  func answers(width: Int) -> [[Run]] {
    guard !run.state.isBeforeSending, run.state != .cancelled, run.state != .expired else {
      return []
    }
    var lines: [[Run]] = []
    for (place, step) in run.plan.steps.enumerated() {
      let answer = place < run.answers.count ? run.answers[place] : nil
      lines += LineBreaker.lines(
        [mark(answer), Run(" \(step.target)  "), words(answer)], width: width, indent: 2)
      if place < run.reverts.count, let revert = run.reverts[place] {
        lines += LineBreaker.lines(
          [Run("  taking it back: ", .dim), mark(revert), Run(" "), words(revert)], width: width,
          indent: 4)
      } else if run.state == .reverting {
        lines.append([Run("  taking it back: no answer yet", .dim)])
      }
    }
    return lines
  }

  private func mark(_ answer: ActionAnswer?) -> Run {
    switch answer {
    case .applied: Run("✔", .good)
    case .failed: Run("✖", .bad)
    case .unknown: Run("?", .unknown)
    case nil: Run("–", .dim)
    }
  }

  private func words(_ answer: ActionAnswer?) -> Run {
    answer.map { Run($0.words) } ?? Run("no answer yet", .dim)
  }

  // MARK: What proves it

  /// Before, now and wanted, side by side; once it is in force.
  func verification(width: Int) -> [[Run]] {
    guard let proof = run.plan.proof, let applied = run.applied else { return [] }
    let facts = FleetFacts(state, service: run.plan.service)
    let terms = proof.parts.flatMap(\.terms)
    let names = min(
      max(8, width - 34), max(10, (terms.map { FactWords.name($0.reference).count }.max() ?? 0) + 1)
    )
    var lines: [[Run]] = [
      [
        Run("PROVED".padded(to: names + 2), .title), Run("before".padded(to: 9), .dim),
        Run("now".padded(to: 9), .dim), Run("wanted", .dim),
      ]
    ]
    let before = FactsBefore(applied, service: run.plan.service, state)
    for part in proof.parts {
      for term in part.terms {
        let truth = term.truth(facts)
        let name = DisplayCut.clip(FactWords.name(term.reference), to: names - 1)
        lines.append([
          RunbookView.mark(truth), Run(name.padded(to: names)),
          Run(before.words(term).padded(to: 9), .dim),
          Run(
            FactWords.now(term, facts).padded(to: 9),
            truth == .no ? .bad : truth == .unknown ? .unknown : .good),
          Run(FactWords.limit(term)),
        ])
      }
    }
    if run.state == .verifying {
      lines.append([Run("  held for \(ActionWords.length(proof.window)): ", .dim)] + [remaining])
    }
    return lines
  }

  private var remaining: Run { Run(ActionWords.left(run, at: now), .info) }
}
