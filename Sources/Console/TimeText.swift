import Fleet
import Health

/// Reads the times that people type: `14:32`, `14:32:05`, `2026-11-21T14:32Z`, `-5m`, `+30s`.
///
/// They are UTC, as every time on the screen, unless the line ends in `local`.
struct TimeText {
  /// Why a text is no time, or none that there is something of.
  struct Problem: Error {
    var sentence: String
  }

  /// The instant that is shown: what `-5m` and a time without a day are taken from.
  let now: Instant
  /// Offsets of the session's clock that may be named; nil where only the end is known.
  let span: ClosedRange<Int64>?
  let isFile: Bool
  /// Seconds that local time is ahead of UTC.
  let localOffset: Int

  init(_ now: Instant, _ playback: Playback?, localOffset: Int) {
    self.now = now
    span = playback?.span
    isFile = playback.map { !$0.isLive } ?? false
    self.localOffset = localOffset
  }

  /// The times of a line, which may end in `local`, as offsets of the session's clock.
  func offsets(_ line: String) throws(Problem) -> [Int64] {
    var words = line.split(separator: " ").map(String.init)
    let isLocal = words.last?.lowercased() == "local"
    if isLocal { words.removeLast() }
    var offsets: [Int64] = []
    for word in words { offsets.append(try offset(word, isLocal: isLocal)) }
    return offsets
  }

  private func offset(_ text: String, isLocal: Bool) throws(Problem) -> Int64 {
    if let sign = text.first, sign == "-" || sign == "+" {
      guard let seconds = TimeText.seconds(text.dropFirst()) else {
        throw Problem(sentence: "`\(text)` is no length of time; write -5m, +30s or -1h30m")
      }
      let nanoseconds = Int64(nanosecondsOf: seconds)
      let offset = sign == "-" ? now.offset.less(nanoseconds) : now.offset.plus(nanoseconds)
      return span.map { max($0.lowerBound, min($0.upperBound, offset)) }
        ?? max(0, min(now.offset, offset))
    }
    let zone: Int64 = isLocal ? Int64(localOffset) * 1_000_000_000 : 0
    if let wall = TimeText.dated(text) { return try checked(wall.less(zone), text) }
    guard let ofDay = TimeText.timeOfDay(text) else {
      throw Problem(
        sentence: "`\(text)` is no time; write 14:32, 14:32:05, 2026-11-21T14:32Z, -5m or +30s")
    }
    // The day of what is shown or one of its neighbours: the one that there is something of.
    let day: Int64 = 86_400_000_000_000
    let here = now.wall.plus(zone)
    let midnight = here.less((here % day + day) % day)
    let near = [0, -1, 1].map { midnight.plus($0 * day).plus(ofDay).less(zone) }
      .map { now.offset.plus($0.less(now.wall)) }
    let limits = span ?? 0...max(0, now.offset)
    let inside = near.filter { limits.contains($0) }
    let nearest = inside.min {
      $0.less(now.offset).magnitude < $1.less(now.offset).magnitude
    }
    if let nearest { return nearest }
    return try checked(near[0].less(now.offset).plus(now.wall), text)
  }

  private func checked(_ wall: Int64, _ text: String) throws(Problem) -> Int64 {
    let offset = now.offset.plus(wall.less(now.wall))
    let limits = span ?? 0...max(0, now.offset)
    if limits.contains(offset) { return offset }
    // To the second a person cannot name the very first and last instant.
    let second: Int64 = 1_000_000_000
    if offset >= limits.lowerBound.less(second), offset <= limits.upperBound.plus(second) {
      return max(limits.lowerBound, min(limits.upperBound, offset))
    }
    guard span != nil else {
      throw Problem(sentence: "`\(text)` is not in what was watched since Damcon began")
    }
    let whole = [limits.lowerBound, limits.upperBound].map { limit in
      CivilTime(unixNanoseconds: now.wall.plus(limit.less(now.offset))).rfc3339Seconds
    }
    throw Problem(
      sentence: "`\(text)` is not in \(isFile ? "this recording" : "the journal"), which goes from "
        + "\(whole[0]) to \(whole[1])")
  }

  /// `90s`, `5m`, `1h30m`, `2d`: seconds; nil where it is none.
  static func seconds(_ text: Substring) -> Double? {
    var rest = text
    var total = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && $0.isNumber || $0 == "." }
      guard !digits.isEmpty, digits.utf8.count <= 12, let value = Double(digits) else { return nil }
      rest = rest.dropFirst(digits.count)
      switch rest.popFirst() {
      case "s": total += value
      case "m": total += value * 60
      case "h": total += value * 3600
      case "d": total += value * 86_400
      default: return nil
      }
    }
    return text.isEmpty ? nil : total
  }

  /// `14:32`, `14:32:05`, with or without a `Z`: nanoseconds of the day.
  private static func timeOfDay(_ text: String) -> Int64? {
    var text = text[...]
    if text.last == "Z" || text.last == "z" { text.removeLast() }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count),
      parts.allSatisfy({ (1...2).contains($0.utf8.count) && $0.allSatisfy(\.isASCII) })
    else { return nil }
    let numbers = parts.compactMap { part in
      part.allSatisfy(\.isNumber) ? Int64(part) : nil
    }
    guard numbers.count == parts.count, numbers[0] < 24, numbers[1] < 60,
      numbers.count < 3 || numbers[2] < 60
    else { return nil }
    let seconds = numbers[0] * 3600 + numbers[1] * 60 + (numbers.count > 2 ? numbers[2] : 0)
    return seconds * 1_000_000_000
  }

  /// `2026-11-21T14:32`, with or without seconds, UTC where it names no zone: since 1970.
  private static func dated(_ text: String) -> Int64? {
    guard let t = text.firstIndex(where: { $0 == "T" || $0 == "t" }) else { return nil }
    let day = text[..<t]
    var time = text[text.index(after: t)...]
    var zone: Substring = "Z"
    if let at = time.firstIndex(where: { "Zz+-".contains($0) }) {
      zone = time[at...]
      time = time[..<at]
    }
    let seconds = time.split(separator: ":").count == 2 ? ":00" : ""
    return Timestamp.parse("\(day)T\(time)\(seconds)\(zone)").map { Int64(nanosecondsOf: $0) }
  }
}
