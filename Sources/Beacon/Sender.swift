import Fleet
import Health

/// One instance that sends beats, as it is at the desk. Times are seconds of one clock that never goes back.
struct Sender: Sendable {
  /// The file names it: it is missed though it was never heard, and never forgotten.
  let isNamed: Bool
  /// The entries tell of it.
  var isInFleet = false
  /// What it said last; nil where that is no longer so.
  private(set) var last: HealthReport?
  /// It said that it leaves: its silence means nothing until it is back, or due.
  private(set) var hasLeft = false
  /// What it said last stands until it is back.
  private(set) var rest: Rest?
  /// It was heard at least once.
  private(set) var wasHeard = false
  /// Seconds to its next beat, as was agreed with the last.
  private(set) var pace: Double
  /// Since when its silence counts.
  private var silentSince: Double
  /// When it is missed for the next time.
  private var missed: Double
  private var allowance = Sender.burst
  private var allowanceAt: Double

  /// The time between two runs.
  struct Rest: Sendable, Hashable {
    /// Seconds to the end of the next run; nil where nobody knows when that comes.
    let next: Double?
    private let grace: Double

    init(next: Double?, by beacon: Beacon) {
      self.next = next
      grace = beacon.schedule?.grace ?? Beacon.Schedule.usualGrace(of: next ?? 0)
    }

    /// Seconds after which the next run is missed.
    var awaited: Double? { next.map { $0 + grace } }
  }

  /// Beats that may come at once, for those of every second that the network bunches together.
  private static let burst = 2.0
  /// Of its pace: so many beats are waited for before it is told as missing.
  static let patience = 4.0
  /// Of its pace, that one which was known before has after a restart to be heard again.
  private static let patienceAtFirst = 2.0

  /// One that was never heard: it may come late, at the slowest pace that it may have been given before.
  init(named beacon: Beacon, at now: Double) {
    self.init(isNamed: true, beacon, at: now)
    let run = beacon.schedule.map { $0.period + $0.grace } ?? 0
    missed = now + max(Sender.patience * beacon.every, 2 * Sender.slowest(beacon), run)
  }

  /// One that makes itself known.
  init(new beacon: Beacon, at now: Double) { self.init(isNamed: false, beacon, at: now) }

  private init(isNamed: Bool, _ beacon: Beacon, at now: Double) {
    self.isNamed = isNamed
    pace = beacon.every
    silentSince = now
    missed = now + Sender.patience * beacon.every
    allowanceAt = now
  }

  /// One that an earlier run has told of.
  init(_ known: BeaconMemory.Known, isNamed: Bool, by beacon: Beacon, at now: Double) {
    self.init(isNamed: isNamed, beacon, at: now)
    isInFleet = true
    last = known.report
    wasHeard = true
    if let report = known.report { pace = Sender.pace(of: report, by: beacon) }
    silentSince = now - known.silence
    hasLeft = known.hasLeft || known.isAtRest
    if known.isAtRest { rest = Rest(next: known.report?.nextCheck, by: beacon) }
    // Nobody took its beats meanwhile: that is not its silence.
    missed = max(
      silentSince + (rest?.awaited ?? Sender.patience * pace),
      now + Sender.patienceAtFirst * pace)
  }

  /// Takes one message off what it may send now: one each second; false where nothing is left of it.
  mutating func isAllowed(at now: Double) -> Bool {
    allowance = min(Sender.burst, allowance + max(0, now - allowanceAt))
    allowanceAt = now
    guard allowance >= 1 else { return false }
    allowance -= 1
    return true
  }

  mutating func hear(_ report: HealthReport, by beacon: Beacon, at now: Double) {
    hasLeft = false
    rest = nil
    last = report
    wasHeard = true
    silentSince = now
    pace = Sender.pace(of: report, by: beacon)
    missed = now + Sender.patience * pace
  }

  /// Its good-bye: what it said is no longer so.
  mutating func leave() {
    hasLeft = true
    rest = nil
    last = nil
  }

  /// Its good-bye: what it said stands until it comes again.
  ///
  /// - Parameter next: seconds to the end of its next run; nil where nobody knows when that comes.
  mutating func rest(on report: HealthReport, next: Double?, by beacon: Beacon, at now: Double) {
    var report = report
    report.nextCheck = next
    // What is over neither begins nor ends.
    if report.phase != .misconfigured { report.phase = nil }
    let rest = Rest(next: next, by: beacon)
    hasLeft = true
    wasHeard = true
    last = report
    self.rest = rest
    silentSince = now
    missed = now + (rest.awaited ?? .infinity)
  }

  /// What is told of it, where it was heard and is there, or rests.
  var telling: BeatTelling? { last.map { BeatTelling($0, isLast: rest != nil) } }

  /// Why it is to be told as missing now: again at each beat that does not come, so that what is known of it stays
  /// fresh; nil where it is not missed.
  mutating func missing(at now: Double) -> String? {
    guard isInFleet, !hasLeft || rest?.next != nil, now >= missed else { return nil }
    missed = now + pace
    let silence = now - silentSince
    if let next = rest?.next { return BeatSentence.late(silence - next) }
    return BeatSentence.missing(silence, wasHeard: wasHeard)
  }

  func isForgotten(by beacon: Beacon, at now: Double) -> Bool {
    !isNamed && now - silentSince >= (rest?.awaited ?? 0) + beacon.forget
  }

  private static func pace(of report: HealthReport, by beacon: Beacon) -> Double {
    policy(beacon).pace(wished: report.nextCheck, isWell: true)
  }

  private static func policy(_ beacon: Beacon) -> HealthPolicy {
    HealthPolicy(PollPolicy(interval: beacon.every))
  }

  private static func slowest(_ beacon: Beacon) -> Double {
    policy(beacon).pace(wished: .greatestFiniteMagnitude, isWell: true)
  }
}
