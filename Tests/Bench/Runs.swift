/// One figure measured several times.
struct Runs {
  private(set) var values: [Double] = []

  init(_ values: [Double] = []) { self.values = values }

  mutating func add(_ value: Double) { values.append(value) }

  var isEmpty: Bool { values.isEmpty }

  /// 0 of no runs.
  var median: Double { percentile(0.5) }

  func percentile(_ share: Double) -> Double {
    guard !values.isEmpty else { return 0 }
    let sorted = values.sorted()
    if share == 0.5, sorted.count % 2 == 0 {
      return (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
    }
    return sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
  }

  /// `1.21 (1.18–1.30)`; the bounds only where there is more than one run.
  func text(_ digits: Int) -> String {
    guard let low = values.min(), let high = values.max() else { return "–" }
    let middle = median.fixed(digits)
    guard values.count > 1 else { return middle }
    return "\(middle) (\(low.fixed(digits))–\(high.fixed(digits)))"
  }
}

extension Double {
  /// With this many digits after the point, without help from a locale.
  func fixed(_ digits: Int) -> String {
    guard isFinite, magnitude < 1e15 else { return "–" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let whole = Int((magnitude * Double(scale)).rounded())
    let sign = self < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    let tail = String(whole % scale)
    return sign + String(whole / scale) + "."
      + String(repeating: "0", count: digits - tail.count) + tail
  }
}
