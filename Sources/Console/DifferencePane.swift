import Canvas
import Fleet
import Health
import Incident
import Telemetry

/// What changed between two instants: each thing as it was and as it is, what matters most first.
struct DifferencePane {
  private let comparison: Comparison
  private let console: ConsoleState
  private let glyphs: GlyphSet
  /// Columns of what a line speaks of, and of each of its values; 0 where all stands in one.
  private let name: Int
  private let value: Int

  init(_ comparison: Comparison, _ console: ConsoleState) {
    self.comparison = comparison
    self.console = console
    glyphs = console.glyphs
    let width = console.size.width
    var labels = comparison.capabilities.map { "  \($0.name)" }
    for service in comparison.services {
      labels.append("  \(service.name)")
      labels += service.aspects.map { DifferencePane.label(of: $0) }
    }
    let longest = labels.reduce(0) { max($0, DisplayText.width(of: $1)) }
    name = max(18, min(width >= 100 ? 34 : 26, longest + 2))
    value = width >= 60 ? (width - 2 - name) / 2 : 0
  }

  var list: BlockList {
    var list = BlockList()
    list.head = head
    list.blocks = incident + capabilities + comparison.services.map(block) + changes
    list.absence = [
      [Run("Nothing that matters differs between these two instants.", .strong)]
    ]
    if !list.blocks.isEmpty, let same = sameness {
      list.blocks.append(BlockList.Block(id: "same", lines: [[Run(same, Style.dim)]]))
    }
    return list
  }

  // MARK: The head

  private var head: [[Run]] {
    let seconds = comparison.later.seconds(since: comparison.earlier)
    let between = "\(Quantity.countdown(seconds)) between"
    let (then, later) = (clock(comparison.earlier), clock(comparison.later))
    guard value > 0 else {
      return [[Run("DIFF ", .title), Run("\(then) → \(later)", .strong)]]
    }
    return [
      [Run("DIFFERENCE", .title), Run("  \(between)", Style.dim)],
      [
        Run("".padded(to: name), .header), Run("THEN \(then)".padded(to: value), .header),
        Run("LATER \(later)", .header),
      ],
    ]
  }

  /// With the day, where the two are on different ones.
  private func clock(_ instant: Instant) -> String {
    let isSameDay =
      Clock.day(comparison.earlier.wall) == Clock.day(comparison.later.wall)
    return isSameDay
      ? Clock.utc(instant) : "\(Clock.day(instant.wall).suffix(5)) \(Clock.utc(instant))"
  }

  /// What is the same, in one line.
  private var sameness: String? {
    var parts: [String] = []
    let services = comparison.sameServices
    if services > 0 { parts.append(services == 1 ? "1 service" : "\(services) services") }
    let capabilities = comparison.sameCapabilities
    if capabilities > 0 {
      parts.append(capabilities == 1 ? "1 capability" : "\(capabilities) capabilities")
    }
    return parts.isEmpty ? nil : "the same: \(parts.joined(separator: ", "))"
  }

  // MARK: Lines

  /// One thing as it was and as it is: in two columns; where there is no room for them with an arrow
  /// between, and where there is none for that below its name.
  private func lines(_ name: [Run], _ then: [Run], _ later: [Run]) -> [[Run]] {
    if value > 0 { return [fitted(name, to: self.name) + fitted(then, to: value) + later] }
    let values = then + [Run(" → ", .rule)] + later
    return console.size.width >= 40 ? [name + [Run(" ")] + values] : [name, [Run("  ")] + values]
  }

  /// Cut or filled to a column, with a space at its end.
  private func fitted(_ runs: [Run], to width: Int) -> [Run] {
    var fitted: [Run] = []
    var room = width - 1
    for run in runs where room > 0 {
      let text = DisplayCut.clip(run.text, to: room)
      fitted.append(Run(text, run.style))
      room -= DisplayText.width(of: text)
    }
    return fitted + [Run(String(repeating: " ", count: max(0, room) + 1))]
  }

  private static let none = [Run(Quantity.noTraffic, Style.dim)]
  private static let unknown = [Run(Quantity.unknown, Style.dim)]

  private static func state(_ state: HealthState?, absent: String) -> [Run] {
    guard let state else { return [Run(absent, Style.dim)] }
    return [
      Run("\(state.mark) ", state.role), Run(state.rawValue, state.isQuiet ? .dim : .strong),
    ]
  }

  // MARK: Blocks

  private var incident: [BlockList.Block] {
    guard let pair = comparison.incident else { return [] }
    func words(_ because: String?) -> [Run] {
      because.map { [Run("■ ", .bad), Run("open: \($0)", .strong)] } ?? [Run("none", Style.dim)]
    }
    return [
      BlockList.Block(
        id: "incident",
        lines: lines([Run("  incident", .strong)], words(pair.then), words(pair.later)))
    ]
  }

  private var capabilities: [BlockList.Block] {
    comparison.capabilities.map { difference in
      func words(_ state: CapabilityPresent.State?) -> [Run] {
        guard let state else { return [Run("not in the fleet file", Style.dim)] }
        return [
          state.mark, Run(" "), Run(state.rawValue, state == .whole ? .dim : .strong),
        ]
      }
      var lines = lines(
        [Run("  \(difference.name)", .strong)], words(difference.state.then),
        words(difference.state.later))
      if difference.state.later != .whole, value > 0 {
        lines.append([Run("    users get ", Style.dim), Run(difference.status)])
      }
      return BlockList.Block(id: "capability \(difference.name)", lines: lines)
    }
  }

  private func block(_ service: ServiceDifference) -> BlockList.Block {
    let name = [Run(service.tier.mark, service.tier.role), Run(" \(service.name)", .strong)]
    let absent = "not watched"
    var lines = lines(
      name, DifferencePane.state(service.state.then, absent: absent),
      DifferencePane.state(service.state.later, absent: absent))
    for aspect in service.aspects {
      let (then, later) = DifferencePane.values(of: aspect)
      lines += self.lines([Run(DifferencePane.label(of: aspect), Style.dim)], then, later)
    }
    return BlockList.Block(
      id: "service \(service.name)", service: service.state.later == nil ? nil : service.name,
      lines: lines)
  }

  private static func label(of aspect: ServiceDifference.Aspect) -> String {
    let text =
      switch aspect {
      case .reason: "why"
      case .alert(let slo, _): "alert \(slo)"
      case .fallback(let name, _): "fallback \(name)"
      case .breaker(let name, _): "breaker \(name)"
      case .versions: "version"
      case .flag(let name, _): "flag \(name)"
      case .errorRatio: "errors"
      case .p99: "p99"
      case .rate: "requests"
      case .saturation: "fullest"
      case .budget(let slo, _): "budget \(slo)"
      case .burn(let slo, _): "burn \(slo)"
      case .instance(let url, _): ServicePane.address(url)
      }
    return "    \(text)"
  }

  /// As it was and as it is, in words.
  private static func values(
    of aspect: ServiceDifference.Aspect
  ) -> (then: [Run], later: [Run]) {
    let figures = Figures(isQuiet: false)
    switch aspect {
    case .reason(let pair):
      func words(_ reason: String?) -> [Run] {
        reason.map { [Run(FleetPane.short($0), .reason)] } ?? DifferencePane.none
      }
      return (words(pair.then), words(pair.later))
    case .alert(_, let pair):
      func words(_ severity: BurnSeverity?) -> [Run] {
        switch severity {
        case .page: [Run("✖ PAGE", .bad)]
        case .ticket: [Run("▲ TICKET", .warning)]
        case nil: [Run("does not fire", Style.dim)]
        }
      }
      return (words(pair.then), words(pair.later))
    case .fallback(_, let pair):
      func words(_ phase: FallbackTrack.Phase?) -> [Run] {
        switch phase {
        case .active: [Run("◆ in use", .warning)]
        case .recovering: [Run("◇ recovering", .warning)]
        case .entering, .over, nil: [Run("not in use", Style.dim)]
        }
      }
      return (words(pair.then), words(pair.later))
    case .breaker(_, let pair):
      func words(_ state: BreakerState?) -> [Run] {
        guard let state else { return [Run("not told of", Style.dim)] }
        return [Run(state.rawValue, state.holdsBack ? Style(.warning) : .dim)]
      }
      return (words(pair.then), words(pair.later))
    case .versions(let pair):
      func words(_ versions: [String]?) -> [Run] {
        versions.map { [Run($0.joined(separator: ", "), .strong)] } ?? DifferencePane.unknown
      }
      return (words(pair.then), words(pair.later))
    case .flag(_, let pair):
      func words(_ flag: HealthReport.Flag?) -> [Run] {
        guard let flag else { return [Run("no such flag", Style.dim)] }
        let share = flag.on ? ChangeMarks.share(flag.exposure).map { " \($0)" } ?? "" : ""
        return [Run((flag.on ? "on" : "off") + share)]
      }
      return (words(pair.then), words(pair.later))
    case .errorRatio(let pair):
      func words(_ ratio: Double?) -> [Run] {
        guard let ratio else { return DifferencePane.unknown }
        let text = Quantity.percent(ratio) + "%"
        return [Run(text, Figures.severity(ofErrors: ratio).map { Style($0) } ?? .text)]
      }
      return (words(pair.then), words(pair.later))
    case .p99(let then, let later):
      return (
        figures.latency(then, rate: 1, unit: true), figures.latency(later, rate: 1, unit: true)
      )
    case .rate(let pair):
      func words(_ rate: Double?) -> [Run] {
        let runs = figures.rate(rate)
        return rate.map { $0 > 0 } == true ? runs + [Run("/s", Style.dim)] : runs
      }
      return (words(pair.then), words(pair.later))
    case .saturation(let pair):
      func words(_ saturation: Saturation?) -> [Run] {
        guard let saturation else { return DifferencePane.unknown }
        return figures.saturation(saturation) + [Run("% \(saturation.name)", Style.dim)]
      }
      return (words(pair.then), words(pair.later))
    case .budget(_, let pair):
      func words(_ left: Double?) -> [Run] {
        let text = BudgetTable.percent(left)
        return [Run(left == nil ? text : "\(text) left", left ?? 1 <= 0 ? Style(.bad) : .text)]
      }
      return (words(pair.then), words(pair.later))
    case .burn(_, let pair):
      func words(_ burn: Double?) -> [Run] {
        guard let burn else { return DifferencePane.unknown }
        return [Run(BurnText.rate(burn), burn > 1 ? Style(.warning) : .text)]
      }
      return (words(pair.then), words(pair.later))
    case .instance(_, let pair):
      return (
        DifferencePane.state(pair.then, absent: "not watched"),
        DifferencePane.state(pair.later, absent: "not watched")
      )
    }
  }

  /// What changed beside health in between, oldest first.
  private var changes: [BlockList.Block] {
    comparison.changes.map { change in
      BlockList.Block(
        id: "change \(change.id)", service: change.service,
        lines: [
          [
            Run("c ", .mark), Run(Clock.time(change.at), Style.dim),
            Run("  \(change.service ?? "the fleet")  ", .strong),
          ] + ChangeMarks.words(change)
        ])
    }
  }
}
