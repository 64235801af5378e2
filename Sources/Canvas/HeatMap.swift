/// How a distribution moved over time: columns are steps of time, rows are buckets with their bounds at the side.
///
/// The shade is the share of a step's own observations that fell into the bucket, so that a quiet hour
/// can be read beside a busy one. Lines, such as percentiles, and a threshold are drawn on it.
package struct HeatMap: Sendable {
  /// Upper bounds of the buckets, rising; the last may be infinite.
  package var bounds: [Double]
  /// For each step, oldest first, the share of each bucket in 0...1, lowest bucket first; nil is a gap.
  package var steps: [[Double]?]
  package var lines: [Line]
  package var threshold: Double?
  /// How a bound is written at the side.
  package var label: @Sendable (Double) -> String

  /// A value over the steps: nil where it is not known, infinite where it is past the last finite bound.
  package struct Line: Sendable, Hashable {
    /// Stands at the line's right end.
    package var name: String
    package var values: [Double?]
    package var style: Style
    package var sign: Unicode.Scalar
    /// What draws it on an ASCII terminal.
    package var letter: Unicode.Scalar

    package init(
      _ name: String, _ values: [Double?], _ role: Role, sign: Unicode.Scalar,
      letter: Unicode.Scalar
    ) {
      self.name = name
      self.values = values
      style = Style(role)
      self.sign = sign
      self.letter = letter
    }
  }

  package init(
    bounds: [Double], steps: [[Double]?], lines: [Line] = [], threshold: Double? = nil,
    label: @escaping @Sendable (Double) -> String = { Quantity.number($0) }
  ) {
    self.bounds = bounds
    self.steps = steps
    self.lines = lines
    self.threshold = threshold
    self.label = label
  }

  /// The rows it can use of `most`: as many for each bucket that is in use as fit, one at least.
  package func rows(atMost most: Int) -> Int { Bands(self, rows: most).rows }

  /// Draws over the canvas from its top: bounds at the left, names of lines at the right. Too narrow
  /// for both, the plot alone. Answers where the plot is.
  @discardableResult
  package func draw(on canvas: Canvas) -> Rect {
    let bands = Bands(self, rows: canvas.height)
    guard bands.rows > 0, canvas.width > 0 else { return Rect(.zero) }
    let labels = bands.labels(self)
    let left = (labels.map { DisplayText.width(of: $0.text, glyphs: canvas.glyphs) }.max() ?? 0) + 1
    var ends = EndLabels()
    for line in lines.reversed() {
      guard let last = line.values.last(where: { $0 != nil }) ?? nil else { continue }
      ends.add(line.name, line.style, row: bands.row(of: last, bounds))
    }
    let right = ends.width(canvas.glyphs)
    guard canvas.width >= left + right + 8 else {
      drawPlot(on: canvas.sub(Rect(x: 0, y: 0, width: canvas.width, height: bands.rows)), bands)
      return Rect(x: 0, y: 0, width: canvas.width, height: bands.rows)
    }
    for y in 0..<bands.rows { canvas.put(Glyph("│"), at: Point(left - 1, y), Style(.axis)) }
    for label in labels {
      canvas.put(label.text, endingAt: left - 1, y: label.row, Style(.axis))
      canvas.put(Glyph("┤"), at: Point(left - 1, label.row), Style(.axis))
    }
    let plot = Rect(x: left, y: 0, width: canvas.width - left - right, height: bands.rows)
    drawPlot(on: canvas.sub(plot), bands)
    ends.draw(on: canvas, at: plot.maxX + 1)
    return plot
  }

  private static let shades: [Unicode.Scalar] = ["░", "▒", "▓", "█"]
  private static let brailleShades: [Unicode.Scalar] = ["⠌", "⢕", "⣮", "⣿"]
  private static let asciiShades: [Unicode.Scalar] = [".", ":", "%", "#"]
  /// From which share on each shade is drawn.
  private static let levels = [0.0, 0.1, 0.25, 0.5]

  private func drawPlot(on plot: Canvas, _ bands: Bands) {
    guard !steps.isEmpty else { return }
    let shades =
      switch plot.glyphs.charts {
      case .blocks: HeatMap.shades
      case .braille: HeatMap.brailleShades
      case .ascii: HeatMap.asciiShades
      }
    // A line must not hide the shades of a bucket that has one row only: every second cell is left.
    let isDense = bands.rows < 2 * bands.count
    let thresholdRow = threshold.map { bands.row(of: $0, bounds) }
    var isShaded = [Bool](repeating: false, count: bands.rows)
    for x in 0..<plot.width {
      let range = stretch(x, of: plot.width)
      for row in 0..<bands.rows {
        let share = share(of: bands.buckets(inRow: row), range)
        isShaded[row] = share > 0
        guard share > 0 else { continue }
        let level = HeatMap.levels.lastIndex { share > $0 } ?? 0
        plot.put(Glyph(shades[level]), at: Point(x, row), Style(.series1))
      }
      if let row = thresholdRow, !isShaded[row] || x % 2 == 1 {
        plot.put(Glyph("╌"), at: Point(x, row), Style(.threshold))
      }
      for line in lines {
        guard let value = line.value(range) else { continue }
        let row = bands.row(of: value, bounds)
        if isDense, isShaded[row], x % 2 == 1 { continue }
        let scalar = plot.glyphs.charts == .ascii ? line.letter : line.sign
        plot.put(Glyph(scalar), at: Point(x, row), line.style)
      }
    }
  }

  /// The steps that column `x` of `columns` shows.
  private func stretch(_ x: Int, of columns: Int) -> Range<Int> {
    let low = x * steps.count / columns
    return low..<max(low + 1, (x + 1) * steps.count / columns)
  }

  /// The mean share of some buckets over some steps, gaps left out.
  private func share(of buckets: Range<Int>, _ range: Range<Int>) -> Double {
    var sum = 0.0
    var known = 0
    for step in range {
      guard let shares = steps[step] else { continue }
      known += 1
      for bucket in shares.indices.clamped(to: buckets) { sum += max(0, shares[bucket]) }
    }
    return known == 0 ? 0 : sum / Double(known)
  }
}

extension HeatMap.Line {
  /// The largest value over some steps.
  fileprivate func value(_ range: Range<Int>) -> Double? {
    values.indices.clamped(to: range).compactMap { values[$0] }.filter { !$0.isNaN }.max()
  }
}

/// Which rows of a heat map show which buckets: only those in use, each as high as the others.
private struct Bands {
  /// The first bucket that is shown.
  let low: Int
  /// Buckets that are shown.
  let count: Int
  let rows: Int

  init(_ map: HeatMap, rows most: Int) {
    var used: ClosedRange<Int>?
    func use(_ bucket: Int) {
      used = used.map { min($0.lowerBound, bucket)...max($0.upperBound, bucket) } ?? bucket...bucket
    }
    for case .some(let shares) in map.steps {
      for bucket in shares.indices.prefix(map.bounds.count) where shares[bucket] > 0 { use(bucket) }
    }
    if used != nil, let threshold = map.threshold { use(Bands.bucket(of: threshold, map.bounds)) }
    guard let used, most > 0 else {
      (low, count, rows) = (0, 0, 0)
      return
    }
    low = used.lowerBound
    count = used.count
    rows = count <= most ? most / count * count : most
  }

  static func bucket(of value: Double, _ bounds: [Double]) -> Int {
    bounds.firstIndex { value <= $0 } ?? max(0, bounds.count - 1)
  }

  /// Counted from the top.
  func row(of value: Double, _ bounds: [Double]) -> Int {
    let bucket = Bands.bucket(of: value, bounds)
    guard bounds.indices.contains(bucket) else { return 0 }
    let upper = bounds[bucket]
    let lower = bucket > 0 ? bounds[bucket - 1] : min(0, upper)
    var share = 0.5
    if upper.isFinite, upper > lower {
      share = min(0.999, max(0, (value - lower) / (upper - lower)))
    }
    let place = (Double(bucket - low) + share) * Double(rows) / Double(max(1, count))
    return rows - 1 - max(0, min(rows - 1, Int(place)))
  }

  func buckets(inRow row: Int) -> Range<Int> {
    let up = rows - 1 - row
    let first = up * count / rows
    return low + first..<low + max(first + 1, (up + 1) * count / rows)
  }

  /// The upper bound of each bucket, or group of them, at its highest row.
  func labels(_ map: HeatMap) -> [(row: Int, text: String)] {
    var labels: [(Int, String)] = []
    var last = -1
    for row in 0..<rows {
      let bucket = buckets(inRow: row).upperBound - 1
      guard bucket != last, map.bounds.indices.contains(bucket) else { continue }
      last = bucket
      let bound = map.bounds[bucket]
      if bound.isFinite {
        labels.append((row, map.label(bound)))
      } else if bucket > 0 {
        labels.append((row, ">" + map.label(map.bounds[bucket - 1])))
      }
    }
    return labels
  }
}
