/// A timestamp as OpenMetrics compares them: whole nanoseconds, the rest cut off.
struct Nanoseconds: Hashable, Comparable {
  private var seconds: Int64
  private var fraction: Int64

  /// Reads what was already found to be a finite number.
  init(_ base: BytePointer, _ range: ByteRange) {
    var point = range.start
    while point < range.end, base[point] != Byte.point { point += 1 }
    if let whole = Number.readInteger(base + range.start, point - range.start),
      let digits = Self.digits(base, ByteRange(start: min(point + 1, range.end), end: range.end))
    {
      seconds = whole
      fraction = base[range.start] == Byte.minus ? -digits : digits
      return
    }
    // Exponents and the like: a double is all that is said.
    var value = 0.0
    _ = Number.read(base + range.start, range.count, into: &value)
    let whole = value.rounded(.towardZero)
    seconds = Int64(exactly: whole) ?? (value < 0 ? .min : .max)
    fraction = Int64(exactly: ((value - whole) * 1e9).rounded(.towardZero)) ?? 0
  }

  /// The first nine digits of a fraction, filled up with zeros.
  private static func digits(_ base: BytePointer, _ range: ByteRange) -> Int64? {
    var value: Int64 = 0
    for i in range.start..<range.end {
      guard base[i] &- Byte.zero < 10 else { return nil }
      if i - range.start < 9 { value = value * 10 + Int64(base[i] - Byte.zero) }
    }
    for _ in min(range.count, 9)..<9 { value *= 10 }
    return value
  }

  static func < (a: Nanoseconds, b: Nanoseconds) -> Bool {
    (a.seconds, a.fraction) < (b.seconds, b.fraction)
  }
}

/// The order in which a family's groups of samples stand: a group is what differs only in the labels
/// that its type splits by (`le`, `quantile`, the state).
struct OpenMetricsGroups {
  typealias Group = [Label]

  private var last: Group?
  private var lastTime: Nanoseconds?
  private var seen: Set<Group> = []
  private var seriesOfTime: Set<[String]> = []
  /// The time of each sample, by its index in the exposition.
  private(set) var times: [Int: Nanoseconds] = [:]

  /// Takes the next sample; what is wrong with its place, and whether it is there twice because
  /// its timestamp lost digits.
  mutating func take(
    _ sample: ParsedExposition.Sample, group: Group, at time: Nanoseconds?, isInfo: Bool, index: Int
  ) -> (complaint: String?, isDuplicate: Bool) {
    var complaint: String?
    if let last, last == group {
      if (time == nil) != (lastTime == nil) {
        complaint = "some samples of one group have a timestamp and some have none"
      } else if let time, let lastTime, lastTime > time, !isInfo {
        complaint = "the timestamps of a group go backwards"
      }
    } else {
      if last != nil, seen.contains(group) {
        complaint = "the samples of one group stand apart from each other"
      }
      seriesOfTime = []
    }
    // Each moment of a group has every series once.
    if time != lastTime { seriesOfTime = [] }
    let sorted = sample.labels.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
    let isNew = seriesOfTime.insert([sample.name] + sorted.flatMap { [$0.name, $0.value] }).inserted
    let isDuplicate = !isNew
    if !isDuplicate { times[index] = time }
    last = group
    lastTime = time
    seen.insert(group)
    return (complaint, isDuplicate)
  }
}
