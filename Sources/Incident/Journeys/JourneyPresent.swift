public import Fleet

/// One journey as it stands: how its runs went over windows, and where the last failure was.
public struct JourneyPresent: Sendable, Hashable, Codable {
  public internal(set) var definition: Journey
  public private(set) var last: JourneyRun?
  public private(set) var lastAt: Instant?
  /// Since when runs end as the last one did: passed or not.
  public private(set) var since: Instant?
  /// Runs in a row that ended as the last one did.
  public private(set) var streak = 0
  public private(set) var lastFailure: DatedFailure?
  /// The last runs, oldest first, at most `recentLimit`.
  public private(set) var recent: [Recent] = []
  /// Sums by the minute for an hour, then by the hour for a month; oldest first.
  private var minutes: [Sum] = []
  private var hours: [Sum] = []

  public static let recentLimit = 240

  public struct DatedFailure: Sendable, Hashable, Codable {
    public var at: Instant
    public var failure: JourneyRun.Failure
  }

  public struct Recent: Sendable, Hashable, Codable {
    /// An offset, as `Instant` has it.
    public var at: Int64
    public var duration: Double
    public var passed: Bool
  }

  private struct Sum: Sendable, Hashable, Codable {
    /// Which minute or hour since the session began.
    var stretch: Int64
    var runs = 0
    var passed = 0
    /// Passed, and within the objective's threshold.
    var good = 0
  }

  init(_ definition: Journey) { self.definition = definition }

  /// Nil until it has run; a run that could not begin says nothing.
  public var isPassing: Bool? {
    switch last?.outcome {
    case .passed: true
    case .failed: false
    case .notRun, nil: nil
    }
  }

  /// Why the last run did not pass, in words; nil where it did, or none was taken.
  public var why: String? {
    switch last?.outcome {
    case .failed(let failure): failure.words
    case .notRun(let reason): "could not run: \(reason)"
    case .passed, nil: nil
    }
  }

  /// No run has ended for longer than two of them should take.
  public func isStale(at now: Instant) -> Bool {
    guard let lastAt else { return false }
    return now.seconds(since: lastAt) > 2 * definition.every + definition.timeout
  }

  mutating func observe(_ run: JourneyRun, at now: Instant) {
    let before = isPassing
    last = run
    lastAt = now
    if isPassing != before || since == nil {
      since = now
      streak = 0
    }
    streak += 1
    if case .notRun = run.outcome { return }
    if case .failed(let failure) = run.outcome {
      lastFailure = DatedFailure(at: now, failure: failure)
    }
    if recent.count == JourneyPresent.recentLimit { recent.removeFirst() }
    recent.append(Recent(at: now.offset, duration: run.duration, passed: run.passed))
    let good = run.passed && run.duration <= definition.objective?.threshold ?? .infinity
    JourneyPresent.add(run.passed, good, to: &minutes, at: now, each: 60, kept: 60)
    JourneyPresent.add(run.passed, good, to: &hours, at: now, each: 3600, kept: 24 * 31)
  }

  private static func add(
    _ passed: Bool, _ good: Bool, to sums: inout [Sum], at now: Instant, each seconds: Int64,
    kept: Int64
  ) {
    let stretch = now.offset / (seconds * 1_000_000_000)
    if sums.last?.stretch != stretch { sums.append(Sum(stretch: stretch)) }
    sums[sums.count - 1].runs += 1
    if passed { sums[sums.count - 1].passed += 1 }
    if good { sums[sums.count - 1].good += 1 }
    if let first = sums.first, stretch.less(first.stretch) > kept { sums.removeFirst() }
  }

  /// How the runs of the last `seconds` went.
  public struct Score: Sendable, Hashable {
    public var runs: Int
    public var passed: Int
    public var good: Int
    /// 0…1; nil where no run ended.
    public var availability: Double? { runs == 0 ? nil : Double(passed) / Double(runs) }
  }

  /// To the minute within an hour, to the hour beyond.
  public func score(over seconds: Double, at now: Instant) -> Score {
    let isShort = seconds <= 3600
    let each: Int64 = isShort ? 60 : 3600
    let from = now.offset.less(Int64(nanosecondsOf: seconds)) / (each * 1_000_000_000)
    let sums = (isShort ? minutes : hours).filter { $0.stretch > from || from <= 0 }
    return Score(
      runs: sums.reduce(0) { $0 + $1.runs }, passed: sums.reduce(0) { $0 + $1.passed },
      good: sums.reduce(0) { $0 + $1.good })
  }

  /// Seconds below which the share `q` of the last runs that passed stayed; nil where none did.
  ///
  /// Of at most `recentLimit` runs, and of those in the last `seconds`.
  public func latency(_ q: Double, over seconds: Double, at now: Instant) -> Double? {
    let from = now.offset.less(Int64(nanosecondsOf: seconds))
    let sorted = recent.lazy.filter { $0.passed && $0.at >= from }.map(\.duration).sorted()
    guard !sorted.isEmpty else { return nil }
    let place = (q * Double(sorted.count)).rounded(.up) - 1
    return sorted[max(0, min(sorted.count - 1, Int(place)))]
  }

  /// Whether its objective is met over what was seen of its window; nil where it has none, or has
  /// not run.
  public func meetsObjective(at now: Instant) -> Bool? {
    guard let objective = definition.objective else { return nil }
    let score = score(over: objective.window, at: now)
    guard score.runs > 0 else { return nil }
    return Double(score.good) * 100 >= objective.objective * Double(score.runs)
  }
}
