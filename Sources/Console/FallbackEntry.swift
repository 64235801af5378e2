import Canvas
import Conditions
import Fleet
import Health
import Incident
import Telemetry

/// One fallback or breaker of a service, in the lines that `FallbackPane` lists.
struct FallbackEntry {
  enum Item {
    case fallback(FallbackTrack)
    case breaker(BreakerStatus)
  }

  var service: String
  var item: Item
  /// The lower the sooner; then the time that is left.
  var rank: Int
  var left: Double

  var id: String {
    switch item {
    case .fallback(let track): "fallback \(service) \(track.name)"
    case .breaker(let breaker): "breaker \(service) \(breaker.name)"
    }
  }

  /// - Parameter brief: one line, where the screen is low.
  func lines(_ present: Present, brief: Bool) -> [[Run]] {
    switch item {
    case .fallback(let track): lines(track, present, brief: brief)
    case .breaker(let breaker): lines(breaker, present.now, brief: brief)
    }
  }

  private func lines(_ track: FallbackTrack, _ present: Present, brief: Bool) -> [[Run]] {
    let now = present.now
    let timer = FleetDigest.ActiveFallback(track, of: service, at: now)
    var first: [Run]
    switch track.phase {
    case .active:
      first = [timer.isCritical ? Run("▲ ", .notReady) : Run("◐ ", .degraded)]
    case .recovering: first = [Run("↻ ", .warming)]
    case .entering: first = [Run("↻ ", Style.dim)]
    case .over: first = [Run("● ", Style.dim)]
    }
    let isQuiet = track.phase == .over || track.phase == .entering
    first += [
      Run(service, isQuiet ? Style.dim : Style(.strong)), Run("  \(track.name)"),
    ]
    switch track.phase {
    case .active, .recovering:
      first.append(
        Run(
          "  " + FallbackStrip.time(of: timer).dropFirst(2),
          timer.isCritical ? Style(.bad) : .text))
    case .entering:
      if let held = track.enter?.run.held {
        first.append(
          Run(
            "  about to enter: \(Quantity.countdown(held.seconds)) of "
              + "\(Quantity.countdown(held.of)) so far", .warning))
      }
    case .over:
      first.append(
        Run("  over \(Quantity.duration(track.endedAt.map(now.seconds(since:)))) ago", Style.dim))
    }
    if brief || isQuiet { return [first] }
    var second = [
      Run(track.phase == .active ? "  users get: " : "  users got: ", Style.dim)
    ]
    second.append(
      track.usersGet.map { Run($0) } ?? Run("less; nobody says what", Style.dim))
    if let mode = track.mode { second.append(Run("  \(mode)", Style.dim)) }
    var third: [Run] = [Run("  why: ", Style.dim), Run(track.reason ?? "not said", .reason)]
    if let dependency = track.dependency {
      third += [Run("  because of", Style.dim)] + Neighbours.runs([dependency], present)
    }
    if track.known > 1, track.active < track.known, track.phase == .active {
      third.append(Run("  \(track.active) of \(track.known) instances", .warning))
    }
    if let dataAge = track.dataAge {
      third.append(
        Run(
          "  data \(Quantity.duration(dataAge)) old",
          track.isTooOld ? Style(.bad) : Style.dim))
    }
    third.append(
      Run(
        "  for \(Quantity.duration(track.age(at: now))), "
          + (track.isSinceTold ? "as told" : "as first seen"), Style.dim))
    return [first, second, third]
  }

  private func lines(_ breaker: BreakerStatus, _ now: Instant, brief: Bool) -> [[Run]] {
    let holds = breaker.state.holdsBack
    var first = [
      breaker.mark, Run(" "), Run(service, holds ? Style(.strong) : .dim),
      Run("  breaker \(breaker.name)"),
      Run("  \(breaker.stateWords)", holds ? Style.text : .dim),
    ]
    if let since = breaker.since, breaker.state != .unknown {
      first.append(
        Run(
          " \(breaker.beganUnseen ? "at least " : "")"
            + Quantity.duration(max(0, now.seconds(since: since))), holds ? Style.text : .dim))
    }
    let often = breaker.oftenWords.map { [Run("  \($0)", .warning)] } ?? []
    if brief || !holds && breaker.state != .unknown { return [first + often] }
    if let question = breaker.question {
      return [first, [Run("  \(question)", Style.dim)]]
    }
    return [first, [Run("  \(breaker.state.effect)", Style.dim)] + often]
  }
}
