import Canonical
import Exposition
import Health
import Incident

/// What was last known of one target: the next poll of it is told as a difference from this.
struct TargetMemory: Sendable, Hashable {
  let target: Target
  var liveness = RouteMemory()
  var readiness = RouteMemory()
  var metrics = MetricsMemory()

  init(_ target: Target) { self.target = target }

  mutating func forgetHabits() {
    liveness.numbers.forgetHabits()
    readiness.numbers.forgetHabits()
    metrics.series.forgetHabits()
    metrics.numbers.forgetHabits()
  }
}

/// One health route's last answer.
struct RouteMemory: Sendable, Hashable {
  var path = ""
  var answer: Probe.Answer?
  /// The duration, then the numbers of the report.
  var numbers = NumberTrack()

  mutating func keep(_ answer: Probe.Answer) {
    var count = 1
    var values: [Double] = [numbers.last.first ?? 0]
    var copy = answer
    copy.forEachNumber {
      values.append($0)
      count += 1
    }
    if numbers.count != count {
      numbers = NumberTrack()
      numbers.resize(to: count)
    }
    numbers.last = values
    self.answer = answer
  }
}

/// One metrics route's last scrape.
struct MetricsMemory: Sendable, Hashable {
  var epoch: UInt32 = 0
  /// By number.
  var series = NumberTrack()
  /// The numbers of the series in the order of the last exposition.
  var order: [UInt32] = []
  /// The duration, the size of the body, the number of its samples.
  var numbers = NumberTrack()
  var remarks = Remarks()
  var fault: Fault?

  /// What an extraction holds beside values.
  struct Remarks: Sendable, Hashable, Codable {
    var exemplars: [ExemplarReading] = []
    var violations: [Violation] = []
    var violationCount = 0
    var dropped = 0
  }

  init() { numbers.resize(to: 3) }

  private init(_ numbers: NumberTrack) { self.numbers = numbers }

  /// What stands in its place while it is worked on elsewhere.
  static let away = MetricsMemory(NumberTrack())

  /// The most series of one target that are told as differences.
  static let seriesLimit = 1 << 20

  /// Whether these definitions go on from what is known, or begin anew.
  func takes(_ defined: [SeriesDefinition], epoch: UInt32) -> Bool {
    var next = begins(defined, epoch: epoch) ? 0 : series.count
    for definition in defined {
      guard Int(definition.number) == next else { return false }
      next += 1
    }
    return next <= Self.seriesLimit
  }

  func begins(_ defined: [SeriesDefinition], epoch: UInt32) -> Bool {
    epoch != self.epoch || defined.first?.number == 0
  }

  mutating func define(_ defined: [SeriesDefinition], epoch: UInt32) {
    if begins(defined, epoch: epoch) {
      series = NumberTrack()
      order = []
      self.epoch = epoch
    }
    var before: SeriesDefinition?
    for definition in defined {
      series.append(chained: before.map { definition.follows($0) } ?? false)
      before = definition
    }
  }
}

extension SeriesDefinition {
  /// Whether it is the next bucket of the same histogram: one that holds all that `other` holds.
  fileprivate func follows(_ other: SeriesDefinition) -> Bool {
    guard type == .histogram, other.type == .histogram, family == other.family else { return false }
    guard let bound = other[label: "le"] else { return false }
    let rest = labels.filter { $0.name != "le" }
    guard rest == other.labels.filter({ $0.name != "le" }) else { return false }
    // The count of all comes after the last bucket; a sum is no count.
    if let own = self[label: "le"] { return number(own) > number(bound) }
    return name.hasSuffix("_count")
  }

  private func number(_ bound: String) -> Double { Double(bound) ?? .infinity }
}
