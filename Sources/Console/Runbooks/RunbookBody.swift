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

  /// Lines of a text that anybody reads on a screen; a frame must not wait for a book.
  private static let limit = 3000

  /// - Parameter cursor: the anchor that is shown at length.
  init(_ view: RunbookView, width: Int, cursor: String?) {
    for part in RunbookBody.parts(of: view) {
      guard lines.count < RunbookBody.limit else {
        lines.append(Line(runs: [Run("cut here: all of it is in \(view.runbook.path)", .warning)]))
        return
      }
      if !lines.isEmpty { lines.append(Line(runs: [])) }
      if let section = part.section {
        let count = section.steps.count
        let done = section.steps.count { view.work?.mark(of: $0.id) != nil }
        lines.append(
          Line(
            runs: [
              Run(part.title.uppercased(), .title),
              Run(count > 0 ? "  \(done) of \(count)" : "", .dim),
            ]))
      }
      for step in part.steps {
        for runs in StepLines(step, view, isOpen: step.id == cursor).lines(width: width) {
          lines.append(Line(runs: runs, anchor: step.id))
        }
      }
      add(part.blocks, part.name, view, width)
    }
  }

  /// What the cursor can stand on, in order.
  static func anchors(of view: RunbookView) -> [String] {
    parts(of: view).flatMap { part in
      part.steps.map(\.id) + part.blocks.indices.map { "\(part.name)#\($0)" }
    }
  }

  /// A section as it is shown, or what stands before the first.
  private struct Part {
    var section: RunbookText.Section?
    var title = ""
    var name: String
    var steps: [Step] = []
    var blocks: [Block]
  }

  /// What is done comes before what is read, where anything is to be done.
  private static func parts(of view: RunbookView) -> [Part] {
    let text = view.runbook.text
    let preamble = text.preamble.isEmpty ? [] : [Part(name: "preamble", blocks: text.preamble)]
    let all = text.sections.enumerated().map { place, section in
      let title = section.kind.map { $0.title } ?? section.title
      return Part(
        section: section, title: title, name: "\(title.lowercased())\(place)", steps: section.steps,
        blocks: section.steps.isEmpty ? section.blocks : section.blocks.filter(\.isBetweenSteps))
    }
    let acts = all.filter { !$0.steps.isEmpty }
    guard !acts.isEmpty else { return preamble + all }
    let others = all.filter { part in
      part.steps.isEmpty
        // What stands beside them already is not said twice.
        && !(part.section?.kind == .indicators && !view.card.indicators.isEmpty)
        && !(part.section?.kind == .verification && view.card.verification != nil)
    }
    return acts + others + preamble
  }

  /// What is only read: block by block.
  private mutating func add(_ blocks: [Block], _ name: String, _ view: RunbookView, _ width: Int) {
    for (place, block) in blocks.enumerated() {
      guard lines.count < RunbookBody.limit else { return }
      if place > 0 { lines.append(Line(runs: [])) }
      for runs in view.lines(width: width - 2).lines([block], indent: 2) {
        lines.append(Line(runs: runs, anchor: "\(name)#\(place)"))
      }
    }
  }

  /// Where an anchor's lines are.
  func range(of anchor: String) -> Range<Int>? {
    guard let first = lines.firstIndex(where: { $0.anchor == anchor }),
      let last = lines.lastIndex(where: { $0.anchor == anchor })
    else { return nil }
    return first..<last + 1
  }
}

extension Block {
  /// Neither steps nor what folds them away.
  fileprivate var isBetweenSteps: Bool {
    switch content {
    case .list, .details: false
    default: true
    }
  }
}
