public import Fleet
public import Health
public import Telemetry

/// What the instances of a service say, put together; where they differ, the worse counts.
extension ServicePresent {
  /// Fallbacks of all instances by name: active when any is, since the first of them, with the
  /// shortest tolerance.
  public var fallbacks: [HealthReport.Fallback] {
    merged({ $0.fallbacks }, by: \.name) { known, other in
      guard other.active else { return }
      guard known.active else { return known = other }
      known.since = least(known.since, other.since)
      known.tolerance = least(known.tolerance, other.tolerance)
    }
  }

  public var activeFallbacks: [HealthReport.Fallback] { fallbacks.filter(\.active) }

  /// Breakers of all instances by name: the most open state counts, since it began.
  public var breakers: [HealthReport.Breaker] {
    merged({ $0.breakers }, by: \.name) { known, other in
      if other.state.openness > known.state.openness {
        known = other
      } else if other.state == known.state {
        known.since = least(known.since, other.since)
      }
    }
  }

  /// Flags of all instances by name: on when any is, with the widest exposure.
  public var flags: [HealthReport.Flag] {
    merged({ $0.health.report?.flags ?? [] }, by: \.name) { known, other in
      guard other.on else { return }
      guard known.on else { return known = other }
      if let exposure = other.exposure { known.exposure = max(known.exposure ?? 0, exposure) }
    }
  }

  /// Limited things of all instances by name, each as full as its fullest, fullest first.
  public var saturations: [Saturation] {
    var found: [Saturation] = []
    for measured in instances.flatMap(\.saturations) {
      guard let known = found.firstIndex(where: { $0.name == measured.name }) else {
        found.append(measured)
        continue
      }
      found[known].ratio = max(found[known].ratio, measured.ratio)
    }
    return found.sorted { ($1.ratio, $0.name) < ($0.ratio, $1.name) }
  }

  public var saturation: Saturation? { saturations.first }

  /// Signals of all instances by name, sorted; of several values the largest.
  public func signals(at now: Instant) -> [Signal] { signals(at: now.seconds) }

  func signals(at seconds: Double) -> [Signal] {
    unorderedSignals(at: seconds).sorted { $0.name < $1.name }
  }

  /// The same, as the instances tell them.
  func unorderedSignals(at seconds: Double) -> [Signal] {
    guard !instances.isEmpty else { return [] }
    var found = instances[0].sharedMeter.read { $0.signals(at: seconds) }
    for index in instances.indices.dropFirst() {
      for signal in instances[index].sharedMeter.read({ $0.signals(at: seconds) }) {
        guard let known = found.firstIndex(where: { $0.name == signal.name }) else {
          found.append(signal)
          continue
        }
        if signal.value > found[known].value { found[known] = signal }
      }
    }
    return found
  }

  private func merged<Item>(
    _ items: (InstancePresent) -> [Item], by name: KeyPath<Item, String>,
    _ merge: (inout Item, Item) -> Void
  ) -> [Item] {
    var found: [Item] = []
    for item in instances.flatMap(items) {
      if let known = found.firstIndex(where: { $0[keyPath: name] == item[keyPath: name] }) {
        merge(&found[known], item)
      } else {
        found.append(item)
      }
    }
    return found
  }

  private func least(_ a: Double?, _ b: Double?) -> Double? {
    guard let a, let b else { return a ?? b }
    return min(a, b)
  }
}

extension InstancePresent {
  /// As its report says them; those that only its metrics tell of come after.
  public var fallbacks: [HealthReport.Fallback] {
    let reported = health.report?.fallbacks ?? []
    let measured = meter.fallbacks.filter { one in !reported.contains { $0.name == one.name } }
    return reported
      + measured.map {
        HealthReport.Fallback(
          name: $0.name, active: $0.isActive, reason: $0.reason, mode: $0.mode,
          dataAge: $0.dataAge)
      }
  }

  /// As its report says them; those that only its metrics tell of come after.
  public var breakers: [HealthReport.Breaker] {
    let reported = health.report?.breakers ?? []
    let measured = meter.breakers.filter { one in !reported.contains { $0.name == one.name } }
    return reported
      + measured.compactMap { one in
        HealthReport.Breaker.State(one.state).map {
          HealthReport.Breaker(name: one.name, state: $0)
        }
      }
  }
}

extension HealthReport.Breaker.State {
  /// nil for what the contract has no word for: endpoints ejected, a number nobody explains.
  fileprivate init?(_ measured: BreakerState) {
    switch measured {
    case .closed, .disabled, .metricsOnly: self = .closed
    case .halfOpen: self = .halfOpen
    case .open, .forcedOpen: self = .open
    case .ejecting, .unknown: return nil
    }
  }

  /// Closed 0, half-open 1, open 2.
  fileprivate var openness: Int {
    switch self {
    case .closed: 0
    case .halfOpen: 1
    case .open: 2
    }
  }
}
