import Canvas
import Conditions
import Fleet
import Incident
import Markdown
import Runbooks

/// The words of a runbook as lines, each known by what the cursor can stand on.
struct RunbookBody {
  struct Line {
    var runs: [Run]
    /// What it belongs to: `containment.2`, or `meaning#1` for a part that is only read.
    var anchor: String?
  }

  private(set) var lines: [Line] = []
  /// In their order.
  private(set) var anchors: [String] = []

  /// - Parameter cursor: the anchor that is shown at length.
  init(_ view: RunbookView, width: Int, cursor: String?) {
    let text = view.runbook.text
    let hasSteps = !text.steps.isEmpty
    // What is done comes before what is read, where anything is to be done.
    let steps = text.sections.filter { !$0.steps.isEmpty }
    let others = text.sections.filter { section in
      section.steps.isEmpty && !(section.kind == .indicators && !view.card.indicators.isEmpty)
        && !(section.kind == .verification && view.card.verification != nil)
    }
    let sections = hasSteps ? steps + others : text.sections
    if !hasSteps { add(text.preamble, "preamble", view, width) }
    for (place, section) in sections.enumerated() {
      if !lines.isEmpty { lines.append(Line(runs: [])) }
      // A heading comes into view with what follows it.
      let title = section.kind.map { $0.title } ?? section.title
      let count = section.steps.count
      let done = section.steps.count { view.work?.mark(of: $0.id) != nil }
      lines.append(
        Line(
          runs: [
            Run(title.uppercased(), .title), Run(count > 0 ? "  \(done) of \(count)" : "", .dim),
          ]))
      if section.steps.isEmpty {
        add(section.blocks, "\(title.lowercased())\(place)", view, width)
      } else {
        add(section, "\(title.lowercased())\(place)", view, width, cursor)
      }
    }
    if hasSteps, !text.preamble.isEmpty {
      lines.append(Line(runs: []))
      add(text.preamble, "preamble", view, width)
    }
  }

  /// What is only read: block by block.
  private mutating func add(_ blocks: [Block], _ name: String, _ view: RunbookView, _ width: Int) {
    for (place, block) in blocks.enumerated() {
      if place > 0 { lines.append(Line(runs: [])) }
      let anchor = "\(name)#\(place)"
      anchors.append(anchor)
      for runs in view.lines(width: width - 2).lines([block], indent: 2) {
        lines.append(Line(runs: runs, anchor: anchor))
      }
    }
  }

  /// Steps with what stands between them.
  private mutating func add(
    _ section: RunbookText.Section, _ name: String, _ view: RunbookView, _ width: Int,
    _ cursor: String?
  ) {
    let between = section.blocks.filter { if case .list = $0.content { false } else { true } }
      .filter { if case .details = $0.content { false } else { true } }
    for step in section.steps {
      anchors.append(step.id)
      for runs in StepLines(step, view, isOpen: step.id == cursor).lines(width: width) {
        lines.append(Line(runs: runs, anchor: step.id))
      }
    }
    if !between.isEmpty { add(between, name, view, width) }
  }

  /// Where an anchor's lines are.
  func range(of anchor: String) -> Range<Int>? {
    guard let first = lines.firstIndex(where: { $0.anchor == anchor }),
      let last = lines.lastIndex(where: { $0.anchor == anchor })
    else { return nil }
    return first..<last + 1
  }
}
