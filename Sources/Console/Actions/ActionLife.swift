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
    head(width: width) + advice(width: width) + trial(width: width) + answers(width: width)
      + verification(width: width) + recovery(width: width)
  }

  /// `◷ verifying 40s: every target did it; it is in force, and is being proved`
  func head(width: Int) -> [[Run]] {
    var runs = [
      ActionWords.mark(run.state, console.glyphs), Run(" \(run.state.rawValue)", .strong),
      Run(" \(Quantity.countdown(now.seconds(since: run.since)))"),
    ]
    runs.append(Run(": \(run.reason ?? ActionWords.sentence(run.state))", reasonStyle))
    if run.state == .awaitingApproval {
      runs.append(
        Run("  waits for \(ActionWords.awaited(run, at: now)), \(ActionWords.quorum(run, at: now))")
      )
    }
    if let by = run.confirmedBy { runs.append(Run("  confirmed by \(by)", .dim)) }
    return LineBreaker.lines(runs, width: width, indent: 2)
  }

  /// What to do now, where that is not plain: what went half-way, what nobody can tell, what is back.
  func advice(width: Int) -> [[Run]] {
    let plan = run.plan
    var words: [Run] = []
    func key(_ command: Command) -> String { console.keys.sign(command, in: .action) }
    switch run.state {
    case .failed where run.isPartlyDone:
      words = [
        Run("\(ActionWords.done(run)) done. Plan it again to go on: what is done is skipped")
      ]
      if run.plan.isReversible || !run.wayBack.isEmpty {
        words.append(Run("; \(key(.revert)) takes back what is done"))
      }
      words.append(Run("."))
    case .regressed, .relapsed:
      words =
        run.wayBack.isEmpty
        ? [Run("It cannot be taken back: do what the runbook says next.")]
        : [Run("\(key(.revert)) takes it back", .strong), Run("; it is in force until then.")]
    case .inconclusive:
      words = [Run("Nobody can tell whether it helps: look yourself")]
      if !run.wayBack.isEmpty { words.append(Run("; \(key(.revert)) takes it back")) }
      words.append(Run("."))
    case .unknown where ActionQuestion.canLookUp(run):
      words = [Run("\(key(.reconcile)) asks the targets what is so there; nothing is sent again.")]
    case .unknown:
      words = [
        Run("Look at \(plan.services.joined(separator: ", ")), then \(key(.cancel)) says so.")
      ]
    case .watching where run.watch?.calm != nil && plan.recovery?.confirmation == .person:
      words = [Run("\(key(.recover)) says that it has recovered", .strong)]
    default: break
    }
    if let expires = run.expires, run.isOverdue(at: now) {
      let late = Quantity.duration(now.seconds(since: expires))
      let why = expires.offset <= state.present.began.offset ? ", while nothing ran" : ""
      words =
        [
          Run(
            "▲ It was to be taken back \(late) ago\(why): \(key(.revert)) does it, "
              + "\(key(.cancel)) leaves it as it is. ",
            .warning)
        ] + words
    }
    return words.isEmpty ? [] : LineBreaker.lines(words, width: width, indent: 2)
  }

  /// What was found while it was planned, as long as nothing is sent.
  func warnings(width: Int) -> [[Run]] {
    guard run.state.isBeforeSending else { return [] }
    let found = console.warnings.first {
      run.plan.id == $0.key || run.plan.id.hasPrefix("\($0.key).")
    }
    return (found?.value ?? []).flatMap {
      LineBreaker.lines([Run("▲ \($0)", .warning)], width: width, indent: 2)
    }
  }

  /// What came of trying it out.
  func trial(width: Int) -> [[Run]] {
    guard let tried = run.dryRun else { return [] }
    var lines: [[Run]] = [[Run("TRIED OUT", .title), Run("  nothing was done by it", .dim)]]
    for line in tried.split(separator: "\n", omittingEmptySubsequences: false).prefix(200) {
      lines += LineBreaker.lines([Run("  \(line)")], width: width, indent: 2)
    }
    return lines
  }

  private var reasonStyle: Style {
    switch run.state {
    case .failed, .regressed, .relapsed, .revertFailed: Style(.bad)
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
      } else if run.state == .reverting, run.reverts.contains(nil) {
        lines.append([Run("  taking it back: no answer yet", .dim)])
      }
    }
    return lines
  }

  private func mark(_ answer: ActionAnswer?) -> Run {
    switch answer {
    case .applied, .already: Run("✔", .good)
    case .failed: Run("✖", .bad)
    case .unknown: Run("?", .unknown)
    case .unsent, nil: Run("–", .dim)
    }
  }

  private func words(_ answer: ActionAnswer?) -> Run {
    answer.map { Run($0.words) } ?? Run("no answer yet", .dim)
  }

  // MARK: What proves it

  /// Before, now and target, side by side; once it is in force.
  func verification(width: Int) -> [[Run]] {
    guard let proof = run.plan.proof, let applied = run.applied else { return [] }
    var lines = compared(proof.parts, since: applied, "PROVED", width: width)
    if run.state == .verifying {
      lines.append([Run("  held for \(ActionWords.length(proof.window)): ", .dim)] + [remaining])
    }
    return lines
  }

  /// The same for what was lost, while it is watched for.
  func recovery(width: Int) -> [[Run]] {
    guard let recovery = run.plan.recovery, let applied = run.applied, let watch = run.watch else {
      return []
    }
    var lines = compared(recovery.parts, since: applied, "IS IT BACK", width: width)
    var last: [Run] = []
    if let by = watch.by { last.append(Run("  said by \(by)")) }
    if run.isMoving(at: now) {
      last.append(Run("  \(ActionWords.brief(run, at: now))", .info))
    }
    if !last.isEmpty { lines.append(last) }
    return lines
  }

  private func compared(
    _ parts: [Condition], since applied: Instant, _ title: String, width: Int
  ) -> [[Run]] {
    let service = run.service
    let facts = FleetFacts(state, service: service)
    let terms = parts.flatMap(\.terms)
    let names = min(
      max(8, width - 34), max(10, (terms.map { FactWords.name($0.reference).count }.max() ?? 0) + 1)
    )
    var lines: [[Run]] = [
      [
        Run(title.padded(to: names + 2), .title), Run("before".padded(to: 9), .dim),
        Run("now".padded(to: 9), .dim), Run("wanted", .dim),
      ]
    ]
    let before = FactsBefore(applied, service: service, state)
    for part in parts {
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
    return lines
  }

  private var remaining: Run { Run(ActionWords.left(run, at: now), .info) }
}
