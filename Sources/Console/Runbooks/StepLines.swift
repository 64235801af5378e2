import Canvas
import Conditions
import Fleet
import Health
import Incident
import Markdown
import Runbooks

/// One step: what became of it, what it says in a line, and at length where the cursor is.
struct StepLines {
  private let step: Step
  private let view: RunbookView
  private let isOpen: Bool
  private let mark: RunbookWork.DatedMark?

  init(_ step: Step, _ view: RunbookView, isOpen: Bool) {
    self.step = step
    self.view = view
    self.isOpen = isOpen
    mark = view.work?.mark(of: step.id)
  }

  func lines(width: Int) -> [[Run]] {
    let kind = kindWords
    let room = max(12, width - 5 - kind.count - 2)
    var lines: [[Run]] = []
    let words = view.lines(width: room).runs(first, mark == nil ? .text : .dim)
    for (row, runs) in LineBreaker.lines(words, width: room).enumerated() {
      if row == 0 {
        let gap = max(1, width - 5 - runs.width() - kind.count)
        lines.append(
          [sign, Run(" \(number) ", .dim)] + runs
            + [Run(String(repeating: " ", count: gap)), Run(kind, kindStyle)])
      } else if isOpen || row < 2 {
        lines.append([Run("     ")] + runs)
      }
    }
    if let said = fate { lines += indented(LineBreaker.lines(said, width: width - 5)) }
    if let started = StepAction(step, view)?.fate {
      lines += indented(LineBreaker.lines(started, width: width - 5))
    }
    if let warning = precondition {
      lines += indented(LineBreaker.lines(warning, width: width - 5))
    }
    guard isOpen else { return lines }
    return lines + indented(more(width: width - 5))
  }

  /// What stands in its first line, as the author marked it.
  private var first: [Inline] {
    guard case .paragraph(let words)? = step.blocks.first?.content else {
      return [.text(step.words)]
    }
    return words
  }

  private func indented(_ lines: [[Run]]) -> [[Run]] { lines.map { [Run("     ")] + $0 } }

  /// Its place in the section, in two columns.
  private var number: String { step.number < 10 ? " \(step.number)" : "\(step.number % 100)" }

  private var sign: Run {
    switch mark?.mark.outcome {
    case .done: Run("✔", .good)
    case .decided: Run("✔", .good)
    case .skipped: Run("–", .dim)
    case .open, nil: Run(" ")
    }
  }

  private var kindWords: String {
    switch step.kind {
    case .automatable(let action): "action \(action)"
    case .command: "command"
    case .judgement(let isDecision): isDecision ? "decide" : "by hand"
    }
  }

  private var kindStyle: Style {
    switch step.kind {
    case .automatable: Style(.key)
    case .command: Style(.info)
    case .judgement: Style(.dim)
    }
  }

  /// Who did what with it, and when.
  private var fate: [Run]? {
    guard let mark else { return nil }
    let who = "\(mark.by) \(Clock.utc(mark.at))"
    return switch mark.mark.outcome {
    case .done: [Run("done by \(who)", .dim)]
    case .decided(let what): [Run("decided: \(what)", .strong), Run("  \(who)", .dim)]
    case .skipped(let reason): [Run("skipped: \(reason)", .text), Run("  \(who)", .dim)]
    case .open: nil
    }
  }

  /// Said before anybody follows it; what is not known is not taken for granted.
  private var precondition: [Run]? {
    guard let condition = step.precondition else { return nil }
    switch condition.truthInTime(view.facts) {
    case .yes: return isOpen ? [Run("✔ ", .good), Run("when \(condition.text)", .dim)] : nil
    case .no:
      let now = condition.terms.filter { $0.truth(view.facts) != .yes }
        .map { FactWords.words($0, view.facts) }
      return [
        Run("▲ not now: ", .warning), Run("needs \(condition.text)"),
        Run("; \(now.joined(separator: "; "))", .reason),
      ]
    case .unknown:
      return [Run("? nobody knows whether ", .unknown), Run("\(condition.text)")]
    }
  }

  /// All of it: what follows the first line, and the variant that fits first.
  private func more(width: Int) -> [[Run]] {
    let markdown = view.lines(width: width)
    var lines: [[Run]] = []
    var rest = step.blocks
    if case .paragraph? = rest.first?.content { rest.removeFirst() }
    if !rest.isEmpty { lines += markdown.lines(rest, isTight: true) }
    let language = view.service?.language
    for variant in step.variants(for: language) {
      let isFitting = variant.language == language
      lines.append([
        Run(isFitting ? "▸ " : "  ", .key),
        Run(variant.language.words, isFitting ? .strong : .dim),
      ])
      lines += markdown.lines(variant.blocks, indent: 4, isTight: true)
    }
    return lines
  }
}
