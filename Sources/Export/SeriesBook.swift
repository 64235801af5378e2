/// Series and their points, put down in the order of time and read series by series.
struct SeriesBook {
  /// More than any fleet has: what a hostile recording may make of memory.
  static let limit = 1_000_000

  private(set) var catalog = SeriesCatalog()
  private var points: PointStore
  /// There were more series than the limit.
  private(set) var isFull = false

  init(spool: any Spool, room: Int) {
    points = PointStore(spool: spool, room: room)
    OwnSeries.declare(in: &catalog)
  }

  /// The number of a series, from 0; nil where there is no room for a new one.
  mutating func number(_ identity: MetricIdentity, help: String? = nil) -> Int? {
    if points.count >= SeriesBook.limit, !catalog.has(identity) {
      isFull = true
      return nil
    }
    let number = catalog.number(identity, help: help)
    while points.count <= number { _ = points.addSeries() }
    return number
  }

  mutating func write(_ value: Double, at time: Int64, to number: Int) throws {
    try points.add(value, at: time, to: number)
  }

  /// The family of this series keeps the rules of its type no longer.
  mutating func breakRules(of number: Int) { catalog.breakRules(of: number) }

  // MARK: Reading

  /// Calls `body` with each line of the samples of one metric, all parts of it at one time
  /// together.
  func forEachSample(of metric: [Int], _ body: (String) throws -> Void) throws {
    var heads: [Head] = []
    for number in metric {
      var reader = try points.points(of: number)
      guard let first = try reader.next() else { continue }
      let series = catalog.series[number]
      heads.append(Head(series: series.name + series.labels + " ", reader: reader, point: first))
    }
    while let time = heads.lazy.map(\.point.time).min() {
      for index in heads.indices where heads[index].point.time == time {
        try body(
          heads[index].series + OpenMetricsText.value(heads[index].point.value) + " "
            + OpenMetricsText.time(time) + "\n")
        if let next = try heads[index].reader.next() {
          heads[index].point = next
        } else {
          heads[index].isOver = true
        }
      }
      if heads.contains(where: \.isOver) { heads.removeAll(where: \.isOver) }
    }
  }

  /// Whether anything was written to any series of a metric.
  func hasPoints(_ metric: [Int]) -> Bool { metric.contains { points.hasPoints($0) } }

  /// One series while it is being read.
  private struct Head {
    let series: String
    var reader: PointReader
    var point: (time: Int64, value: Double)
    var isOver = false
  }
}
