/// How often news may be drawn: at the usual pace on a link that keeps up, and on a slow one seldom
/// enough that there is always room for the answer to a key.
package struct Pace {
  /// Bytes a second of a slow link, given or measured; nil where the link keeps up.
  package private(set) var rate: Int?
  private let given: Int?
  private var made = 0
  private var measured: (written: Int, at: ContinuousClock.Instant)?
  private var slowUntil: ContinuousClock.Instant?
  private var notBefore: ContinuousClock.Instant
  private var isBehind = false

  /// On a link that keeps up.
  package static let usual = Duration.milliseconds(240)
  /// A link that had to be waited for is taken for slow for so long.
  private static let memory = Duration.seconds(10)

  package init(bytesPerSecond: Int?, at now: ContinuousClock.Instant) {
    given = bytesPerSecond
    rate = bytesPerSecond
    notBefore = now
  }

  /// Learns from what the screen has done so far.
  package mutating func observe(
    _ statistics: ScreenPort.Statistics, at now: ContinuousClock.Instant
  ) {
    isBehind = statistics.bytesPending > 0
    if given == nil { measure(statistics, at: now) }
    let total = statistics.bytesWritten + statistics.bytesPending
    let cost = total - made
    made = total
    guard cost > 0, let rate else { return }
    // Half of the link is for news, the other half for keys.
    notBefore = max(notBefore, now + .seconds(Double(cost) / Double(max(1, rate)) * 2))
  }

  /// Whether news may be drawn: the last were long enough ago, and have arrived.
  package func allowsNews(since last: ContinuousClock.Instant?, at now: ContinuousClock.Instant)
    -> Bool
  {
    guard let last else { return true }
    return !isBehind && now >= notBefore && now - last >= Pace.usual
  }

  /// What a link carries shows while bytes have to wait for it.
  private mutating func measure(
    _ statistics: ScreenPort.Statistics, at now: ContinuousClock.Instant
  ) {
    guard isBehind else {
      measured = nil
      if let until = slowUntil, now >= until {
        slowUntil = nil
        rate = nil
      }
      return
    }
    guard let before = measured else {
      measured = (statistics.bytesWritten, now)
      return
    }
    let waited = now - before.at
    // A moment's wait is any terminal's; a link is slow once it made us wait for longer.
    guard waited >= .milliseconds(400) else { return }
    let seconds = Double(waited.components.seconds) + Double(waited.components.attoseconds) / 1e18
    rate = max(1, Int(Double(statistics.bytesWritten - before.written) / seconds))
    slowUntil = now + Pace.memory
    measured = (statistics.bytesWritten, now)
  }
}
