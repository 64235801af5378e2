/// Counts what a process has answered, per route and status, since it started.
struct RequestMeter {
  /// Bounds of every latency histogram, in seconds.
  static let bounds: [Double] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  ]
  static let boundTexts = [
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10",
  ]

  struct Key: Hashable {
    var path: String
    var method: String
    var status: Int
  }

  struct Route {
    var key: Key
    var count: UInt64 = 0
    var sum = 0.0
    /// Not cumulative; the last is for what lies beyond all bounds.
    var buckets = [UInt64](repeating: 0, count: RequestMeter.bounds.count + 1)
    /// The last observation of each bucket and its trace, for exemplars.
    var exemplars = [Exemplar?](repeating: nil, count: RequestMeter.bounds.count + 1)
    var firstSeen: Int64
  }

  struct Exemplar {
    var traceID: UInt64
    var value: Double
    var wall: Int64
  }

  /// In the order first met.
  private(set) var routes: [Route] = []
  private var places: [Key: Int] = [:]
  private(set) var total: UInt64 = 0

  mutating func record(
    _ key: Key, seconds: Double, traceID: UInt64? = nil, wall: Int64 = WallTime.now()
  ) {
    let place: Int
    if let known = places[key] {
      place = known
    } else {
      place = routes.count
      places[key] = place
      routes.append(Route(key: key, firstSeen: wall))
    }
    let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
    routes[place].count += 1
    routes[place].sum += seconds
    routes[place].buckets[bucket] += 1
    if let traceID {
      routes[place].exemplars[bucket] = Exemplar(traceID: traceID, value: seconds, wall: wall)
    }
    total += 1
  }
}
