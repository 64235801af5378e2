import Canvas
import Fleet
import Incident
import Telemetry

import enum Canvas.Role

/// The lines of the budget pane: one objective each, in columns that fit the width.
struct BudgetTable {
  private let owner: Int
  private let name: Int
  private let bar: Int
  private let hasObjective: Bool
  private let glyphs: GlyphSet

  init(_ rows: [BudgetPane.Row], width: Int, glyphs: GlyphSet) {
    self.glyphs = glyphs
    let longest = { (texts: [String], limit: Int, heading: String) in
      min(limit, max(heading.count, texts.map { DisplayText.width(of: $0) }.max() ?? 0))
    }
    let most = width >= 100 ? 24 : width >= 60 ? 14 : 10
    owner = longest(rows.map(\.owner.name), most, "WHOSE")
    name = longest(rows.map(\.slo.name), most, "OBJECTIVE")
    hasObjective = width >= 72
    let used = 2 + owner + 2 + name + 2 + (hasObjective ? 11 : 0) + 6 + 8 + 9 + 8
    bar = width - used >= 8 ? min(20, width - used - 2) : 0
  }

  var header: [Run] {
    var text = "  " + "WHOSE".padded(to: owner + 2) + "OBJECTIVE".padded(to: name + 2)
    if hasObjective { text += "GOAL".padded(to: 11) }
    if bar > 0 { text += "LEFT".padded(to: bar + 1) }
    text += (bar > 0 ? "%" : "LEFT%").leftPadded(to: 6) + "  BURN1H" + "  GONE IN" + "  ALERT"
    return [Run(text, .header)]
  }

  func line(_ row: BudgetPane.Row) -> [Run] {
    let slo = row.slo
    let (mark, role) = BudgetTable.mark(slo)
    var runs = [
      Run(mark, role), Run(" "),
      Run(DisplayCut.clip(row.owner.name, to: owner).padded(to: owner + 2), .strong),
      Run(DisplayCut.clip(slo.name, to: name).padded(to: name + 2)),
    ]
    if hasObjective {
      let window = BurnText.window(slo.definition.windowMinutes)
      runs.append(Run("\(slo.definition.objective)/\(window)".padded(to: 11), Style.dim))
    }
    let left = BudgetTable.role(slo)
    if bar > 0 {
      let text = BarGauge(slo.remaining.map { max(0, $0) }).text(width: bar, glyphs: glyphs)
      runs.append(Run(text.padded(to: bar + 1), slo.remaining == nil ? Style.dim : Style(left)))
    }
    runs.append(Run(BudgetTable.percent(slo.remaining).leftPadded(to: 6), Style(left)))
    let burn = slo.reading.burn(over: 60)
    runs.append(
      Run(
        "  " + (burn.map(BurnText.rate) ?? Quantity.unknown).leftPadded(to: 6),
        (burn ?? 0) > 1 ? Style(left == .good ? .warning : left) : Style.dim))
    runs.append(Run("  " + BudgetTable.exhaustion(slo).leftPadded(to: 7)))
    if let alert = slo.alert {
      runs.append(
        Run("  \(alert.severity.rawValue.uppercased())", alert.severity == .page ? .bad : .warning))
    }
    return runs
  }

  /// Shape and word: what pages, what wants a ticket, what is spent, what is not known.
  static func mark(_ slo: SLOPresent) -> (String, Role) {
    switch slo.alert?.severity {
    case .page: return ("✖", .bad)
    case .ticket: return ("▲", .warning)
    case nil: break
    }
    guard let remaining = slo.remaining else { return ("?", .unknown) }
    if remaining <= 0 { return ("✖", .bad) }
    return slo.standing == .fine ? ("●", .healthy) : ("◐", .warning)
  }

  static func role(_ slo: SLOPresent) -> Role {
    guard let remaining = slo.remaining else { return .unknown }
    if remaining <= 0 || slo.alert?.severity == .page { return .bad }
    return slo.standing == .fine && slo.alert == nil ? .good : .warning
  }

  /// `62%`; below nothing as it is, as far as the column goes: an overspent budget is owed.
  static func percent(_ remaining: Double?) -> String {
    guard let remaining else { return Quantity.unknown }
    return remaining < -9.99 ? "<-999%" : Quantity.wholePercent(remaining) + "%"
  }

  static func exhaustion(_ slo: SLOPresent) -> String {
    guard let remaining = slo.remaining else { return Quantity.unknown }
    if remaining <= 0 { return "spent" }
    guard let seconds = slo.reading.exhaustsIn else { return "lasts" }
    // It lasts its window: nothing to run for.
    return seconds > slo.definition.window ? "lasts" : Quantity.duration(seconds)
  }
}
