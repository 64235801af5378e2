import Canvas
import Fleet
import Health
import Incident

/// Where it began, whom it hurts, and the symptoms that are folded under it.
struct OriginPane {
  let state: State
  let console: ConsoleState
  var present: Present { state.present }
  var now: Instant { state.present.now }
  /// Columns that a block has.
  private let width: Int

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
    let all = console.size.width
    width = (all >= BlockList.beside ? all * 11 / 20 : all) - 2
  }

  var list: BlockList {
    let origins = present.origins
    guard !origins.candidates.isEmpty else {
      return BlockList(absence: [
        [Run("Nothing is wrong that has a beginning.", Style.dim)],
        [
          Run(
            "When something is, this tells who turned first, whose needs are healthy, and whom it hurts.",
            Style.dim)
        ],
      ])
    }
    var blocks: [BlockList.Block] = []
    for (place, candidate) in origins.candidates.enumerated() {
      blocks.append(block(of: candidate, isFirst: place == 0))
      blocks += candidate.hurt.indices.map { hurt($0, of: candidate) }
      if let fold = spared(by: candidate) { blocks.append(fold) }
      blocks.append(symptoms(of: candidate))
    }
    if origins.more > 0 {
      blocks.append(
        BlockList.Block(
          id: "more",
          lines: [
            [Run("and \(origins.more) more places by themselves: the fleet lists them", Style.dim)]
          ]))
    }
    blocks += timeline
    return BlockList(
      head: head, blocks: blocks,
      detail: { id, canvas in OriginDetail(state, id: id).draw(on: canvas) })
  }

  private var head: [[Run]] {
    let candidates = present.origins.candidates
    let first = candidates.map(\.began).min { $0.offset < $1.offset } ?? now
    let hurt = Set(candidates.flatMap(\.services)).count
    let origins = candidates.filter(\.isOrigin).count
    let decided = candidates.contains { $0.isOrigin && !$0.isDecided }
    return [
      [
        Run("WHERE IT BEGAN  ", .title),
        Run(
          "\(origins) \(decided ? "possible " : "")\(origins == 1 ? "origin" : "origins"), "
            + "\(hurt) of \(present.services.count) services in trouble", .strong),
        Run(
          "  since \(Clock.time(first))Z, \(Quantity.duration(now.seconds(since: first)))",
          Style.dim),
      ]
    ]
  }

  // MARK: Candidates

  private func block(of candidate: Origins.Candidate, isFirst: Bool) -> BlockList.Block {
    let service = candidate.isWatched ? present.service(named: candidate.name) : nil
    var title: [Run] = []
    if let state = service?.verdict.state {
      title = [
        Run(state.mark, state.role), Run(" "), Run(candidate.title, .strong),
        Run("  \(state.rawValue)", state.isQuiet ? .dim : .text),
      ]
    } else {
      title = [Run("?", .unknown), Run(" "), Run(candidate.title, .strong)]
    }
    title.append(Run("  \(Quantity.duration(now.seconds(since: candidate.began)))", Style.text))
    if let tier = service?.definition.tier {
      title.append(Run("  \(tier.rawValue)", tier.role))
    }
    title.append(Run("  \(candidate.standing)", candidate.isOrigin ? .warning : .dim))
    var lines = isFirst ? [[]] : [[], [Run(String(repeating: "─", count: 24), .rule)]]
    lines.append(title)
    for line in OriginWords.wrapped(candidate.evidence(at: now), width: width, indent: 2) {
      lines.append([Run(line, .reason)])
    }
    if let first = service?.trouble?.first {
      lines.append([
        Run("  first symptom ", Style.dim), Run(first.words),
        Run(count(first), Style.dim),
      ])
    }
    lines += users(of: candidate)
    return BlockList.Block(
      id: "origin \(candidate.name)", service: service?.definition.name, lines: lines)
  }

  private func count(_ symptom: Symptom) -> String {
    symptom.instances > 1 ? "  in \(symptom.instances) instances" : ""
  }

  /// Those in trouble below it, as a tree.
  private func hurt(_ index: Int, of candidate: Origins.Candidate) -> BlockList.Block {
    let hurt = candidate.hurt[index]
    let isLast =
      !candidate.hurt[(index + 1)...].prefix(while: { $0.depth >= hurt.depth })
      .contains { $0.depth == hurt.depth }
    let state = present.service(named: hurt.service)?.verdict.state ?? .unknown
    var line = [
      Run("  " + String(repeating: "   ", count: min(6, hurt.depth - 1)), Style.text),
      Run(isLast ? "└─ " : "├─ ", .rule), Run(state.mark, state.role), Run(" "),
      Run(hurt.service, state.isQuiet ? .dim : .strong), Run("  \(state.rawValue)", Style.text),
      Run("  \(OriginPane.later(hurt.later))", Style.dim),
    ]
    if let service = present.service(named: hurt.service) {
      line.append(Run("  \(service.definition.tier.rawValue)", service.definition.tier.role))
      let said = service.trouble?.symptoms.first { $0.isPresent && $0.kind != .verdict }
      if let said { line.append(Run("  \(said.words)", .reason)) }
      if service.trouble?.isResting == true { line.append(Run("  well again", Style.dim)) }
    }
    return BlockList.Block(
      id: "hurt \(candidate.name) \(hurt.service)", service: hurt.service, lines: [line])
  }

  /// `14s later`, `2s before it`
  static func later(_ seconds: Double) -> String {
    if abs(seconds) < 1 { return "at once" }
    let time = Quantity.duration(abs(seconds))
    return seconds > 0 ? "\(time) later" : "\(time) before it"
  }

  // MARK: Folds

  /// A line that opens: what it holds is counted while it is closed.
  private func fold(_ id: String, _ title: String, _ lines: [[Run]]) -> BlockList.Block {
    let isOpen = console.unfolded.contains(id)
    let head = [Run(isOpen ? "  ▾ " : "  ▸ ", .key), Run(title, Style.dim)]
    return BlockList.Block(id: id, lines: [head] + (isOpen ? lines : []))
  }

  private func spared(by candidate: Origins.Candidate) -> BlockList.Block? {
    guard !candidate.spared.isEmpty else { return nil }
    let count = candidate.spared.count
    let title =
      count == 1
      ? "1 service needs it too and looks well" : "\(count) services need it too and look well"
    return fold(
      "fold spared \(candidate.name)", title,
      candidate.spared.map { name in [Run("    ")] + Neighbours.runs([name], present) })
  }

  private func symptoms(of candidate: Origins.Candidate) -> BlockList.Block {
    var all: [(service: String, symptom: Symptom)] = []
    for name in candidate.services {
      for symptom in present.service(named: name)?.trouble?.symptoms ?? [] {
        all.append((name, symptom))
      }
    }
    let sorted = all.enumerated().sorted {
      ($0.element.symptom.at.offset, $0.offset) < ($1.element.symptom.at.offset, $1.offset)
    }.map(\.element)
    let over = all.count { !$0.symptom.isPresent }
    let services = candidate.services.count
    let title =
      "\(all.count) \(all.count == 1 ? "symptom" : "symptoms") of "
      + (services == 1 ? "1 service" : "\(services) services")
      + (over > 0 ? ", \(over) of them over" : "")
    return fold(
      "fold symptoms \(candidate.name)", title,
      sorted.map { service, symptom in
        [
          Run("    \(Clock.time(symptom.at))  ", Style.dim),
          Run(service + "  ", symptom.isPresent ? .strong : .dim),
          Run(symptom.words, symptom.isPresent ? .text : .dim),
          Run(count(symptom), Style.dim),
          Run(
            symptom.endedAt.map { "  over since \(Clock.time($0))" } ?? "", Style.dim),
        ]
      })
  }

  // MARK: What came when

  private var timeline: [BlockList.Block] {
    var turned: [(service: String, began: Instant, first: Symptom?)] = []
    for index in present.services.indices {
      guard let trouble = present.services[index].trouble else { continue }
      turned.append((present.services[index].definition.name, trouble.began, trouble.first))
    }
    let sorted = turned.enumerated().sorted {
      ($0.element.began.offset, $0.offset) < ($1.element.began.offset, $1.offset)
    }.map(\.element)
    guard let start = sorted.first?.began else { return [] }
    return sorted.enumerated().map { row, one in
      var lines: [[Run]] = []
      if row == 0 { lines = [[], [Run("FIRST SYMPTOMS, UTC", .title)]] }
      let after = one.began.seconds(since: start)
      lines.append([
        Run("\(Clock.time(one.began))  ", Style.dim),
        Run(pad(after < 1 ? "" : "+\(Quantity.duration(after))", 6) + "  ", Style.dim),
        Run(one.service + "  ", .strong), Run(one.first?.words ?? "", Style.text),
      ])
      return BlockList.Block(id: "turned \(one.service)", service: one.service, lines: lines)
    }
  }

  private func pad(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
  }
}

extension ConsoleState {
  /// Opens or closes the fold under the cursor; answers whether there is one.
  mutating func toggleFold(_ state: State) -> Bool {
    guard pane == .origin, let list = blocks(state), !list.blocks.isEmpty else { return false }
    let row = list.cursor(self)
    let id = list.blocks[row].id
    guard id.hasPrefix("fold ") else { return false }
    if unfolded.remove(id) == nil { unfolded.insert(id) }
    chosen[pane.place] = Chosen(id: id, row: row)
    return true
  }
}
