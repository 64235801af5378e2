public import Canonical

/// A service's requests over time, for charts: every five seconds for five minutes, every minute
/// for six hours. Bounded: at most 64 fine points and 360 coarse ones.
///
/// It is fed from the meters' own finished slots, so that several instances with different scrape
/// times add up in the same points. Time nobody watched is a gap, which is not zero.
public struct RequestHistory: Sendable, Hashable {
  /// Seconds of a fine point.
  public static let fineSeconds = 5.0
  /// Seconds of a coarse point.
  public static let coarseSeconds = 60.0
  public static let fineLimit = 64
  public static let coarseLimit = 360
  /// Quantiles of summaries that a point keeps.
  static let summaryLimit = 8

  /// Sums of one stretch of time.
  struct Sums: Sendable, Hashable {
    /// Number of the stretch on the clock: its time divided by its length.
    var number: Int64
    var covered = 0.0
    var requests = 0.0
    var judged = 0.0
    var errors: Double?
    var rate: Double?
    var buckets = HistogramBuckets()
    /// Quantiles that instances computed themselves, of each the worst; nil where none did.
    var worst: [RequestStatistics.SummaryQuantile]?
    /// Seconds for which `rate` stands, to weigh it when points are summed.
    var weight = 0.0

    init(number: Int64) { self.number = number }
  }

  private(set) var fine = StretchTable(.fine)
  /// Whole minutes, all but the one that is under way.
  private var coarse = StretchTable(.coarse)
  /// The minute under way, as far as it is known.
  private var minute: Sums?
  /// The last fine stretch that was taken from the meters.
  private var taken: Int64?

  public init() {}

  /// One point of a chart.
  public struct Point: Sendable, Hashable, Codable {
    /// Seconds on the session's clock where the point's stretch begins.
    public var start: Double
    /// Seconds it spans.
    public var length: Double
    /// Requests a second; nil in a gap, 0 when there was no traffic.
    public var rate: Double?
    /// 0…1; nil in a gap, without traffic, or where nothing tells errors.
    public var errorRatio: Double?
    public var p50: LatencyQuantile
    public var p95: LatencyQuantile
    public var p99: LatencyQuantile
    /// How the requests were spread; empty in a gap, without traffic, and for summaries.
    public var buckets: HistogramBuckets

    /// A stretch that nobody watched.
    public init(gapAt start: Double, length: Double) {
      self.init(nil, start: start, length: length)
    }
  }

  /// Takes what the meters of the service have finished since the last call.
  ///
  /// Call it as often as is convenient, at least once a minute or older slots are lost; between
  /// slots it does nothing. A slot is taken once, one slot after it ended, so that scrapes on
  /// their way still count.
  public mutating func record(_ meters: [InstanceMeter], at seconds: Double) {
    record(at: seconds) { number, take in
      for meter in meters { meter.finished(number).map(take) }
    }
  }

  /// The same of meters that stay where they are.
  ///
  /// - Parameter slots: asked only when there is something to take: hands the slot of that number
  ///   of every meter over, as far as they have it.
  public mutating func record(
    at seconds: Double,
    slots: (_ number: Int64, _ take: (RequestStatistics) -> Void) -> Void
  ) {
    let newest = InstanceMeter.slot(of: seconds, in: .minute) - 2
    guard newest >= 0 else { return }
    let oldest = max((taken ?? newest - 1) &+ 1, newest - Int64(Window.slots) + 2)
    guard oldest <= newest else { return }
    for number in oldest...newest {
      var sums = Sums(number: number)
      slots(number) { sums.add($0) }
      if sums.covered > 0 { keep(&sums) }
    }
    taken = newest
  }

  private mutating func keep(_ sums: inout Sums) {
    sums.weight = RequestHistory.fineSeconds
    fine.append(sums)
    let number = sums.number / Int64(RequestHistory.coarseSeconds / RequestHistory.fineSeconds)
    if minute?.number != number {
      if let minute { coarse.append(minute) }
      minute = Sums(number: number)
    }
    minute?.add(sums)
  }

  /// Points of the last `count` fine stretches up to `seconds`, oldest first.
  public func recent(_ count: Int = 60, at seconds: Double) -> [Point] {
    let length = RequestHistory.fineSeconds
    guard let span = Self.span(count, length, delay: 2, at: seconds) else { return [] }
    return points(fine.sums(since: span.lowerBound), span, length: length)
  }

  /// Points of the last `count` minutes up to `seconds`, oldest first; the current minute counts
  /// from its first finished stretch.
  public func minutes(_ count: Int = 360, at seconds: Double) -> [Point] {
    let length = RequestHistory.coarseSeconds
    guard let span = Self.span(count, length, delay: 0, at: seconds) else { return [] }
    var sums = coarse.sums(since: span.lowerBound)
    if let minute { sums.append(minute) }
    return points(sums, span, length: length)
  }

  /// The numbers of the last `count` stretches up to `seconds`.
  static func span(
    _ count: Int, _ length: Double, delay: Int64, at seconds: Double
  ) -> ClosedRange<Int64>? {
    let newest = Int64(max(0, min(seconds / length, 1e15))) - delay
    guard newest >= 0, count > 0 else { return nil }
    return max(0, newest - Int64(count) + 1)...newest
  }

  private func points(_ sums: [Sums], _ span: ClosedRange<Int64>, length: Double) -> [Point] {
    var points: [Point] = []
    points.reserveCapacity(span.count)
    var next = sums.startIndex
    for number in span {
      // A scrape that covers more than its own stretch speaks for the ones before it as well.
      while next < sums.endIndex, sums[next].number < number { next += 1 }
      var found: Sums?
      if next < sums.endIndex, Self.speaks(sums[next].number, sums[next].covered, number, length) {
        found = sums[next]
      }
      points.append(Point(found, start: Double(number) * length, length: length))
    }
    return points
  }

  /// Whether a point speaks for a stretch: its own and those before it that no scrape fell in.
  /// After more than half a minute without one it is an outage, and stays a gap.
  static func speaks(
    _ own: Int64, _ covered: Double, _ number: Int64, _ length: Double
  ) -> Bool {
    if own == number { return true }
    let stretches =
      (0...max(30, 2 * length)).contains(covered) ? Int64((covered / length).rounded(.up)) : 1
    return own &- number < stretches
  }
}

extension InstanceMeter {
  /// A slot that nothing is added to any more; nil where it is not held or was not watched.
  public func finished(_ slot: Int64) -> RequestStatistics? {
    guard let found = statistics(window: .minute, slot: slot), found.covered > 0 else {
      return nil
    }
    return found
  }
}

extension RequestHistory.Sums {
  mutating func add(_ slot: RequestStatistics) {
    covered = max(covered, slot.covered)
    requests += slot.requests
    judged += slot.judged
    if let more = slot.errors { errors = (errors ?? 0) + more }
    if let more = slot.rate { rate = (rate ?? 0) + more }
    merge(slot.buckets)
    if slot.requests > 0 { merge(slot.summaries) }
  }

  /// Adds a finer stretch: rates are averaged over the time they stand for.
  mutating func add(_ finer: RequestHistory.Sums) {
    covered += finer.covered
    requests += finer.requests
    judged += finer.judged
    if let more = finer.errors { errors = (errors ?? 0) + more }
    if let more = finer.rate {
      let total = weight + finer.weight
      rate = ((rate ?? 0) * weight + more * finer.weight) / total
      weight = total
    }
    merge(finer.buckets)
    merge(finer.worst ?? [])
  }

  private mutating func merge(_ more: HistogramBuckets) {
    // Points without traffic carry no buckets: they would only pull bounds together.
    guard let total = more.total, total > 0 else { return }
    buckets.merge(more)
  }

  /// Quantiles of summaries cannot be put together: the worst stands for all.
  private mutating func merge(_ more: [RequestStatistics.SummaryQuantile]) {
    for summary in more where summary.value.isFinite {
      var kept = worst ?? []
      if let known = kept.firstIndex(where: { $0.quantile == summary.quantile }) {
        if summary.value > kept[known].value { kept[known] = summary }
      } else if kept.count < RequestHistory.summaryLimit {
        kept.append(summary)
      }
      worst = kept
    }
  }

  func latency(_ q: Double) -> LatencyQuantile {
    let read = buckets.latency(q)
    if read != .none { return read }
    guard let summary = worst?.first(where: { $0.quantile == q }) else { return .none }
    return .summary(value: summary.value, instance: summary.instance)
  }
}

extension RequestHistory.Point {
  init(_ sums: RequestHistory.Sums?, start: Double, length: Double) {
    self.start = start
    self.length = length
    rate = sums?.rate
    if let sums, let errors = sums.errors, sums.judged > 0 {
      errorRatio = min(errors / sums.judged, 1)
    }
    p50 = sums?.latency(0.5) ?? .none
    p95 = sums?.latency(0.95) ?? .none
    p99 = sums?.latency(0.99) ?? .none
    buckets = sums?.buckets ?? HistogramBuckets()
  }
}

// MARK: As bytes

extension RequestHistory: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&fine, &coarse, &minute, &taken)
  }
}

extension RequestHistory.Sums: FieldCoded {
  static var blank: Self { Self(number: 0) }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&number, &covered, &requests, &judged)
    try fields.pass(&errors, &rate, &buckets, &worst)
    try fields.pass(&weight)
  }
}
