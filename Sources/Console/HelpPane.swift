import Canvas
import Health
import Incident

/// The keys and the signs, made from the key table and the states themselves.
struct HelpPane {
  private let console: ConsoleState
  private let obstacle: Obstacle

  init(_ console: ConsoleState, _ obstacle: Obstacle) {
    self.console = console
    self.obstacle = obstacle
  }

  func draw(on canvas: Canvas) {
    let lines = HelpPane.lines(console, obstacle.belowHelp)
    TextScroll.draw(lines, from: console.textScroll, on: canvas)
  }

  static func furthest(_ state: State, _ console: ConsoleState) -> Int {
    max(0, lines(console).count - max(1, ScreenLayout(state, console).body.height))
  }

  /// - Parameter obstacle: nil where only the number of lines counts.
  private static func lines(_ console: ConsoleState, _ obstacle: Obstacle? = nil) -> [[Run]] {
    // Two columns of keys where they fit, the signs below them.
    let ascii = console.glyphs.isASCII
    let isWide = console.size.width >= 116
    var columns: [[[Run]]] = [[], []]
    for (index, group) in KeyMap.Group.allCases.enumerated() {
      let rows = console.keys.bindings.filter { $0.group == group }
      guard !rows.isEmpty else { continue }
      let column = isWide ? (index < 3 ? 0 : 1) : 0
      if !columns[column].isEmpty { columns[column].append([]) }
      columns[column].append([Run(group.rawValue, .title)])
      for row in rows {
        let reason = obstacle?.words(for: row)
        // Where a line has no room for all keys of a row, the first one will do.
        let isTiny = console.size.width < 50
        let names =
          isTiny
          ? console.keys.keys(of: row, console.tense).first?.name(ascii: ascii) ?? ""
          : KeyMap.Binding.names(of: console.keys.keys(of: row, console.tense), ascii: ascii)
        let keys = "  " + names.padded(to: isTiny ? 6 : column == 1 ? 12 : isWide ? 22 : 20)
        columns[column].append(
          reason.map {
            [Run(keys, .keyUnavailable), Run("\(row.words): \($0)", .keyUnavailable)]
          } ?? [Run(keys, .key), Run(row.words)])
      }
    }
    let left = (columns[0].map { $0.width(glyphs: console.glyphs) }.max() ?? 0) + 3
    var lines: [[Run]] = []
    for row in 0..<max(columns[0].count, columns[1].count) {
      var line = row < columns[0].count ? columns[0][row] : []
      if row < columns[1].count {
        let gap = max(2, left - line.width(glyphs: console.glyphs))
        line.append(Run(String(repeating: " ", count: gap)))
        line += columns[1][row]
      }
      lines.append(line)
    }
    return lines + [[]] + signs(console.keys) + [[]] + timeline(console.glyphs)
  }

  private static func signs(_ keys: KeyMap) -> [[Run]] {
    var lines: [[Run]] = [[Run("STATES, worst first", .title)]]
    let order: [HealthState] = [
      .unreachable, .unhealthy, .notReady, .degraded, .stale, .draining, .warming, .unknown,
      .healthy,
    ]
    for state in order {
      let words = Glossary.meaning(of: state)
      lines.append([
        Run("  \(state.mark) ", state.role), Run(state.rawValue.padded(to: 13), .strong),
        Run(words),
      ])
    }
    lines.append([])
    lines.append([Run("NUMBERS", .title)])
    for (sign, words) in [
      (Quantity.noTraffic, "no traffic"),
      (Quantity.unknown, "not known; never shown as 0 or blank"),
      (">5s", "past the last bucket of the histogram: all that is known is that it is more"),
      ("w310", "the worst instance's own figure: quantiles of summaries cannot be merged"),
      ("dim", "late: the last scrape is older than two intervals; WHY says how old"),
      ("5m", "the rate's course: each service from 0 to a third above its own highest"),
      ("AGE", "how old the last answer is; empty while it is on time"),
      ("T", "tier: C critical, i important, o optional"),
      ("G R", "language: G Go, R Rust, \u{B7} another, ? not known"),
      ("+1", "another version runs beside the one shown"),
    ] {
      lines.append([Run("  " + sign.padded(to: 15), .strong), Run(words)])
    }
    lines.append([])
    lines.append([Run("FILTER, after \(keys.sign(.filter))", .title)])
    for (term, words) in [
      ("text", "name, owner or reason contains it"), ("/re/", "or matches the pattern"),
      ("state:un", "state begins so; state:bad is any but healthy"),
      ("tier:critical", "likewise; lang:go, lang:rust; owner:team"),
      ("!term", "not so; terms beside each other must all hold"),
    ] {
      lines.append([Run("  " + term.padded(to: 15), .strong), Run(words)])
    }
    return lines
  }
}

extension HelpPane {
  /// What the shapes on the timeline of the past mean.
  private static func timeline(_ glyphs: GlyphSet) -> [[Run]] {
    var lines: [[Run]] = [[Run("ON THE TIMELINE OF THE PAST", .title)]]
    for kind in Milestone.Kind.allCases {
      lines.append([
        Run("  " + String(kind.mark(glyphs)).padded(to: 15), kind.role), Run(kind.words),
      ])
    }
    for (sign, words) in [
      ("┃", "the instant that is shown"), ("m", "the one that was marked"),
      ("═", "the range that is played again and again"),
      ("burn", "the fastest that any budget went, a bar at 0.1x 0.5x 1x 3x 6x 14.4x 36x"),
    ] {
      lines.append([Run("  " + sign.padded(to: 15), .strong), Run(words)])
    }
    return lines
  }
}
