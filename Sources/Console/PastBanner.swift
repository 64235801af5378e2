import Canvas
import Fleet
import Health
import Incident

/// The first line of every screen that shows what was and not what is: nobody may take one for the
/// other, whatever the size, the theme and the terminal.
struct PastBanner {
  private let playback: Playback
  private let present: Present
  private let console: ConsoleState

  init(_ playback: Playback, _ present: Present, _ console: ConsoleState) {
    self.playback = playback
    self.present = present
    self.console = console
  }

  private struct Item {
    var text: String
    /// When the room is short the lightest goes first.
    var weight: Int
    var isRight = false
    var style = Style(.pastStrip)
  }

  func draw(on canvas: Canvas) {
    canvas.fill(nil, Style(.pastStrip))
    let isNarrow = canvas.width < 40
    let margin = isNarrow ? 0 : 1
    let gap = isNarrow ? 1 : 2
    var items = items(width: canvas.width)
    func width(_ items: [Item]) -> Int {
      items.reduce(2 * margin - gap) {
        $0 + DisplayText.width(of: $1.text, glyphs: canvas.glyphs) + gap
      }
    }
    while items.count > 1, width(items) > canvas.width,
      let lightest = items.indices.min(by: { items[$0].weight < items[$1].weight })
    {
      items.remove(at: lightest)
    }
    var x = margin
    for item in items where !item.isRight {
      x += canvas.put(item.text, at: Point(x, 0), item.style) + gap
    }
    var right = canvas.width - margin
    for item in items.reversed() where item.isRight {
      right -= DisplayText.width(of: item.text, glyphs: canvas.glyphs)
      canvas.put(item.text, at: Point(max(0, right), 0), item.style)
      right -= gap
    }
  }

  private func items(width: Int) -> [Item] {
    let isNarrow = width < 40
    var items = [Item(text: "PAST", weight: 1000)]
    let day = Clock.day(present.now.wall)
    let isOtherDay = day != Clock.day(playback.wall(at: playback.span.upperBound))
    if !playback.isLive || isOtherDay {
      items.append(Item(text: day, weight: playback.isLive ? 860 : 520))
    }
    // What is missing matters more than the second.
    let isTight: Bool
    if case .file(_, _, false) = playback.source { isTight = width < 26 } else { isTight = false }
    let time = Clock.utc(present.now)
    items.append(Item(text: isTight ? "\(time.prefix(5))Z" : time, weight: 900))
    if let local = Clock.local(present.now, offset: console.localOffset) {
      items.append(Item(text: local, weight: 100))
    }
    items.append(Item(text: place, weight: playback.isLive ? 700 : 300))
    items.append(Item(text: pace(isNarrow: isNarrow), weight: 800))
    if playback.isSeeking { items.append(Item(text: "seeking", weight: 750)) }
    if playback.loop != nil { items.append(Item(text: "loop", weight: 350)) }
    if playback.skipsIdle { items.append(Item(text: "skips idle", weight: 250)) }
    switch playback.source {
    case .live:
      items.append(Item(text: "capture goes on", weight: 600, isRight: true))
      let way = console.keys.sign(.live)
      items.append(Item(text: "\(way): back to LIVE", weight: 500, isRight: true))
    case .file(let name, let integrity, let isWhole):
      items.append(
        Item(text: DisplayCut.clip("replay of \(name)", to: 40), weight: 440, isRight: true))
      items.append(
        Item(
          text: width < 60 && !isWhole
            ? (isTight ? "PARTIAL" : " PARTIAL ") : PastBanner.words(integrity, isWhole: isWhole),
          weight: isWhole ? 460 : 850,
          isRight: true, style: Style(isWhole ? .pastStrip : .environmentDanger)))
    }
    return items
  }

  /// `recording intact`, ` PARTIAL: last 12 min missing `: what is not whole says so aloud.
  private static func words(_ integrity: String, isWhole: Bool) -> String {
    if isWhole {
      return integrity.hasPrefix("recording") ? integrity : "recording \(integrity)"
    }
    let prefix = "partial"
    if integrity.lowercased().hasPrefix(prefix) {
      return " PARTIAL\(integrity.dropFirst(prefix.count)) "
    }
    return integrity.isEmpty ? " PARTIAL " : " PARTIAL: \(integrity) "
  }

  /// How far it is from LIVE, or into the recording.
  private var place: String {
    let span = playback.span
    func length(_ from: Int64, _ to: Int64) -> String {
      let seconds = Double(max(0, to.less(from)) / 1_000_000_000)
      return seconds < 3600 ? Quantity.countdown(seconds) : Quantity.duration(seconds)
    }
    let now = present.now.offset
    if playback.isLive { return "(\(length(now, span.upperBound)) ago)" }
    return "\(length(span.lowerBound, now)) of \(length(span.lowerBound, span.upperBound))"
  }

  /// `▶ 8x`, `◀ 8x back`, `❚❚ paused`.
  private func pace(isNarrow: Bool) -> String {
    guard playback.isPlaying else {
      let sign = console.glyphs.isASCII ? "||" : "❚❚"
      return isNarrow ? sign : "\(sign) paused"
    }
    let speed = PastBanner.speed(abs(playback.speed))
    let sign = playback.speed < 0 ? "◀" : "▶"
    if isNarrow { return "\(sign)\(speed)" }
    return "\(sign) \(speed)" + (playback.speed < 0 ? " backwards" : "")
  }

  /// `8x`, `0.25x`; any number that a file or a person may have brought.
  static func speed(_ speed: Double) -> String {
    guard speed.isFinite, speed < 1e6 else { return "?x" }
    let hundredths = Int((speed * 100).rounded())
    if hundredths % 100 == 0 { return "\(hundredths / 100)x" }
    let tail = hundredths % 100
    let digits = tail % 10 == 0 ? "\(tail / 10)" : tail < 10 ? "0\(tail)" : "\(tail)"
    return "\(hundredths / 100).\(digits)x"
  }
}
