import Canvas
import Fleet
import Health
import Incident
import Telemetry

/// What is in use that should not be for long, over the whole fleet: fallbacks, open breakers,
/// instances that drain or warm, each since when and why.
struct DegradedList {
  struct Line {
    var mark: Run
    var service: String
    var what: String
    /// Seconds it has lasted; nil where nobody says.
    var age: Double?
    var why: [Run]
    fileprivate var rank: Int
  }

  /// The worst first; of alike ones the oldest.
  private(set) var lines: [Line] = []

  /// - Parameter services: indices of those to look at, as `FleetDigest` finds them.
  init(_ present: Present, _ services: [Int]) {
    for index in services { take(present.services[index], at: present.now) }
    let sorted = lines.enumerated().sorted { a, b in
      if a.element.rank != b.element.rank { return a.element.rank < b.element.rank }
      let ages = (a.element.age ?? -1, b.element.age ?? -1)
      return ages.0 != ages.1 ? ages.0 > ages.1 : a.offset < b.offset
    }
    lines = sorted.map(\.element)
  }

  private mutating func take(_ service: ServicePresent, at now: Instant) {
    let name = service.definition.name
    for track in service.fallbackTracks where track.isInUse {
      let active = FleetDigest.ActiveFallback(track, of: name, at: now)
      let isOver = active.isCritical
      var why = [
        Run(String(FallbackStrip.time(of: active).dropFirst(2)), isOver ? .bad : .text)
      ]
      if let reason = track.reason { why.append(Run("  \(reason)", .reason)) }
      let mark =
        isOver
        ? Run("▲", .notReady)
        : active.isRecovering ? Run("↻", .warming) : Run("◐", .degraded)
      lines.append(
        Line(
          mark: mark, service: name, what: "fallback \(track.name)", age: active.age, why: why,
          rank: isOver ? 0 : active.isRecovering ? 3 : 2))
    }
    for breaker in service.breakerStatuses(at: now) where breaker.state.holdsBack {
      lines.append(
        Line(
          mark: breaker.mark, service: name, what: "breaker \(breaker.name)",
          age: breaker.since.map { max(0, now.seconds(since: $0)) },
          why: [Run("\(breaker.stateWords): \(breaker.state.effect)", .reason)],
          rank: breaker.state.severity >= BreakerState.ejecting.severity ? 1 : 3))
    }
    for instance in service.instances {
      let state = instance.state
      guard state == .draining || state == .warming else { continue }
      var why = [Run(state.rawValue, Style.text)]
      if let reason = instance.health.reasons.first { why.append(Run("  \(reason)", .reason)) }
      lines.append(
        Line(
          mark: Run(state.mark, state.role), service: name,
          what: ServicePane.address(instance.definition.url),
          age: instance.health.since.map { now.seconds(since: $0) }, why: why,
          rank: state == .draining ? 4 : 5))
    }
  }

  func draw(on canvas: Canvas) {
    canvas.rule(y: 0, title: "DEGRADED, for how long, why")
    let area = canvas.sub(canvas.bounds.inset(top: 1))
    guard !lines.isEmpty else {
      area.put("no fallback, no open breaker, nothing drains or warms", at: Point(0, 0), Style.dim)
      return
    }
    let fits = lines.count <= area.height
    let count = fits ? lines.count : max(0, area.height - 1)
    let table = Table(
      [
        Column("", minimum: 1, weight: 100),
        Column("SERVICE", minimum: 8, ideal: width(\.service, atMost: 20), weight: 99),
        Column("WHAT", minimum: 10, ideal: width(\.what, atMost: 28), weight: 98),
        Column("FOR", .right, minimum: 3, ideal: 5, weight: 90),
        Column("WHY", minimum: 12, ideal: 16, weight: 70, grows: 1),
      ], gap: 1, showsHeader: false)
    table.draw(on: area.sub(area.bounds.splitTop(count).top), rows: count) { row in
      let line = lines[row]
      return [
        [line.mark], [Run(line.service, .strong)], [Run(line.what)],
        [Run(Quantity.duration(line.age), Style.text)], line.why,
      ]
    }
    if !fits {
      area.put("\(lines.count - count) more", at: Point(2, count), Style.dim)
    }
  }

  private func width(_ path: KeyPath<Line, String>, atMost most: Int) -> Int {
    min(most, lines.prefix(40).map { DisplayText.width(of: $0[keyPath: path]) }.max() ?? 8)
  }
}
