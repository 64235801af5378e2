import Canvas
import Conditions
import Fleet
import Health
import Incident
import Telemetry

/// All that is known of one fallback or breaker, label by label.
extension FallbackEntry {
  func drawDetail(on canvas: Canvas, _ present: Present) {
    let own =
      switch item {
      case .fallback(let track): detail(track, present)
      case .breaker(let breaker): detail(breaker, present.now)
      }
    let rows = own + runbook(present)
    canvas.rule(y: 0, title: "\(service)  \(title)")
    var y = 1
    let labels = 17
    for (label, runs) in rows where y < canvas.height {
      canvas.put(label, at: Point(1, y), Style.dim)
      for line in Self.wrap(runs, to: canvas.width - labels - 2) where y < canvas.height {
        canvas.put(line, at: Point(1 + labels, y))
        y += 1
      }
    }
  }

  /// What to do about it, where a runbook matches.
  private func runbook(_ present: Present) -> [(String, [Run])] {
    guard !present.runbooks.isEmpty, let service = present.service(named: service) else {
      return []
    }
    return [("runbook", Array(ServiceFooter.runbook(service, present).dropFirst()))]
  }

  private var title: String {
    switch item {
    case .fallback(let track): "fallback \(track.name)"
    case .breaker(let breaker): "breaker \(breaker.name)"
    }
  }

  /// One run is broken into lines; several stand as they are.
  private static func wrap(_ runs: [Run], to width: Int) -> [[Run]] {
    guard runs.count == 1, let run = runs.first else { return [runs] }
    let lines = DisplayCut.wrap(run.text, to: max(8, width))
    return lines.isEmpty ? [runs] : lines.map { [Run($0, run.style)] }
  }

  private func detail(_ track: FallbackTrack, _ present: Present) -> [(String, [Run])] {
    let now = present.now
    let timer = FleetDigest.ActiveFallback(track, of: service, at: now)
    var rows: [(String, [Run])] = [
      ("state", [Run(stateWords(track, now), timer.isCritical ? .bad : .text)]),
      ("users get", [Run(track.usersGet ?? "not said: users_get in the fleet file names it")]),
      ("why", [Run(track.reason ?? "not said", .reason)]),
    ]
    if let dependency = track.dependency {
      rows.append(("because of", [Run(dependency)] + mark(of: dependency, present)))
    }
    rows.append(
      (
        "since",
        [
          Run(
            "\(Clock.utc(track.since)), \(Quantity.duration(track.age(at: now))) ago, "
              + (track.isSinceTold ? "as the service says" : "when it was first seen"))
        ]
      ))
    rows.append(("mode", [Run(track.mode ?? "not said")]))
    if let tolerance = track.tolerance {
      rows.append(
        (
          "tolerance",
          [
            Run(
              Quantity.duration(tolerance) + " in all" + FallbackStrip.time(of: timer),
              timer.isOverdue ? .bad : .text)
          ]
        ))
    } else {
      rows.append(("tolerance", [Run("none stated: tolerance in the fleet file sets one")]))
    }
    if let dataAge = track.dataAge {
      let most = track.maxAge.map { ", \(Quantity.duration($0)) allowed" } ?? ""
      rows.append(
        (
          "data",
          [Run("\(Quantity.duration(dataAge)) old\(most)", track.isTooOld ? .bad : .text)]
        ))
    } else if let maxAge = track.maxAge {
      rows.append(
        ("data", [Run("age not known, \(Quantity.duration(maxAge)) allowed", .warning)]))
    }
    if track.known > 0 {
      rows.append(
        (
          "instances",
          [
            Run(
              track.active == track.known
                ? "all \(track.known)" : "\(track.active) of \(track.known) use it")
          ]
        ))
    }
    if let enter = track.enter { rows.append(("entered when", condition(enter, wanted: .yes))) }
    if let acceptable = track.acceptable {
      rows.append(("acceptable while", condition(acceptable, wanted: .yes)))
    }
    if let exit = track.exit { rows.append(("over when", condition(exit, wanted: .yes))) }
    rows.append(
      (
        "recovered after",
        [
          Run(
            Quantity.countdown(track.window) + " out of use"
              + (track.relapses > 0
                ? ", came back \(track.relapses == 1 ? "once" : "\(track.relapses) times")" : ""))
        ]
      ))
    return rows
  }

  private func stateWords(_ track: FallbackTrack, _ now: Instant) -> String {
    switch track.phase {
    case .entering: return "about to enter"
    case .over: return "over"
    case .recovering:
      return "recovering: over in \(Quantity.countdown(track.recoversIn(at: now) ?? 0))"
    case .active:
      if track.isOverdue(at: now) { return "beyond its tolerance: critical" }
      if track.isTooOld { return "its data is older than allowed: critical" }
      if track.isUnacceptable { return "no longer acceptable: critical" }
      if track.known > 0, track.active == 0 {
        return "active: its instances say it is over, its exit condition does not hold yet"
      }
      return "active"
    }
  }

  private func condition(
    _ watched: FallbackTrack.WatchedCondition, wanted: Truth
  ) -> [Run] {
    var text = watched.condition.text
    switch watched.truth {
    case .yes: text += ": holds"
    case .no: text += ": does not hold"
    case .unknown: text += ": not known"
    }
    if watched.truth != .yes, let held = watched.run.held {
      text +=
        ", \(Quantity.countdown(held.seconds)) of \(Quantity.countdown(held.of)) so far"
    }
    return [Run(text, watched.truth == wanted ? .text : Style(.warning))]
  }

  private func mark(of service: String, _ present: Present) -> [Run] {
    guard let found = present.service(named: service) else {
      return [Run("  not watched", Style.dim)]
    }
    let state = found.verdict.state
    return [Run("  "), Run(state.mark, state.role), Run(" \(state.rawValue)")]
  }

  private func detail(_ breaker: BreakerStatus, _ now: Instant) -> [(String, [Run])] {
    var rows: [(String, [Run])] = [
      ("state", [breaker.mark, Run(" \(breaker.stateWords): \(breaker.state.effect)")])
    ]
    if let question = breaker.question { rows.append(("to know it", [Run(question, .warning)])) }
    if let since = breaker.since, breaker.state != .unknown {
      let how =
        breaker.isSinceTold
        ? "as the service says"
        : breaker.beganUnseen ? "when it was first seen: it began earlier" : "as seen by polls"
      rows.append(
        (
          "since",
          [
            Run(
              "\(Clock.utc(since)), \(Quantity.duration(max(0, now.seconds(since: since)))) ago, "
                + how)
          ]
        ))
    }
    rows.append(("instances", [Run("\(breaker.count) of \(breaker.of)")]))
    rows.append(
      (
        "in ten minutes",
        [
          Run(
            "opened \(breaker.openedLately == 1 ? "once" : "\(breaker.openedLately) times"), "
              + (breaker.isCounted
                ? "by the library's own counter"
                : "as polls saw it: what lasts less than a poll is missed"))
        ]
      ))
    if let metric = breaker.metric { rows.append(("told by", [Run(metric)])) }
    return rows
  }
}
