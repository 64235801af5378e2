public import Canonical
public import Fleet

/// What is known of one route of an instance from all the times it was asked.
public struct Route: Sendable, Hashable {
  public enum Verdict: String, Sendable, Hashable, CanonicalCodable {
    case pass, fail
    /// Not asked yet, or what came is no health answer.
    case unknown
  }

  public private(set) var verdict: Verdict = .unknown
  /// When the verdict last changed.
  public private(set) var since: Instant?
  /// When the last answer came, a fault included.
  public private(set) var lastAnswer: Instant?
  /// Seconds that the last answer took.
  public private(set) var lastDuration: Double?
  public private(set) var successes = 0
  public private(set) var failures = 0
  /// Answers in a row with this verdict.
  public private(set) var streak = 0
  /// Soft timeouts in a row.
  public private(set) var timeouts = 0
  /// Why the verdict is not pass.
  public private(set) var fault: Fault?
  /// The verdict's words for a person: `503: pool saturated`.
  public private(set) var cause: String?
  public private(set) var httpStatus: Int?
  /// The path of the last probe.
  public private(set) var path: String?
  /// Nothing is asked: what is known came in beats.
  var isTold: Bool { path == Probe.beat || isAtRest }
  /// What was told last is its last word until it comes again.
  var isAtRest: Bool { path == Probe.rest }
  /// What the last body that could be read said.
  public private(set) var report: HealthReport?
  /// `report` is of the last answer; else a fault or something unreadable came since.
  public private(set) var isReportCurrent = false
  /// Seconds to the next time it is asked, as was agreed when it last answered.
  var pace: Double?
  /// It has passed at least once.
  public private(set) var hasPassed = false

  private var recent = RecentAnswers()

  public init() {}

  /// The last answers, oldest first: seconds each took, and whether it passed.
  public var answers: [(duration: Double, passed: Bool)] { recent.inOrder }

  /// Seconds that each of the last answers took, oldest first.
  public var durations: [Double] { answers.map(\.duration) }

  mutating func record(_ outcome: Outcome, path: String?, duration: Double, at instant: Instant) {
    if outcome.verdict != verdict || since == nil {
      since = instant
      streak = 0
    }
    verdict = outcome.verdict
    streak += 1
    lastAnswer = instant
    lastDuration = duration
    self.path = path ?? self.path
    fault = outcome.fault
    cause = outcome.cause
    httpStatus = outcome.httpStatus
    isReportCurrent = outcome.report.map { $0.dialect != .unreadable } ?? false
    if isReportCurrent { report = outcome.report }
    timeouts = outcome.fault?.isSoft == true ? timeouts + 1 : 0
    if verdict == .pass {
      successes += 1
      hasPassed = true
    } else {
      failures += 1
    }
    recent.keep(duration, passed: verdict == .pass)
  }

  /// Takes an answer that passes and says what the last one said, which passed as well; what does
  /// not is left for `record`. In place: of a report that repeats itself only numbers are copied.
  mutating func repeats(
    _ probe: Probe, _ status: Int, _ report: HealthReport, at instant: Instant
  ) -> Bool {
    guard verdict == .pass, isReportCurrent, httpStatus == status, !isAtRest, !probe.isRest,
      self.report?.follow(report) == true
    else { return false }
    streak += 1
    successes += 1
    lastAnswer = instant
    lastDuration = probe.isBeat ? 0 : probe.duration
    if path != probe.path { path = probe.path }
    recent.keep(probe.isBeat ? 0 : probe.duration, passed: true)
    return true
  }

  /// How often the verdict changed among the last `count` answers.
  func changes(among count: Int) -> Int { recent.changes(among: count) }

  /// The report of the last answer, where it had one that could be read.
  var current: HealthReport? { isReportCurrent ? report : nil }

  /// Seconds to the next time it is asked, as `current` wishes.
  var wishedPace: Double? { isReportCurrent ? report?.nextCheck : nil }

  var hasReport: Bool { report != nil }

  var saturations: [HealthReport.Saturation] { report?.saturation ?? [] }

  func mayBeFull(from ratio: Double) -> Bool {
    saturations.contains { $0.ratio ?? 0 >= ratio }
  }

  /// Seconds without an answer.
  func silence(at now: Instant) -> Double? { lastAnswer.map { now.seconds(since: $0) } }
}

extension Route: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&verdict, &since, &lastAnswer, &lastDuration)
    try fields.pass(&successes, &failures, &streak, &timeouts)
    try fields.pass(&fault, &cause, &httpStatus, &path)
    try fields.pass(&report, &isReportCurrent, &pace, &hasPassed)
    try fields.pass(&recent)
  }
}
