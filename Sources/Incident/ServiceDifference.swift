public import Fleet
public import Health
public import Telemetry

/// What is another of one service than it was at an earlier instant.
public struct ServiceDifference: Sendable, Hashable {
  public var name: String
  public var tier: Tier
  /// Both, though the state be the same; nil where it was not, or is no more, in the fleet file.
  public var state: Comparison.Pair<HealthState>
  /// At least one, unless it came or went; what matters most first.
  public private(set) var aspects: [Aspect] = []

  /// One thing of it, as it was and as it is.
  public enum Aspect: Sendable, Hashable {
    /// The first reason, where it is another and not the same with other figures.
    case reason(Comparison.Pair<String>)
    case alert(slo: String, Comparison.Pair<BurnSeverity>)
    case fallback(name: String, Comparison.Pair<FallbackTrack.Phase>)
    case breaker(name: String, Comparison.Pair<BreakerState>)
    case versions(Comparison.Pair<[String]>)
    case flag(name: String, Comparison.Pair<HealthReport.Flag>)
    case errorRatio(Comparison.Pair<Double>)
    case p99(then: LatencyQuantile, later: LatencyQuantile)
    case rate(Comparison.Pair<Double>)
    case saturation(Comparison.Pair<Saturation>)
    /// What is left of the budget of an objective, 1 the whole.
    case budget(slo: String, Comparison.Pair<Double>)
    /// How many times too fast it goes.
    case burn(slo: String, Comparison.Pair<Double>)
    /// nil where it was not watched, or is no more.
    case instance(url: String, Comparison.Pair<HealthState>)
  }

  /// Instances told of one service, the rest are counted by whoever wants to.
  public static let instanceLimit = 32

  /// nil where nothing of it differs, or there is none of it.
  init?(
    _ then: ServicePresent?, at before: Instant, _ later: ServicePresent?, at after: Instant
  ) {
    guard let definition = (later ?? then)?.definition else { return nil }
    name = definition.name
    tier = definition.tier
    state = Comparison.Pair(then?.verdict.state, later?.verdict.state)
    guard let then, let later else { return }
    compareReasons(then, later)
    compareModes(then, at: before, later, at: after)
    compareReleases(then, later)
    compareFigures(then.requests, later.requests)
    compareSaturation(then.saturation, later.saturation)
    compareBudgets(then.slos, later.slos)
    compareInstances(then.instances, later.instances)
    if state.then == state.later, aspects.isEmpty { return nil }
  }

  // MARK: What is said

  private mutating func compareReasons(_ then: ServicePresent, _ later: ServicePresent) {
    let (was, now) = (then.verdict.reasons.first, later.verdict.reasons.first)
    guard was.map(ServiceDifference.gist) != now.map(ServiceDifference.gist) else { return }
    aspects.append(.reason(.init(was, now)))
  }

  /// A reason without its figures: a countdown is no news.
  private static func gist(_ reason: String) -> String {
    String(reason.unicodeScalars.filter { !("0"..."9").contains($0) })
  }

  private mutating func compareModes(
    _ then: ServicePresent, at before: Instant, _ later: ServicePresent, at after: Instant
  ) {
    let (old, new) = (then.fallbacksInUse, later.fallbacksInUse)
    for name in ServiceDifference.names(new.map(\.name), old.map(\.name)) {
      let was = old.first { $0.name == name }?.phase
      let now = new.first { $0.name == name }?.phase
      if was != now { aspects.append(.fallback(name: name, .init(was, now))) }
    }
    let (shut, open) = (then.breakerStatuses(at: before), later.breakerStatuses(at: after))
    for name in ServiceDifference.names(open.map(\.name), shut.map(\.name)) {
      let was = shut.first { $0.name == name }?.state
      let now = open.first { $0.name == name }?.state
      // A breaker that is closed and one that nobody told of hold back as little.
      guard was != now, (was ?? .closed) != (now ?? .closed) else { continue }
      aspects.append(.breaker(name: name, .init(was, now)))
    }
  }

  private mutating func compareReleases(_ then: ServicePresent, _ later: ServicePresent) {
    let (was, now) = (then.versions, later.versions)
    if Set(was) != Set(now) {
      aspects.append(.versions(.init(was.isEmpty ? nil : was, now.isEmpty ? nil : now)))
    }
    let (old, new) = (then.flags, later.flags)
    for name in ServiceDifference.names(new.map(\.name), old.map(\.name)) {
      let before = old.first { $0.name == name }
      let after = new.first { $0.name == name }
      guard before?.on != after?.on || before?.exposure != after?.exposure else { continue }
      aspects.append(.flag(name: name, .init(before, after)))
    }
  }

  /// Names of both, the first's before those that only the second has.
  private static func names(_ first: [String], _ second: [String]) -> [String] {
    var seen: Set<String> = []
    return (first + second).filter { seen.insert($0).inserted }
  }

  // MARK: Figures

  private mutating func compareFigures(_ then: RequestSummary, _ later: RequestSummary) {
    // Without traffic there are no errors and no latency; the rate says so.
    if then.rate ?? 1 > 0, later.rate ?? 1 > 0 {
      if ServiceDifference.differ(then.errorRatio, later.errorRatio, by: 0.005, times: 1.25) {
        aspects.append(.errorRatio(.init(then.errorRatio, later.errorRatio)))
      }
      // Past its last bucket a histogram says no more than that: it is told by the kind, too.
      let isBeyond = { (quantile: LatencyQuantile) in
        if case .beyond = quantile { true } else { false }
      }
      if isBeyond(then.p99) != isBeyond(later.p99)
        || ServiceDifference.differ(then.p99.seconds, later.p99.seconds, by: 0.001, times: 1.5)
      {
        aspects.append(.p99(then: then.p99, later: later.p99))
      }
    }
    if ServiceDifference.differ(then.rate, later.rate, by: 1, times: 1.25) {
      aspects.append(.rate(.init(then.rate, later.rate)))
    }
  }

  private mutating func compareSaturation(_ then: Saturation?, _ later: Saturation?) {
    guard ServiceDifference.differ(then?.ratio, later?.ratio, by: 0.1, times: 1) else { return }
    aspects.append(.saturation(.init(then, later)))
  }

  private mutating func compareBudgets(_ then: [SLOPresent], _ later: [SLOPresent]) {
    var figures: [Aspect] = []
    var alerts: [Aspect] = []
    for name in ServiceDifference.names(later.map(\.name), then.map(\.name)) {
      let was = then.first { $0.name == name }
      let now = later.first { $0.name == name }
      if was?.alert?.severity != now?.alert?.severity {
        alerts.append(.alert(slo: name, .init(was?.alert?.severity, now?.alert?.severity)))
      }
      if ServiceDifference.differ(was?.remaining, now?.remaining, by: 0.01, times: 1) {
        figures.append(.budget(slo: name, .init(was?.remaining, now?.remaining)))
      }
      let (slow, fast) = (was?.burnShown, now?.burnShown)
      if max(slow ?? 0, fast ?? 0) >= 1,
        ServiceDifference.differ(slow, fast, by: 0.5, times: 1.5)
      {
        figures.append(.burn(slo: name, .init(slow, fast)))
      }
    }
    // An alert stands behind the reason alone.
    let reasons = aspects.prefix { if case .reason = $0 { true } else { false } }.count
    aspects.insert(contentsOf: alerts, at: reasons)
    aspects += figures
  }

  /// Whether two figures are further apart than an ordinary minute takes them: by a least amount and
  /// by a factor. What is known once and once not, differs.
  private static func differ(
    _ then: Double?, _ later: Double?, by least: Double, times factor: Double
  ) -> Bool {
    guard let then, let later else { return (then == nil) != (later == nil) }
    guard then.isFinite, later.isFinite else { return then != later }
    let (low, high) = (min(then, later), max(then, later))
    return high - low >= least && high >= low * factor
  }

  // MARK: Instances

  private mutating func compareInstances(_ then: [InstancePresent], _ later: [InstancePresent]) {
    let urls = ServiceDifference.names(later.map(\.id), then.map(\.id))
    var found: [(aspect: Aspect, severity: Int)] = []
    let known = Dictionary(then.map { ($0.id, $0.state) }) { first, _ in first }
    let current = Dictionary(later.map { ($0.id, $0.state) }) { first, _ in first }
    for url in urls where known[url] != current[url] {
      found.append(
        (.instance(url: url, .init(known[url], current[url])), current[url]?.severity ?? -1))
    }
    // Of one instance alone the service says the same.
    if urls.count == 1, then.count == later.count { return }
    aspects += found.enumerated().sorted {
      ($1.element.severity, $0.offset) < ($0.element.severity, $1.offset)
    }.prefix(ServiceDifference.instanceLimit).map(\.element.aspect)
  }

  // MARK: What matters most

  /// Smaller comes first: what got worse, what wakes somebody, what is in use, what got better, what
  /// was released, figures; then by what the service is worth.
  var urgency: (Int, Int, Int) {
    let (then, later) = (state.then, state.later)
    if let later, later > then ?? .healthy { return (0, -later.severity, tier.rank) }
    var least = 5
    for aspect in aspects {
      switch aspect {
      case .alert(_, let pair): least = min(least, pair.later == nil ? 3 : 1)
      case .fallback(_, let pair): least = min(least, pair.later == nil ? 3 : 2)
      case .breaker(_, let pair): least = min(least, pair.later?.holdsBack == true ? 2 : 3)
      case .versions, .flag: least = min(least, 4)
      case .reason, .errorRatio, .p99, .rate, .saturation, .budget, .burn, .instance: break
      }
    }
    if then != later { least = min(least, 3) }
    return (least, -(later?.severity ?? 0), tier.rank)
  }
}

extension SLOPresent {
  /// How fast its budget goes over the hour; where the policy has no such window, over the shortest.
  public var burnShown: Double? {
    reading.burn(over: 60) ?? reading.burns.min { $0.minutes < $1.minutes }?.rate
  }
}
