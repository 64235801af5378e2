import Canvas
import Fleet
import Health
import Incident
import Telemetry

/// What changed: what is out and whether it should stay, then versions, flags, weights and restarts
/// with the trouble that came after them, then the signals that are missing.
struct ChangesPane {
  let state: State
  let console: ConsoleState
  var present: Present { state.present }

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  /// Services whose missing signals are listed.
  private static let parityLimit = 200

  var list: BlockList {
    let changes = ranked()
    let releases = releases()
    let parity = parity()
    var list = BlockList(
      absence: [[Run("Nothing has changed since the watch began.", Style.dim)]])
    list.head = [head(changes, releases)]
    // What says that something should go back comes before what happened; the rest after it.
    list.blocks =
      releases.filter { $0.isUrgent }.map(\.block) + changes.map(block)
      + releases.filter { !$0.isUrgent }.map(\.block) + parity
    list.detail = { id, canvas in ChangeDetail(self, id).draw(on: canvas) }
    return list
  }

  // MARK: Changes

  /// The most suspicious first, then the newest.
  func ranked() -> [(change: FleetChange, trouble: TroubleAfter?)] {
    present.changeLog.entries.map { ($0, present.trouble(after: $0)) }.sorted { a, b in
      let (x, y) = (a.1?.suspicion ?? 0, b.1?.suspicion ?? 0)
      return x != y ? x > y : (b.0.at.offset, b.0.id) < (a.0.at.offset, a.0.id)
    }
  }

  private func head(
    _ changes: [(change: FleetChange, trouble: TroubleAfter?)], _ releases: [ReleaseRow]
  ) -> [Run] {
    let lately = changes.count { present.now.seconds(since: $0.change.at) <= 3600 }
    let suspects = changes.filter { $0.trouble?.lasts == true }
    var line = [
      Run(
        lately == 0
          ? "nothing changed in the last hour"
          : lately == 1 ? "1 change in the last hour" : "\(lately) changes in the last hour",
        Style.dim)
    ]
    if let first = suspects.first, let service = first.change.service {
      let most = suspects.count == 1 ? "" : "\(suspects.count) before trouble, most likely "
      line.append(Run("  \(most)\(service): \(ChangeMarks.short(first.change))", .warning))
    }
    let out = releases.count { $0.advice.kind == .rollBack }
    if out > 0 { line.append(Run("  \(out) should go back", .bad)) }
    return line
  }

  private func block(_ row: (change: FleetChange, trouble: TroubleAfter?)) -> BlockList.Block {
    let change = row.change
    let service = change.service
    var line = [
      row.trouble.map { trouble in
        Run(trouble.lasts ? "▲ " : "△ ", Style(trouble.lasts ? .bad : .warning))
      } ?? Run("  "),
      Run(Clock.time(change.at), Style.dim),
      Run("  \((service ?? "the fleet").padded(to: nameWidth))", .strong),
    ]
    line += ChangeMarks.words(change)
    let all = service.flatMap { present.service(named: $0)?.instances.count } ?? 0
    if all > 1, !change.instances.isEmpty {
      line.append(Run("  \(change.instances.count) of \(all) instances", Style.dim))
    }
    if change.isBefore { line.append(Run("  before the watch, by its start time", Style.dim)) }
    var lines = [line]
    if let trouble = row.trouble {
      lines.append([Run("            ")] + ChangesPane.words(trouble))
    }
    return BlockList.Block(id: "change \(change.id)", service: service, lines: lines)
  }

  /// `2m before pricing became unhealthy, and it still is`
  static func words(_ trouble: TroubleAfter) -> [Run] {
    let when =
      trouble.seconds < 1 ? "as" : "\(Quantity.duration(trouble.seconds)) before"
    return [
      Run("\(when) \(trouble.service) became "),
      Run(trouble.state.rawValue, trouble.state.role),
      Run(trouble.lasts ? "" : ", which is over", Style.dim),
    ]
  }

  var nameWidth: Int {
    let longest =
      present.changeLog.entries.reduce(0) { max($0, $1.service?.count ?? 9) }
    return min(24, max(9, longest)) + 1
  }

  // MARK: Signals

  /// Services that lack some of the expected signals, those that lost one first.
  private func parity() -> [BlockList.Block] {
    var lost: [BlockList.Block] = []
    var lacking: [BlockList.Block] = []
    for index in present.services.indices {
      guard lost.count + lacking.count < ChangesPane.parityLimit else { break }
      let parity = present.services[index].parity
      guard parity.isKnown, !parity.lacks.isEmpty else { continue }
      let name = present.services[index].definition.name
      let never = parity.lacks.subtracting(parity.vanished)
      var line = [
        Run(parity.vanished.isEmpty ? "  " : "- ", parity.vanished.isEmpty ? .dim : .warning),
        Run("signals ", Style.dim), Run("  \(name.padded(to: nameWidth))", .strong),
      ]
      if !parity.vanished.isEmpty {
        let since = parity.vanishedIn.map { " since \($0)" } ?? ""
        line.append(
          Run("lost \(parity.vanished.words.joined(separator: ", "))\(since)", .warning))
        if !never.isEmpty { line.append(Run("; ")) }
      }
      if !never.isEmpty {
        line.append(Run("lacks \(never.words.joined(separator: ", "))", Style.dim))
      }
      let block = BlockList.Block(id: "signals \(name)", service: name, lines: [line])
      if parity.vanished.isEmpty { lacking.append(block) } else { lost.append(block) }
    }
    return lost + lacking
  }
}
