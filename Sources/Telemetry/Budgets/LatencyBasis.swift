public import Canonical

/// How exactly a latency objective can be counted from the buckets there are.
public enum LatencyBasis: Sendable, Hashable {
  /// The threshold is a bound of a bucket: every request is on the side it belongs to.
  case bound(Double)
  /// The threshold lies between two bounds, in seconds; requests are taken to be spread evenly
  /// between them, so that this share of those between them counts as good.
  case between(Double, Double, share: Double)
  /// The threshold lies past the last bound: only what is known to be faster counts as good.
  case past(Double)

  /// What to know about figures counted so; nil where they are exact.
  public var caveat: String? {
    switch self {
    case .bound: nil
    case .between(let low, let high, _):
      "the threshold is no bucket's bound: read between \(Self.text(low)) and \(Self.text(high))"
    case .past(let last):
      "the threshold lies past the last bucket: slower than \(Self.text(last)) counts as too slow"
    }
  }

  private static func text(_ seconds: Double) -> String {
    let (value, unit) = seconds < 1 ? (seconds * 1000, "ms") : (seconds, "s")
    let rounded = (value * 1000).rounded() / 1000
    return rounded == rounded.rounded() && rounded < 1e15
      ? "\(Int64(rounded))\(unit)" : "\(rounded)\(unit)"
  }

  /// Less exact is more: of several histograms the least exact is told.
  var doubt: Int {
    switch self {
    case .bound: 0
    case .between: 1
    case .past: 2
    }
  }

  /// Of a histogram with `bounds`, rising and ending in `+Inf`.
  public init?(threshold: Double, bounds: [Double]) {
    // Milliseconds made seconds are off by a rounding: 700 x 0.001 is not 0.7.
    let least = threshold * (1 - 1e-9)
    guard bounds.last == .infinity, let above = bounds.firstIndex(where: { $0 >= least }) else {
      return nil
    }
    let below = above == 0 ? 0 : bounds[above - 1]
    if bounds[above] <= threshold * (1 + 1e-9) {
      self = .bound(threshold)
    } else if bounds[above] == .infinity {
      self = .past(below)
    } else {
      let share = (threshold - below) / (bounds[above] - below)
      self = .between(below, bounds[above], share: share)
    }
  }

  /// The columns of `bounds` whose requests count as good, and how much of each: all of the bucket
  /// that ends at the threshold, or parts of the two about it.
  func shares(of bounds: [Double]) -> [(column: Int, share: Double)] {
    switch self {
    case .bound(let threshold):
      let near = threshold * 1e-9
      return bounds.firstIndex { ($0 - threshold).magnitude <= near }.map { [($0, 1)] } ?? []
    case .past(let last): return bounds.firstIndex(of: last).map { [($0, 1)] } ?? []
    case .between(let low, let high, let share):
      // Buckets are cumulative: what lies below `low` is in both, and counts once.
      let parts = [(low, 1 - share), (high, share)]
      return parts.compactMap { bound, part in bounds.firstIndex(of: bound).map { ($0, part) } }
    }
  }
}

extension LatencyBasis: CanonicalOnly {
  public func write(to encoder: CanonicalEncoder) {
    switch self {
    case .bound(let threshold):
      encoder.write("bound")
      encoder.write(threshold)
    case .between(let low, let high, let share):
      encoder.write("between")
      encoder.write(low)
      encoder.write(high)
      encoder.write(share)
    case .past(let last):
      encoder.write("past")
      encoder.write(last)
    }
  }

  public init(canonical decoder: CanonicalDecoder) throws {
    switch try decoder.text() {
    case "bound": self = .bound(try decoder.double())
    case "between":
      self = .between(
        try decoder.double(), try decoder.double(), share: try decoder.double())
    case "past": self = .past(try decoder.double())
    default: throw Malformed("this is no basis of a latency", at: decoder.place)
    }
  }
}
