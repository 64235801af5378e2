import Canvas
import Fleet
import Health
import Incident
import Telemetry

/// Every degraded mode in use: what users get, why, and how long that is tolerable; then the
/// breakers that hold calls back. What has least time left comes first.
struct FallbackPane {
  private let state: State
  private let console: ConsoleState

  init(_ state: State, _ console: ConsoleState) {
    self.state = state
    self.console = console
  }

  private var now: Instant { state.present.now }

  var list: BlockList {
    let (entries, closed) = entries
    var list = BlockList()
    list.head = head(entries, closed)
    list.blocks = entries.map { entry in
      BlockList.Block(
        id: entry.id, service: entry.service,
        lines: entry.lines(state.present, brief: console.size.height < 16))
    }
    list.absence = [
      [
        Run(
          closed > 0
            ? "No fallback is in use, and no breaker holds a call back."
            : "No fallback is in use, and no service tells of a breaker.", Style.dim)
      ]
    ]
    list.detail = { id, canvas in
      guard let entry = entries.first(where: { $0.id == id }) else { return }
      entry.drawDetail(on: canvas, state.present)
    }
    return list
  }

  /// What there is to tell, the most pressing first, and how many breakers are closed and quiet.
  private var entries: (entries: [FallbackEntry], closed: Int) {
    var entries: [FallbackEntry] = []
    var closed = 0
    for service in state.present.services {
      let name = service.definition.name
      for track in service.fallbackTracks {
        let rank: Int
        switch track.phase {
        case .active: rank = track.isCritical(at: now) ? 0 : 1
        case .recovering: rank = 4
        case .entering: rank = 5
        case .over:
          guard track.endedAt != nil else { continue }
          rank = 7
        }
        entries.append(
          FallbackEntry(
            service: name, item: .fallback(track), rank: rank,
            left: track.left(at: now) ?? Double.greatestFiniteMagnitude - track.age(at: now)))
      }
      for breaker in service.breakerStatuses(at: now) {
        if !breaker.state.holdsBack, breaker.state != .unknown, breaker.openedLately == 0 {
          closed += 1
          continue
        }
        let rank = breaker.state.holdsBack ? 2 : breaker.state == .unknown ? 8 : 6
        entries.append(
          FallbackEntry(
            service: name, item: .breaker(breaker), rank: rank,
            left: -Double(breaker.state.severity)))
      }
    }
    let sorted = entries.enumerated().sorted {
      ($0.element.rank, $0.element.left, $0.offset) < ($1.element.rank, $1.element.left, $1.offset)
    }
    return (sorted.map(\.element), closed)
  }

  private func head(_ entries: [FallbackEntry], _ closed: Int) -> [[Run]] {
    guard !entries.isEmpty else { return [] }
    var active = 0
    var recovering = 0
    var open = 0
    for entry in entries {
      switch entry.item {
      case .fallback(let track):
        if track.phase == .active { active += 1 }
        if track.phase == .recovering { recovering += 1 }
      case .breaker(let breaker): if breaker.state.holdsBack { open += 1 }
      }
    }
    var parts: [String] = []
    parts.append(
      active == 0
        ? "no fallback in use" : active == 1 ? "1 fallback in use" : "\(active) fallbacks in use")
    if recovering > 0 { parts.append("\(recovering) recovering") }
    parts.append(
      open == 0
        ? "no breaker holds calls back"
        : open == 1 ? "1 breaker holds calls back" : "\(open) breakers hold calls back")
    if closed > 0 { parts.append("\(closed) closed") }
    return [[Run(parts.joined(separator: ", "), Style(active + open > 0 ? .strong : .text))], []]
  }
}
