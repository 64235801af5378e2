/// Values over time under a labelled axis, with a line where it gets bad.
///
/// Each series has as many values as there are steps of time, oldest first, nil where nothing is known: a gap
/// is drawn as a gap. Where series cross, the later one is on top.
package struct Chart: Sendable {
  package struct Series: Sendable, Hashable {
    package var name: String
    package var values: [Double?]
    package var style: Style
    /// What draws this series where a terminal has only ASCII.
    package var letter: Unicode.Scalar

    package init(_ name: String, _ values: [Double?], _ role: Role, letter: Unicode.Scalar = "*") {
      self.name = name
      self.values = values
      self.style = Style(role)
      self.letter = letter
    }
  }

  package enum Scale: Sendable, Hashable { case linear, logarithmic }

  package var series: [Series]
  package var scale: Scale
  /// The span of the axis; where nil, from 0 (or the least value, logarithmic) to the largest value.
  package var range: ClosedRange<Double>?
  package var threshold: Double?
  /// More lines where it gets bad; they do not widen the axis.
  package var thresholds: [Double] = []
  /// How a value is written on the axis.
  package var label: @Sendable (Double) -> String

  package init(
    _ series: [Series], scale: Scale = .linear, range: ClosedRange<Double>? = nil,
    threshold: Double? = nil,
    label: @escaping @Sendable (Double) -> String = { Quantity.number($0) }
  ) {
    self.series = series
    self.scale = scale
    self.range = range
    self.threshold = threshold
    self.label = label
  }

  /// Draws over the whole canvas: labels at the left, the axis, the plot, and where there is room the
  /// names of several series at their right ends. Too small, only the plot. Answers where that is.
  @discardableResult
  package func draw(on canvas: Canvas) -> Rect {
    guard canvas.height > 0, canvas.width > 0 else { return Rect(.zero) }
    let axis = Axis(span, scale)
    let marks = axis.marks(rows: canvas.height)
    let labels = marks.map { ($0.row, label($0.value)) }
    let labelWidth = labels.map { DisplayText.width(of: $0.1, glyphs: canvas.glyphs) }.max() ?? 0
    let left = canvas.width > labelWidth + 8 && canvas.height > 1 ? labelWidth + 1 : 0
    if left > 0 {
      for y in 0..<canvas.height { canvas.put(Glyph("│"), at: Point(left - 1, y), Style(.axis)) }
      for (row, text) in labels {
        canvas.put(text, endingAt: left - 1, y: row, Style(.axis))
        canvas.put(Glyph("┤"), at: Point(left - 1, row), Style(.axis))
      }
    }
    let ends = endLabels(rows: canvas.height, axis)
    let wanted = ends.width(canvas.glyphs)
    let right = left > 0 && canvas.width - left > wanted + 8 ? wanted : 0
    let area = Rect(x: left, y: 0, width: canvas.width - left - right, height: canvas.height)
    let plot = canvas.sub(area)
    if right > 0 { ends.draw(on: canvas, at: area.maxX + 1) }
    for threshold in (threshold.map { [$0] } ?? []) + thresholds {
      guard let share = axis.share(threshold), share <= 1, share >= 0 else { continue }
      let row = min(plot.height - 1, Int((1 - share) * Double(plot.height)))
      plot.fill(Rect(x: 0, y: row, width: plot.width, height: 1), Style(.threshold), with: "╌")
    }
    drawSeries(on: plot, axis)
    return area
  }

  /// One series needs no name: the title over the chart has it.
  private func endLabels(rows: Int, _ axis: Axis) -> EndLabels {
    var ends = EndLabels()
    guard series.count > 1 else { return ends }
    for line in series.reversed() {
      guard let last = line.values.last(where: { $0?.isNaN == false }) ?? nil,
        let share = axis.share(last)
      else { continue }
      let row = Int(((1 - min(1, max(0, share))) * Double(rows - 1)).rounded())
      ends.add(line.name, line.style, row: row)
    }
    return ends
  }

  private var span: ClosedRange<Double> {
    if let range { return range }
    var known = series.flatMap { $0.values.compactMap { $0 } }.filter(\.isFinite)
    if let threshold, threshold.isFinite { known.append(threshold) }
    let top = known.max() ?? 1
    if scale == .logarithmic {
      let positive = known.filter { $0 > 0 }
      let low = positive.min() ?? 0.1
      return low...max(low * 10, top)
    }
    let low = min(0, known.min() ?? 0)
    return low...max(top, low + 1e-9)
  }

  private func drawSeries(on plot: Canvas, _ axis: Axis) {
    var grid = DotGrid(width: plot.width, height: plot.height, charts: plot.glyphs.charts)
    for (index, line) in series.enumerated() {
      var previous: (x: Int, y: Int)?
      for x in 0..<grid.columns {
        guard let value = line.sample(x, of: grid.columns), let share = axis.share(value) else {
          previous = nil
          continue
        }
        let y = min(
          grid.rows - 1, Int(((1 - min(1, max(0, share))) * Double(grid.rows - 1)).rounded()))
        if let previous {
          // Join with the step before, so that a jump is a line and not two dots.
          let step = y > previous.y ? 1 : -1
          var between = previous.y
          while between != y {
            grid.set(x, between, index)
            between += step
          }
        }
        grid.set(x, y, index)
        previous = (x, y)
      }
    }
    for y in 0..<plot.height {
      for x in 0..<plot.width {
        guard let (bits, index) = grid.cell(x, y) else { continue }
        let scalar = grid.scalar(bits, letter: series[index].letter)
        plot.put(Glyph(scalar), at: Point(x, y), series[index].style)
      }
    }
  }
}

extension Chart.Series {
  /// The value at step `x` of `columns`: the newest values at the right where there are fewer than
  /// columns, the largest of those that fall on one column where there are more.
  fileprivate func sample(_ x: Int, of columns: Int) -> Double? {
    if values.count <= columns {
      let perValue = columns / max(1, values.count)
      let used = perValue * values.count
      let i = x - (columns - used)
      return i < 0 ? nil : values[i / perValue].flatMap { $0.isNaN ? nil : $0 }
    }
    let low = x * values.count / columns
    let high = max(low + 1, (x + 1) * values.count / columns)
    return values[low..<high].compactMap { $0 }.filter { !$0.isNaN }.max()
  }
}
