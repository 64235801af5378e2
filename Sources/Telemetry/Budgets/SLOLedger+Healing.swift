/// Whether a budget gets back as much as it loses.
extension SLOLedger {
  /// Minutes that it is judged by.
  private static let span = 5

  /// Whether no more bad events come than a window gives back: of the last minutes against those that leave it
  /// next, so that what is left of the budget does not fall. A window of more than three days gives back by the hour,
  /// and one that was not watched whole nothing yet.
  ///
  /// What is lost in the current minute counts at once.
  ///
  /// - Parameter length: minutes of a window that is kept.
  /// - Returns: nil where the last minutes were not all watched, or nothing happened in them.
  public func isHealing(over length: Int) -> Bool? {
    guard let minute, let window = windows.first(where: { Int($0.length) == length }) else {
      return nil
    }
    var lost = EventCount.none
    var oldest = EventCount.none
    for back in 1...Int64(SLOLedger.span) {
      guard let events = events(minute: minute - back) else { return nil }
      lost = lost + events
      oldest = events
    }
    let current = events(minute: minute) ?? .none
    guard lost.total + current.total > 0 else { return nil }
    let bad = max(lost.bad, lost.bad - oldest.bad + current.bad)
    guard bad > 0 else { return true }
    if window.isHourly {
      let hour = SLOLedger.hour(of: minute) - window.hours
      let leaving = events(hour: hour)?.bad ?? 0
      return UInt128(bad) * 60 <= UInt128(leaving) * UInt128(SLOLedger.span)
    }
    var leaving: UInt64 = 0
    for step in 0..<Int64(SLOLedger.span) {
      leaving += events(minute: minute - Int64(window.length) + step)?.bad ?? 0
    }
    return bad <= leaving
  }
}
