import Canvas
import Fleet
import Health
import Incident
import Telemetry

import enum Canvas.Role

/// Where one is in the past: what happened when, and below it how fast the budgets burnt.
struct Timeline {
  private let playback: Playback
  private let now: Int64
  private let window: TimelineWindow
  private let marked: Int64?
  private let glyphs: GlyphSet

  init(_ playback: Playback, _ present: Present, _ console: ConsoleState) {
    self.playback = playback
    now = present.now.offset
    window = TimelineWindow(playback, at: now, zoom: console.zoom)
    marked = console.marked
    glyphs = console.glyphs
  }

  /// Lines that it takes of a screen.
  static func height(of size: Size) -> Int {
    guard size.width >= 30, size.height >= 10 else { return 0 }
    return size.height >= 24 ? 3 : size.height >= 16 ? 2 : 1
  }

  func draw(on canvas: Canvas) {
    var y = 0
    if canvas.height >= 3 {
      drawTitle(on: canvas)
      y = 1
    }
    let cells = cells(width: canvas.width)
    drawMarks(on: canvas.sub(Rect(x: 0, y: y, width: canvas.width, height: 1)), cells)
    guard y + 1 < canvas.height else { return }
    drawBurn(on: canvas.sub(Rect(x: 0, y: y + 1, width: canvas.width, height: 1)), cells)
  }

  /// The instant under a column of the screen; nil beside the line.
  func offset(atColumn x: Int, width: Int) -> Int64? {
    let cells = cells(width: width)
    guard cells.contains(x) else { return nil }
    return window.offset(of: x - cells.lowerBound, among: cells.count)
  }

  // MARK: Where it stands

  /// The columns between the two times.
  private func cells(width: Int) -> Range<Int> {
    let left = max(5, label(window.from).count) + 1
    let right = max(5, label(window.to).count) + 1
    return left..<max(left, width - right)
  }

  /// `14:30`; to the second where little is shown, with the day where the two ends are on another.
  private func label(_ offset: Int64) -> String {
    let wall = playback.wall(at: offset)
    let clock = CivilTime(unixNanoseconds: wall).clock
    let time = String(clock.prefix(window.length <= 600 * 1_000_000_000 ? 8 : 5))
    let days = [window.from, window.to].map { Clock.day(playback.wall(at: $0)) }
    return days[0] == days[1] ? time : "\(Clock.day(wall).suffix(5)) \(time)"
  }

  // MARK: What happened

  /// What the instant shown comes after: the last milestone up to it, in the rule above the line.
  private func drawTitle(on canvas: Canvas) {
    canvas.rule(y: 0)
    let span = window.isWhole ? "all" : BurnText.window(Int(window.length / 60_000_000_000))
    let scope = " \(span) shown "
    let right = canvas.width - 1 - DisplayText.width(of: scope, glyphs: glyphs)
    canvas.put(scope, at: Point(max(0, right), 0), Style.dim)
    guard let last = playback.milestone(before: now) else {
      canvas.put(" before the first event ", at: Point(1, 0), Style.dim, maxWidth: right - 2)
      return
    }
    var runs = [
      Run(" \(Clock.time(last.instant)) ", Style.dim),
      Run(String(last.kind.mark(glyphs)), last.kind.role), Run(" "),
    ]
    if let service = last.service { runs.append(Run("\(service) ", .strong)) }
    runs += [Run(last.words), Run(" ")]
    canvas.put(runs, at: Point(1, 0), maxWidth: right - 3)
  }

  private func drawMarks(on canvas: Canvas, _ cells: Range<Int>) {
    canvas.put(label(window.from), at: Point(0, 0), Style(.axis))
    canvas.put(label(window.to), endingAt: canvas.width, y: 0, Style(.axis))
    let count = cells.count
    guard count > 0 else { return }
    let line = canvas.sub(Rect(x: cells.lowerBound, y: 0, width: count, height: 1))
    line.fill(nil, Style(.axis), with: "─")
    if let loop = playback.loop { draw(loop, on: line) }
    for gap in playback.gaps(in: window) { draw(gap: gap, on: line) }
    var kinds = [Milestone.Kind?](repeating: nil, count: count)
    for milestone in playback.milestones[playback.milestonesInside(window)] {
      guard let x = window.column(of: milestone.instant.offset, among: count) else { continue }
      if milestone.kind.weight > kinds[x]?.weight ?? 0 { kinds[x] = milestone.kind }
    }
    for (x, kind) in kinds.enumerated() {
      guard let kind else { continue }
      line.put(Glyph(kind.mark(glyphs)), at: Point(x, 0), Style(kind.role))
    }
    if let marked, let x = window.column(of: marked, among: count) {
      line.put(Glyph("m"), at: Point(x, 0), Style(.key))
    }
    if let x = window.column(of: playback.clamped(now), among: count) {
      line.put(Glyph("┃"), at: Point(x, 0), Style(.pastStrip))
    }
  }

  private func draw(_ loop: ClosedRange<Int64>, on line: Canvas) {
    guard loop.upperBound >= window.from, loop.lowerBound <= window.to else { return }
    let from = window.column(of: max(loop.lowerBound, window.from), among: line.width) ?? 0
    let to = window.column(of: min(loop.upperBound, window.to), among: line.width) ?? 0
    line.fill(Rect(x: from, y: 0, width: to - from + 1, height: 1), Style(.key), with: "═")
  }

  private func draw(gap: ClosedRange<Int64>, on line: Canvas) {
    let from = window.column(of: max(gap.lowerBound, window.from), among: line.width) ?? 0
    let to = window.column(of: min(gap.upperBound, window.to), among: line.width) ?? 0
    // A stretch that shares its columns with what was watched is no gap to see.
    guard to - from > 1 else { return }
    line.fill(Rect(x: from + 1, y: 0, width: to - from - 1, height: 1))
    let words = "not watched"
    if to - from - 1 >= words.count + 2 {
      line.put(words, at: Point(from + 1 + (to - from - 1 - words.count) / 2, 0), Style.dim)
    }
  }

  // MARK: Burn

  private func drawBurn(on canvas: Canvas, _ cells: Range<Int>) {
    canvas.put("burn", at: Point(0, 0), Style.dim)
    guard cells.count > 0 else { return }
    let line = canvas.sub(Rect(x: cells.lowerBound, y: 0, width: cells.count, height: 1))
    guard playback.pulses.contains(where: { $0.burn != nil }) else {
      line.put("no objective was counted", at: Point(0, 0), Style.dim)
      return
    }
    let bars = glyphs.isASCII ? Sparkline.asciiBars : Sparkline.bars
    for (x, burn) in playback.burn(in: window, columns: cells.count).enumerated() {
      guard let burn else {
        line.put(Glyph("?"), at: Point(x, 0), Style.dim)
        continue
      }
      let level = Timeline.level(burn) * (bars.count - 1) / 7
      line.put(Glyph(bars[level]), at: Point(x, 0), Style(Timeline.role(burn)))
    }
    if let x = window.column(of: playback.clamped(now), among: cells.count) {
      line.restyle(Rect(x: x, y: 0, width: 1, height: 1)) { _ in Style(.pastStrip) }
    }
    let burn = playback.pulse(at: now)?.burn
    canvas.put(
      burn.map { BurnText.rate($0) } ?? Quantity.unknown, endingAt: canvas.width, y: 0,
      burn.map { Style(Timeline.role($0)) } ?? Style.dim)
  }

  /// 0…7, the same on every machine: by the factors that budgets are watched with, for burns go from
  /// a hundredth to a thousand.
  static func level(_ burn: Double) -> Int {
    let steps = [0.1, 0.5, 1, 3, 6, 14.4, 36]
    return steps.count { burn >= $0 }
  }

  private static func role(_ burn: Double) -> Role {
    burn >= 14.4 ? .bad : burn > 1 ? .warning : .sparkline
  }
}

extension Playback {
  /// The last milestone up to an instant.
  func milestone(before offset: Int64) -> Milestone? {
    let end = milestones.firstIndex(after: offset) { $0.instant.offset }
    return end > 0 ? milestones[end - 1] : nil
  }

  /// Those that the timeline shows.
  func milestonesInside(_ window: TimelineWindow) -> Range<Int> {
    let first = milestones.firstIndex(after: window.from.less(1)) { $0.instant.offset }
    return first..<max(first, milestones.firstIndex(after: window.to) { $0.instant.offset })
  }

  /// Nanoseconds that a pulse speaks for: one is made a minute, and a busy one may come late.
  private static let reach: Int64 = 90 * 1_000_000_000

  /// How it was in the minute of an instant; nil where nobody watched.
  func pulse(at offset: Int64) -> Pulse? {
    let end = pulses.firstIndex(after: offset) { $0.instant.offset }
    guard end > 0 else { return nil }
    let pulse = pulses[end - 1]
    return offset.less(pulse.instant.offset) <= Playback.reach ? pulse : nil
  }

  /// The largest burn in each column, nil where it is not known.
  func burn(in window: TimelineWindow, columns: Int) -> [Double?] {
    var burns = [Double?](repeating: nil, count: columns)
    // Where columns are shorter than a minute the pulse before them speaks for them.
    for x in 0..<columns {
      burns[x] = pulse(at: window.offset(of: x, among: columns))?.burn
    }
    let first = pulses.firstIndex(after: window.from.less(1)) { $0.instant.offset }
    for pulse in pulses[first...] {
      guard let x = window.column(of: pulse.instant.offset, among: columns) else { break }
      if let burn = pulse.burn { burns[x] = max(burns[x] ?? 0, burn) }
    }
    return burns
  }

  /// Where Damcon did not run: from the minute after a pulse to the next, where that was longer away.
  func gaps(in window: TimelineWindow) -> [ClosedRange<Int64>] {
    var gaps: [ClosedRange<Int64>] = []
    let first = max(0, pulses.firstIndex(after: window.from) { $0.instant.offset } - 1)
    guard first < pulses.count else { return [] }
    for index in first..<pulses.count - 1 {
      let end = pulses[index].instant.offset.plus(Playback.reach)
      let next = pulses[index + 1].instant.offset
      if end > window.to { break }
      if next > end { gaps.append(end...next) }
    }
    return gaps
  }
}

extension Array {
  /// How many elements, sorted by `offset`, lie at or before one.
  fileprivate func firstIndex(after offset: Int64, by value: (Element) -> Int64) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if value(self[middle]) <= offset { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
