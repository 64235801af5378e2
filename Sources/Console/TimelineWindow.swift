import Fleet
import Incident

/// The part of the past that the timeline shows.
struct TimelineWindow {
  /// How much of it a responder wants to see at once.
  enum Zoom: Sendable, Hashable {
    /// The whole of a file; of the live journal an hour.
    case usual
    case whole
    case seconds(Int64)
  }

  let from: Int64
  let to: Int64
  let isWhole: Bool

  /// Around the instant `now`, which is always inside.
  init(_ playback: Playback, at now: Int64, zoom: Zoom) {
    let span = playback.span
    let whole = span.upperBound.less(span.lowerBound)
    let wanted: Int64? =
      switch zoom {
      case .usual: playback.isLive ? 3600 : nil
      case .whole: nil
      case .seconds(let seconds): seconds
      }
    guard let length = wanted.map({ $0 &* 1_000_000_000 }), length > 1, length < whole else {
      (from, to, isWhole) = (span.lowerBound, max(span.upperBound, span.lowerBound.plus(1)), true)
      return
    }
    // By pages of half its length: the cursor moves over the line, and not the line below it.
    let half = length / 2
    let page = max(0, playback.clamped(now).less(span.lowerBound).less(length / 4)) / half
    let start = span.lowerBound.plus(page &* half)
    from = max(span.lowerBound, min(start, span.upperBound.less(length)))
    to = from.plus(length)
    isWhole = false
  }

  /// Nanoseconds.
  var length: Int64 { max(1, to.less(from)) }

  /// The column of `count` that an instant lies in; nil for those outside.
  func column(of offset: Int64, among count: Int) -> Int? {
    guard offset >= from, offset <= to, count > 0 else { return nil }
    return min(count - 1, Int(Double(offset.less(from)) / Double(length) * Double(count)))
  }

  /// The instant at which a column begins.
  func offset(of column: Int, among count: Int) -> Int64 {
    guard count > 0 else { return from }
    let share = Double(max(0, min(count, column))) / Double(count)
    return from.plus(Int64(nanosecondsOf: Double(length) / 1e9 * share))
  }

  /// Lengths that the keys go through, in seconds.
  static let steps: [Int64] = [300, 900, 3600, 21_600, 86_400, 604_800]

  /// The next closer or wider view; nil where there is none.
  func next(closer: Bool, _ playback: Playback) -> Zoom? {
    let seconds = length / 1_000_000_000
    if closer { return TimelineWindow.steps.last { $0 < seconds }.map { .seconds($0) } }
    guard !isWhole else { return nil }
    let whole = playback.span.upperBound.less(playback.span.lowerBound) / 1_000_000_000
    return TimelineWindow.steps.first { $0 > seconds && $0 < whole }.map { .seconds($0) } ?? .whole
  }
}
