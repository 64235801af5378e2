import Fleet
import Health

/// One instance that sends beats, as it is at the desk. Times are seconds of one clock that never goes back.
struct Sender: Sendable {
  /// The file names it: it is missed though it was never heard, and never forgotten.
  let isNamed: Bool
  /// The entries tell of it.
  var isInFleet = false
  /// What it said last, where that waits until it is.
  var waiting: HealthReport?
  /// It said that it leaves: its silence means nothing until it is back.
  private(set) var hasLeft = false
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

  /// Beats that may come at once, for those of every second that the network bunches together.
  private static let burst = 2.0
  /// Of its pace: so many beats are waited for before it is told as missing.
  static let patience = 4.0

  /// One that was never heard: it may come late, at the slowest pace that it may have been given before.
  init(named beacon: Beacon, at now: Double) {
    self.init(isNamed: true, beacon, at: now)
    missed = now + max(Sender.patience * beacon.every, 2 * Sender.slowest(beacon))
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
    wasHeard = true
    silentSince = now
    pace = Sender.policy(beacon).pace(wished: report.nextCheck, isWell: true)
    missed = now + Sender.patience * pace
  }

  mutating func leave() {
    hasLeft = true
    waiting = nil
  }

  /// The seconds for which it has been silent where it is to be told as missing now: again at each beat that
  /// does not come, so that what is known of it stays fresh.
  mutating func missing(at now: Double) -> Double? {
    guard isInFleet, !hasLeft, now >= missed else { return nil }
    missed = now + pace
    return now - silentSince
  }

  func isForgotten(by beacon: Beacon, at now: Double) -> Bool {
    !isNamed && now - silentSince >= beacon.forget
  }

  private static func policy(_ beacon: Beacon) -> HealthPolicy {
    HealthPolicy(PollPolicy(interval: beacon.every))
  }

  private static func slowest(_ beacon: Beacon) -> Double {
    policy(beacon).pace(wished: .greatestFiniteMagnitude, isWell: true)
  }
}
