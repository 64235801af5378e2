import Canvas
import Conditions
import Fleet
import Health
import Incident
import Runbooks

/// Runbooks for a service: those that match, the best first, then the others that are for it; or those in
/// which what was searched for occurs.
struct RunbookListPane {
  private let service: String?
  private let state: State
  private let console: ConsoleState

  init(_ service: String?, _ state: State, _ console: ConsoleState) {
    self.service = service
    self.state = state
    self.console = console
  }

  private var library: RunbookLibrary { console.library }

  var list: BlockList {
    var list = BlockList()
    let matches = service.map { state.present.runbookMatches(of: $0) } ?? []
    if console.search.isEmpty {
      list.head = head(matches)
      list.blocks = matches.map { block(of: $0, among: matches) }
      if let service, let origin = state.present.origin(of: service) {
        let there = state.present.runbookMatches(of: origin)
        list.blocks += there.map { block(of: $0, among: there, at: origin) }
      }
      list.blocks += others(than: matches).map(block)
    } else {
      let found = library.search(console.search)
      list.head = [
        [
          Run("\(found.count) of \(library.runbooks.count) runbooks hold "),
          Run(console.search, .searchMatch),
          Run("  \(console.keys.sign(.back)) shows all again", .dim),
        ], [],
      ]
      list.blocks = found.map(block)
    }
    list.absence = absence
    list.detail = { id, canvas in
      guard let runbook = library.runbook(id: id) else { return }
      drawDetail(of: runbook, on: canvas)
    }
    return list
  }

  private var absence: [[Run]] {
    guard library.isEmpty else { return [[Run("None of them is for this.", .dim)]] }
    return [
      [Run("No runbooks are at hand.", .dim)],
      [Run("Name their folders in the fleet file, as in runbooks: [runbooks/]", .dim)],
    ]
  }

  private func head(_ matches: [RunbookMatch]) -> [[Run]] {
    guard let service else {
      return [[Run("\(library.runbooks.count) runbooks"), Run("  / searches", .dim)], []]
    }
    let holding = matches.filter { !$0.isComing }
    var runs: [Run] = []
    switch holding.count {
    case 0: runs = [Run("No runbook matches what \(service) shows now.")]
    case 1: runs = [Run("One runbook matches what \(service) shows now.")]
    default:
      let alike = holding.foremost.count
      runs = [Run("\(holding.count) runbooks match what \(service) shows now.")]
      if alike > 1 {
        runs.append(Run(" \(alike) fit equally well: choose by what they say.", .warning))
      }
    }
    return [runs, []]
  }

  /// Those that are for this service, then all the rest.
  private func others(than matches: [RunbookMatch]) -> [Runbook] {
    let hashes = matches.map(\.hash)
    let rest = library.runbooks.filter { !hashes.contains($0.card.hash) }
    guard let service, let present = state.present.service(named: service) else { return rest }
    let own = rest.filter {
      $0.card.scope.applies(
        to: service, language: present.language, tier: present.definition.tier)
    }
    return own.sorted { $0.card.scope.closeness > $1.card.scope.closeness }
      + rest.filter { runbook in !own.contains { $0.card.hash == runbook.card.hash } }
  }

  /// - Parameter origin: where it began, when that is another service.
  private func block(
    of match: RunbookMatch, among all: [RunbookMatch], at origin: String? = nil
  ) -> BlockList.Block {
    let isTied = all.count { $0.fits(like: match) } > 1
    var title: [Run] = [
      match.isComing ? Run("◌ ", .stale) : Run("▸ ", .key), Run(match.id, .strong),
      Run("  \(match.title)"), Run("  fits \(match.score) of 100", .dim),
    ]
    if let origin { title.append(Run("  for \(origin), where it began", .warning)) }
    if isTied { title.append(Run(", like another", .dim)) }
    if let work = state.present.works.last(where: {
      $0.service == origin ?? service && $0.runbook.id == match.id
    }) {
      title.append(Run("  \(Self.words(of: work))", work.isOpen ? .info : .dim))
    }
    return BlockList.Block(
      id: match.id, service: origin ?? service,
      lines: [title, [Run("  ")] + RunbookView.reason(of: match)])
  }

  static func words(of work: RunbookWork) -> String {
    switch work.phase {
    case .working: "taken up by \(work.by)"
    case .verified: "verified"
    case .closed: "laid down"
    }
  }

  private func block(of runbook: Runbook) -> BlockList.Block {
    BlockList.Block(
      id: runbook.card.id, service: service,
      lines: [
        [
          Run("  "), Run(runbook.card.id), Run("  \(runbook.card.title)", .dim),
          Run("  for \(runbook.card.scope.words)", .dim),
        ]
      ])
  }

  private func drawDetail(of runbook: Runbook, on canvas: Canvas) {
    canvas.rule(y: 0, title: runbook.card.id)
    var lines: [[Run]] = []
    if let impact = runbook.impact { lines.append([Run("impact   ", .dim), Run(impact)]) }
    lines.append([Run("for      ", .dim), Run(runbook.card.scope.words)])
    lines.append([Run("kept by  ", .dim)] + ServiceFooter.owner(runbook.owner))
    if let match = runbook.card.match {
      lines.append([Run("matches  ", .dim), Run(match.text, .info)])
    }
    let steps = runbook.text.steps.count
    lines.append([Run("steps    ", .dim), Run(steps == 0 ? "none" : "\(steps)")])
    lines.append([])
    let markdown = MarkdownLines(width: canvas.width - 1) { asked in
      [Run("{{ \(asked.reference) }}", .dim)]
    }
    let meaning = runbook.text.section(.meaning)?.blocks ?? runbook.text.preamble
    lines += markdown.lines(meaning)
    var y = 1
    for line in lines.flatMap({ LineBreaker.lines($0, width: canvas.width - 1, indent: 9) })
    where y < canvas.height {
      canvas.put(line, at: Point(0, y))
      y += 1
    }
  }
}
