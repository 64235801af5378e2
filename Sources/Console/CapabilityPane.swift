import Canvas
import Fleet
import Health
import Incident

import enum Canvas.Role

/// What users can do now, and what they get where that is less than all: the worst first, of alike
/// ones the most valuable.
struct CapabilityPane {
  private let state: State
  private let console: ConsoleState

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  private var now: Instant { state.present.now }

  var list: BlockList {
    let view = state.present.usersView.enumerated().sorted { a, b in
      let (left, right) = (a.element, b.element)
      if left.state != right.state { return left.state.severity > right.state.severity }
      let tiers = (left.definition.tier.rank, right.definition.tier.rank)
      return tiers.0 != tiers.1 ? tiers.0 < tiers.1 : a.offset < b.offset
    }.map(\.element)
    let isNamed = !state.present.capabilities.isEmpty
    let place = console.place
    let key = console.keys.sign(.glossary, in: place)
    var list = BlockList()
    let hint = [Run("\(key) explains the words", Style.dim)]
    if isNamed {
      list.head = [[Run(counts(view), .strong), Run("   ")] + hint, []]
    } else {
      list.head = [
        [Run("By service: the fleet file names no capabilities.   ", Style.dim)] + hint, [],
      ]
      list.absence = [[Run("Every service serves all it should, as far as is known.", Style.dim)]]
    }
    list.blocks = view.map { one in
      BlockList.Block(id: one.id, service: one.service, lines: lines(one))
    }
    list.detail = { id, canvas in
      guard let one = view.first(where: { $0.id == id }) else { return }
      drawDetail(of: one, on: canvas)
    }
    return list
  }

  /// `1 lost, 1 degraded, 3 whole`
  private func counts(_ view: [CapabilityPresent]) -> String {
    CapabilityPresent.State.allCases.sorted { $0.severity > $1.severity }.compactMap { state in
      let count = view.count { $0.state == state }
      return count == 0 ? nil : "\(count) \(state.rawValue)"
    }.joined(separator: ", ")
  }

  private func lines(_ one: CapabilityPresent) -> [[Run]] {
    let isWhole = one.state == .whole
    let first = [
      one.state.mark, Run(" "),
      Run(one.definition.tier.mark, one.definition.tier.role), Run(" "),
      Run(one.definition.name, isWhole ? Style.dim : Style(.strong)),
      Run("  \(one.state.rawValue)", Style(one.state.role)),
      Run(" \(Quantity.duration(now.seconds(since: one.since)))", Style.dim),
      Run("  \(one.status)", isWhole ? Style.dim : .text),
    ]
    if isWhole || console.size.height < 12 { return [first] }
    var lines = [first]
    if let cause = one.causes.first, !one.isService, !one.status.contains(cause.words) {
      var line = [Run("    \(cause.words)", .reason)]
      if one.causes.count > 1 {
        line.append(Run(" and \(one.causes.count - 1) more", Style.dim))
      }
      line.append(Run("   \(recovery(of: one))", Style.dim))
      lines.append(line)
    }
    if let instead = one.definition.instead {
      lines.append([Run("    instead: ", Style.dim), Run(instead)])
    }
    return lines
  }

  /// When it is expected back.
  private func recovery(of one: CapabilityPresent) -> String {
    if one.isRecovering { return "recovering now" }
    guard let left = one.expected(at: now), let usual = one.definition.expectedRecovery else {
      return "when it is back nobody says"
    }
    let at = Clock.utc(now.advanced(by: left)).prefix(5)
    return left >= 0
      ? "expected back by \(at)Z, in \(Quantity.duration(left))"
      : "was expected back by \(at)Z; it usually takes \(Quantity.duration(usual))"
  }

  private func drawDetail(of one: CapabilityPresent, on canvas: Canvas) {
    canvas.rule(y: 0, title: one.definition.name)
    var y = 1
    let labels = 11
    func put(_ label: String, _ text: String, _ style: Style = .text, _ mark: Run? = nil) {
      guard y < canvas.height else { return }
      canvas.put(label, at: Point(1, y), Style.dim)
      for line in DisplayCut.wrap(text, to: max(8, canvas.width - labels - 5)) {
        guard y < canvas.height else { return }
        canvas.put((mark.map { [$0, Run(" ")] } ?? []) + [Run(line, style)], at: Point(labels, y))
        y += 1
      }
    }
    put("status", one.status, .text, one.state.mark)
    put("means", one.state.meaning, .dim)
    put(
      "since", "\(Clock.utc(one.since)), \(Quantity.duration(now.seconds(since: one.since))) ago")
    for (row, cause) in one.causes.enumerated() {
      put(row == 0 ? "because" : "", cause.words, Style(.reason))
    }
    if one.state != .whole { put("back", recovery(of: one)) }
    if let instead = one.definition.instead { put("instead", instead) }
    for (row, need) in one.definition.needs.enumerated() {
      let found = state.present.service(named: need.service)
      let health = found?.verdict.state
      var text = need.service + (need.endpoint.map { ", \($0)" } ?? "")
      if need.isOptional { text += "  optional" }
      text += health.map { "  \($0.rawValue)" } ?? "  not watched"
      put(
        row == 0 ? "needs" : "", text, health?.isQuiet ?? false ? .dim : .text,
        health.map { Run($0.mark, $0.role) } ?? Run("?", .unknown))
    }
  }
}

extension CapabilityPresent {
  /// What Enter opens: the service that is worst for it.
  fileprivate var service: String? { causes.first?.service ?? definition.needs.first?.service }
}

extension CapabilityPresent.State {
  var mark: Run {
    switch self {
    case .whole: Run("●", .healthy)
    case .degraded: Run("◐", .degraded)
    case .lost: Run("✖", .unhealthy)
    case .unknown: Run("?", .unknown)
    }
  }

  var role: Role {
    switch self {
    case .whole: .dim
    case .degraded: .warning
    case .lost: .bad
    case .unknown: .unknown
    }
  }

  /// As the glossary has it.
  var meaning: String { Glossary.meaning(of: rawValue) }
}
