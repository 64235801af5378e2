#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// Where values lie between the bottom (0) and the top (1) of a chart.
struct Axis {
  let low: Double
  let high: Double
  let isLogarithmic: Bool

  init(_ range: ClosedRange<Double>, _ scale: Chart.Scale) {
    isLogarithmic = scale == .logarithmic
    low = isLogarithmic ? max(range.lowerBound, 1e-12) : range.lowerBound
    high = max(range.upperBound, low)
  }

  /// Nil only for NaN; may lie outside 0...1. What a logarithmic axis cannot show lies at its bottom.
  func share(_ value: Double) -> Double? {
    if value.isNaN { return nil }
    if high == low { return value > high ? 1 : 0 }
    if isLogarithmic { return value <= low ? 0 : log(min(value, 1e300) / low) / log(high / low) }
    return (value - low) / (high - low)
  }

  func value(_ share: Double) -> Double {
    isLogarithmic ? low * pow(high / low, share) : low + (high - low) * share
  }

  /// The rows to label, about one in four, and what each stands for.
  func marks(rows: Int) -> [(row: Int, value: Double)] {
    guard rows > 1 else { return [(0, high)] }
    let count = max(1, (rows - 1) / 3)
    return (0...count).map { i in
      let row = i * (rows - 1) / count
      return (row, value(1 - Double(row) / Double(rows - 1)))
    }
  }
}
