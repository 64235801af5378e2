import Fleet
import Health
import Telemetry

/// Comparing a service with what is usual for it.
extension State {
  /// Looks at most every five seconds at what is far off, keeps the signals it looked at, and once a
  /// minute takes over what is usual. Called after a scrape of the service, so that each of a thousand has its own moment.
  mutating func compareWithUsual(_ index: Int) {
    let now = present.now.seconds
    let stretch = Int64(now / Ordinary.stretch)
    guard stretch > present.services[index].ordinary.checkedIn else { return }
    present.services[index].ordinary.checkedIn = stretch
    let values = present.services[index].compareFigures(at: now, &history.chapters[index])
    let minute = Int64(now / 60)
    guard minute > history.chapters[index].minuteTaken else { return }
    history.chapters[index].minuteTaken = minute
    learn(values, index, minute)
  }

  private mutating func learn(_ values: [FollowedValue], _ index: Int, _ minute: Int64) {
    let state = present.services[index].verdict.state
    let ordinary = present.services[index].ordinary
    let isWell = state == .healthy || (state == .degraded && ordinary.deviations.isEmpty)
    // What a process does in its first minutes is not what it does.
    let now = present.now.unixSeconds
    let restarted = present.services[index].instances.contains { instance in
      instance.sharedMeter.read { $0.startTime }.map { now - $0 < 120 } ?? false
    }
    var baseline: [SignalBaseline] = []
    swap(&baseline, &history.chapters[index].baseline)
    var next = 0
    for value in values where value.isTelling {
      let place: Int
      if let known = baseline.firstIndex(near: &next, where: { $0.name == value.name }) {
        place = known
      } else {
        guard baseline.count < FollowedValue.limit else { continue }
        baseline.append(SignalBaseline(name: value.name))
        place = baseline.count - 1
      }
      if restarted { baseline[place].forgetTrend() }
      let isUnusual =
        ordinary.deviations.contains { $0.name == value.name }
        || ordinary.suspects.contains { $0.name == value.name }
      baseline[place].take(
        value.value, minute: minute, isUsual: !isUnusual, isWell: isWell && !restarted)
    }
    let rising = baseline.filter(\.isRising).map(\.name)
    swap(&baseline, &history.chapters[index].baseline)
    present.services[index].ordinary.norms = history.chapters[index].norms
    present.services[index].ordinary.rising = rising
  }
}

/// One value that is compared with what is usual.
struct FollowedValue {
  var name: String
  var value: Double
  /// What it must be off at least, in its own unit.
  var floor: Double
  /// Whether less than usual is unusual too.
  var downToo = false
  /// There was enough traffic for it to say something.
  var isTelling = true

  static let limit = 24

  /// Runtime signals that are followed, with what each must be off at least.
  static let floors = Dictionary(uniqueKeysWithValues: signals.map { ($0, floor(of: $0)) })

  private static let signals: [String] = [
    "cpu_cores", "memory_bytes", "open_fds", "threads", "go_goroutines", "go_gc_pause_ms",
    "go_sched_latency_ms", "go_heap_bytes", "tokio_busy_ratio", "tokio_queue_depth",
    "tokio_blocking_queue_depth", "tokio_forced_yields", "tokio_slow_polls",
    "jemalloc_allocated_bytes", "allocator_allocated_bytes", "in_flight", "queue_depth",
  ]

  /// What a signal's value must be off at least: a few threads more are no news.
  static func floor(of signal: String) -> Double {
    if signal.hasSuffix("_bytes") { return 64 * 1_048_576 }
    if signal.hasSuffix("_ms") { return 5 }
    if signal.hasSuffix("_ratio") { return 0.2 }
    if signal.hasSuffix("_cores") { return 0.3 }
    return 20
  }
}

extension ServicePresent {
  /// Says what of its figures is far off, and keeps its signals for charts.
  fileprivate mutating func compareFigures(
    at seconds: Double, _ chapter: inout ServiceHistory
  ) -> [FollowedValue] {
    let signals = unorderedSignals(at: seconds)
    chapter.record(signals, at: seconds)
    let values = followed(signals)
    ordinary.judge(values, at: seconds)
    return values
  }

  /// Requests of the last minute that a latency or an error ratio needs to say anything.
  private static let leastRequests = 20.0

  /// What is followed of it, as it is now, its signals among it; what is not known is not there.
  func followed(_ signals: [Signal]) -> [FollowedValue] {
    var found: [FollowedValue] = []
    found.reserveCapacity(FollowedValue.limit)
    if let rate = requests.rate {
      // What chance alone does to a count: three times the root of it (Poisson).
      let chance = 3 * (max(rate, 0) * 60).squareRoot() / 60
      found.append(
        FollowedValue(name: "rate", value: rate, floor: max(0.5, chance), downToo: true))
      let isTelling = rate * min(60, requests.covered) >= ServicePresent.leastRequests
      if let ratio = requests.errorRatio {
        found.append(
          FollowedValue(name: "error_ratio", value: ratio, floor: 0.01, isTelling: isTelling))
      }
      for (name, quantile) in [("p50_ms", requests.p50), ("p99_ms", requests.p99)] {
        guard let value = quantile.seconds else { continue }
        found.append(
          FollowedValue(name: name, value: value * 1000, floor: 5, isTelling: isTelling))
      }
    }
    let requestValues = found.count
    for signal in signals where found.count < FollowedValue.limit {
      var floor = FollowedValue.floors[signal.name]
      if floor == nil, roles.signals.contains(where: { $0.name == signal.name }),
        !found[..<requestValues].contains(where: { $0.name == signal.name })
      {
        floor = FollowedValue.floor(of: signal.name)
      }
      guard let floor else { continue }
      found.append(FollowedValue(name: signal.name, value: signal.value, floor: floor))
    }
    return found
  }
}

extension Ordinary {
  /// Says what is far off, once it was so often enough in a row; it ends the first time that it is
  /// not.
  mutating func judge(_ values: [FollowedValue], at seconds: Double) {
    guard !norms.isEmpty else {
      deviations = []
      suspects = []
      return
    }
    var found: [Deviation] = []
    var watched: [Suspect] = []
    var next = 0
    for value in values where value.isTelling {
      guard let place = norms.firstIndex(near: &next, where: { $0.name == value.name }) else {
        continue
      }
      let norm = norms[place].norm
      guard norm.isUnusual(value.value, floor: value.floor),
        value.downToo || value.value > norm.median
      else { continue }
      let known = deviations.first { $0.name == value.name }
      let times = (suspects.first { $0.name == value.name }?.times ?? 0) + 1
      if known != nil || times >= Ordinary.patience {
        found.append(
          Deviation(
            name: value.name, value: value.value, norm: norm, since: known?.since ?? seconds))
      } else {
        watched.append(Suspect(name: value.name, times: times))
      }
    }
    suspects = watched
    deviations = found.sorted { ($1.weight, $0.name) < ($0.weight, $1.name) }
  }
}

extension Deviation {
  /// How far off it is, to be ordered by.
  fileprivate var weight: Double {
    guard let factor else { return 1e6 }
    return factor >= 1 ? factor : 1 / max(factor, 1e-6)
  }
}
