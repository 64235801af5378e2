/// What one signal usually is: its values of the last hour by the minute, and of the last day the
/// middle of every hour. Bounded: 60 values and 26 hours.
///
/// A minute of an incident is no measure of what is usual. The caller leaves out minutes in which
/// the service was not well; a value that is unusual is held out as well, until it has been that
/// way for `heldOutLimit` minutes: then it is what is usual now.
public struct SignalBaseline: Sendable, Hashable {
  public let name: String
  /// Minutes of the clock and their values, oldest first.
  var minutes: [Int64] = []
  var values: [Double] = []
  /// Hours of the clock with the middle and the spread of each, and how many minutes it had.
  var hours: [Int64] = []
  var medians: [Double] = []
  var spreads: [Double] = []
  var counts: [Double] = []
  /// Minutes in a row that were held out for being unusual.
  var heldOut = 0
  /// The last minutes as they were, unusual or not, for whether it rises.
  var recent: [Double] = []

  static let minuteLimit = 60
  static let hourLimit = 26
  static let heldOutLimit = 180
  static let recentLimit = 12
  /// Minutes before which nothing is known to be usual.
  public static let leastMinutes = 5
  /// The same of an hour of yesterday.
  static let leastOfHour = 20
  /// The last minutes are left out: trouble may have begun in them.
  static let settling: Int64 = 2

  public init(name: String) { self.name = name }

  /// Takes the value of a minute, once for each.
  ///
  /// - Parameters:
  ///   - isUsual: the service was well, and the value is not far off what is usual.
  ///   - isWell: the service was well.
  public mutating func take(_ value: Double, minute: Int64, isUsual: Bool, isWell: Bool) {
    guard value.isFinite, minute > minutes.last ?? -1 else { return }
    if recent.count == Self.recentLimit { recent.removeFirst() }
    recent.append(value)
    guard isWell else { return }
    if !isUsual {
      heldOut += 1
      guard heldOut > Self.heldOutLimit else { return }
    } else {
      heldOut = 0
    }
    if let last = minutes.last, last / 60 != minute / 60 { close(last / 60) }
    while let first = minutes.first, first <= minute - Int64(Self.minuteLimit) {
      minutes.removeFirst()
      values.removeFirst()
    }
    minutes.append(minute)
    values.append(value)
  }

  /// Keeps what an hour came to.
  private mutating func close(_ hour: Int64) {
    let ofHour = zip(minutes, values).filter { $0.0 / 60 == hour }.map(\.1)
    guard let norm = Norm(of: ofHour, basis: .yesterday), hour > hours.last ?? -1 else { return }
    if hours.count == Self.hourLimit {
      hours.removeFirst()
      medians.removeFirst()
      spreads.removeFirst()
      counts.removeFirst()
    }
    hours.append(hour)
    medians.append(norm.median)
    spreads.append(norm.spread)
    counts.append(Double(norm.count))
  }

  /// What is usual at a minute: the same hour yesterday where enough of it is known, else the last
  /// hour; nil where neither is.
  public func norm(at minute: Int64) -> Norm? {
    let yesterday = minute / 60 - 24
    if let place = hours.lastIndex(of: yesterday), counts[place] >= Double(Self.leastOfHour) {
      return Norm(
        median: medians[place], spread: spreads[place], basis: .yesterday,
        count: Int(counts[place]))
    }
    // The hour ends with the last minute that was usual: an incident longer than an hour is still
    // held against what was before it.
    let end = min(minute, (minutes.last ?? minute) + 1)
    // They rise, so what is settled stands together.
    let first = minutes.firstIndex { $0 > end - Int64(Self.minuteLimit) } ?? minutes.endIndex
    let settled = (minutes.lastIndex { $0 <= end - Self.settling } ?? -1) + 1
    guard settled - first >= Self.leastMinutes else { return nil }
    return Norm(of: Array(values[first..<settled]), basis: .lastHour)
  }

  /// Whether it goes up steadily: in the last minutes nearly every value is above those before it
  /// (Kendall's tau of at least 0.7), by a fifth at least over all.
  public var isRising: Bool {
    guard recent.count >= 8, let first = recent.first, let last = recent.last, first >= 0 else {
      return false
    }
    var score = 0
    for i in recent.indices {
      for j in recent.indices where j > i {
        score += recent[j] > recent[i] ? 1 : recent[j] < recent[i] ? -1 : 0
      }
    }
    let pairs = recent.count * (recent.count - 1) / 2
    return score * 10 >= pairs * 7 && last >= first * 1.2 && last > first
  }

  /// A restart: what rose before it says nothing of what comes.
  public mutating func forgetTrend() { recent.removeAll() }
}
