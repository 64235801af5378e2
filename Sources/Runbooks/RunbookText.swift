package import Conditions
package import Markdown

/// The words of a runbook by their sections.
package struct RunbookText: Sendable, Hashable {
  /// The first heading of the highest level; nil where there is none.
  package private(set) var title: String?
  /// What stands before the first section.
  package private(set) var preamble: [Block] = []
  /// In the order of the file.
  package private(set) var sections: [Section] = []
  /// The whole of it.
  package private(set) var markdown: MarkdownText
  /// What of it asks for something that cannot be, and why.
  package private(set) var flaws: [Flaw] = []

  /// Steps of each section so far, while it is read.
  private var counts: [RunbookSection: Int] = [:]

  package struct Section: Sendable, Hashable {
    /// nil for one of the author's own.
    package var kind: RunbookSection?
    package var title: String
    package var blocks: [Block]
    package var steps: [Step]
    package var line: Int
  }

  package struct Flaw: Sendable, Hashable {
    package var line: Int
    package var reason: String
  }

  /// - Parameter linesBefore: of the file, before the text.
  package init(_ text: String, linesBefore: Int = 0) {
    markdown = MarkdownText(HugoLinks.resolved(text), linesBefore: linesBefore)
    let top = markdown.blocks.compactMap { block -> Int? in
      if case .heading(let level, _) = block.content { level } else { nil }
    }.min()
    var open: Section?
    var openLevel = 0
    for block in markdown.blocks {
      guard case .heading(let level, let words) = block.content else {
        if open == nil { preamble.append(block) } else { open?.blocks.append(block) }
        continue
      }
      let kind = RunbookSection(heading: words.plain)
      if title == nil, level == top, kind == nil, open == nil {
        title = words.plain
        continue
      }
      // Below a section, headings that are no section are of it.
      if open != nil, level > openLevel, kind == nil {
        open?.blocks.append(block)
        continue
      }
      close(&open)
      open = Section(kind: kind, title: words.plain, blocks: [], steps: [], line: block.line)
      openLevel = level
    }
    close(&open)
    findFlawsOfValues()
    counts = [:]
  }

  private mutating func close(_ open: inout Section?) {
    guard var section = open else { return }
    open = nil
    if let kind = section.kind, kind.hasSteps {
      // A section that is opened twice goes on counting.
      let before = counts[kind, default: 0]
      var reader = StepReader(kind)
      reader.read(section.blocks)
      section.steps = reader.steps.map { step in
        var step = step
        step.number += before
        step.id = "\(kind.rawValue).\(step.number)"
        return step
      }
      counts[kind] = before + section.steps.count
      flaws += reader.flaws
    }
    sections.append(section)
  }

  package func section(_ kind: RunbookSection) -> Section? { sections.first { $0.kind == kind } }

  /// Every step, in the order of the file.
  package var steps: [Step] { sections.flatMap(\.steps) }

  package func step(_ id: String) -> Step? { steps.first { $0.id == id } }

  /// Conditions that the list of the verification section names in code, for files without a head.
  package var verification: [Condition] {
    guard let section = section(.verification) else { return [] }
    var found: [Condition] = []
    for block in section.blocks {
      guard case .list(let list) = block.content else { continue }
      for item in list.items {
        guard case .paragraph(let words)? = item.blocks.first?.content,
          case .code(let text)? = words.first, let condition = try? Condition(text)
        else { continue }
        found.append(condition)
      }
    }
    return found
  }

  private mutating func findFlawsOfValues() {
    var found: [Flaw] = []
    markdown.forEachText { text, line in
      for case .flaw(let written, let reason) in LiveValue.pieces(of: text) {
        found.append(Flaw(line: line, reason: "\(written): \(reason)"))
      }
    }
    flaws += found
  }

  /// What it asks of the moment, with its line.
  package var liveValues: [(value: LiveValue, line: Int)] {
    var found: [(value: LiveValue, line: Int)] = []
    markdown.forEachText { text, line in
      for case .value(let value) in LiveValue.pieces(of: text) { found.append((value, line)) }
    }
    return found
  }
}
