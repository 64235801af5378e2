/// The last minutes of each runtime signal of one process, for sparklines: at most one value every
/// five seconds, sixty of each, and no more than `signalLimit` signals.
public struct SignalHistory: Sendable, Hashable, Codable {
  public static let seconds = 5.0
  public static let valueLimit = 60
  public static let signalLimit = 32

  struct Track: Sendable, Hashable, Codable {
    var name: String
    /// Stretch of the first value.
    var first: Int64
    /// One for each stretch since `first`; `gap` where nothing was scraped.
    var values: [Double]

    /// No finite value, and half the room of an optional one.
    static let gap = -Double.infinity

    private enum CodingKeys: String, CodingKey { case name, first, values }

    init(name: String, first: Int64, values: [Double]) {
      self.name = name
      self.first = first
      self.values = values
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      name = try container.decode(String.self, forKey: .name)
      first = try container.decode(Int64.self, forKey: .first)
      values = try container.decode(PackedDoubles.self, forKey: .values).values
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.container(keyedBy: CodingKeys.self)
      try container.encode(name, forKey: .name)
      try container.encode(first, forKey: .first)
      try container.encode(PackedDoubles(values), forKey: .values)
    }
  }

  private(set) var tracks: [Track] = []

  public init() {}

  /// Keeps the signals' present values; one in the same five seconds replaces the one before.
  /// Values that were not scraped lately leave a gap.
  public mutating func record(_ signals: [Signal], at seconds: Double) {
    let now = Int64(max(0, min(seconds / SignalHistory.seconds, 1e15)))
    for signal in signals where signal.value.isFinite {
      let taken = Int64(max(0, min((seconds - signal.age) / SignalHistory.seconds, 1e15)))
      guard now - taken <= 1 else { continue }
      put(signal.value, of: signal.name, at: taken)
    }
  }

  private mutating func put(_ value: Double, of name: String, at stretch: Int64) {
    guard let known = tracks.firstIndex(where: { $0.name == name }) else {
      if tracks.count < SignalHistory.signalLimit {
        tracks.append(Track(name: name, first: stretch, values: [value]))
      }
      return
    }
    let limit = SignalHistory.valueLimit
    var track = tracks[known]
    tracks[known].values = []
    defer { tracks[known] = track }
    let position = stretch - track.first
    guard position >= 0 else { return }
    if position >= Int64(track.values.count + limit) {
      track.first = stretch
      track.values.removeAll(keepingCapacity: true)
      track.values.append(value)
      return
    }
    while Int64(track.values.count) <= position { track.values.append(Track.gap) }
    track.values[Int(position)] = value
    let excess = track.values.count - limit
    if excess > 0 {
      track.values.removeFirst(excess)
      track.first += Int64(excess)
    }
  }

  /// Values of one signal in the last `count` stretches up to `seconds`, oldest first, nil where
  /// there was none.
  public func values(of name: String, count: Int = 60, at seconds: Double) -> [Double?] {
    let now = Int64(max(0, min(seconds / SignalHistory.seconds, 1e15)))
    guard count > 0, let track = tracks.first(where: { $0.name == name }) else { return [] }
    return (0..<Int64(count)).map { step in
      let position = now - Int64(count) + 1 + step - track.first
      guard position >= 0, position < Int64(track.values.count) else { return nil }
      let value = track.values[Int(position)]
      return value == Track.gap ? nil : value
    }
  }
}
