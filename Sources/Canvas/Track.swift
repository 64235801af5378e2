/// How one row or column of a layout claims its share of a length.
package enum Track: Sendable, Hashable {
  /// Exactly this many cells while there is room.
  case fixed(Int)
  /// A share of what the fixed ones leave, in proportion to `weight`, but not under `min`.
  case flexible(weight: Int = 1, min: Int = 0)

  /// Divides `length` among `tracks` with `gap` cells between neighbours.
  ///
  /// Minimums and fixed lengths are met first, from the first track to the last; what is then left
  /// is shared by weight, the odd cells going to the first. The parts and gaps never exceed `length`.
  package static func split(_ length: Int, _ tracks: [Track], gap: Int = 0) -> [Range<Int>] {
    guard !tracks.isEmpty else { return [] }
    var left = max(0, length - gap * (tracks.count - 1))
    var lengths = [Int](repeating: 0, count: tracks.count)
    for (i, track) in tracks.enumerated() {
      let wanted =
        switch track {
        case .fixed(let n): n
        case .flexible(_, let min): min
        }
      lengths[i] = Swift.min(max(0, wanted), left)
      left -= lengths[i]
    }
    lengths = share(left, over: tracks, from: lengths)
    var ranges: [Range<Int>] = []
    ranges.reserveCapacity(tracks.count)
    var at = 0
    for n in lengths {
      let start = Swift.min(at, max(0, length))
      ranges.append(start..<Swift.min(start + n, max(0, length)))
      at = start + n + gap
    }
    return ranges
  }

  /// Raises the flexible tracks toward their weighted shares; one already above its share keeps it.
  private static func share(_ spare: Int, over tracks: [Track], from base: [Int]) -> [Int] {
    var lengths = base
    var open: [(index: Int, weight: Int)] = tracks.enumerated().compactMap { i, track in
      if case .flexible(let weight, _) = track, weight > 0 { (i, weight) } else { nil }
    }
    guard spare > 0 else { return lengths }
    while !open.isEmpty {
      let room = spare + open.reduce(0) { $0 + base[$1.index] }
      let total = open.reduce(0) { $0 + $1.weight }
      let above = open.filter { base[$0.index] * total > room * $0.weight }
      if above.isEmpty {
        var given = 0
        for (index, weight) in open {
          lengths[index] = room * weight / total
          given += lengths[index]
        }
        for (index, _) in open.prefix(room - given) { lengths[index] += 1 }
        return lengths
      }
      open.removeAll { candidate in above.contains { $0.index == candidate.index } }
    }
    return lengths
  }
}

extension Rect {
  /// This rectangle cut into rows, from top to bottom.
  package func rows(_ tracks: [Track], gap: Int = 0) -> [Rect] {
    Track.split(height, tracks, gap: gap).map {
      Rect(x: x, y: y + $0.lowerBound, width: width, height: $0.count)
    }
  }

  /// This rectangle cut into columns, from left to right.
  package func columns(_ tracks: [Track], gap: Int = 0) -> [Rect] {
    Track.split(width, tracks, gap: gap).map {
      Rect(x: x + $0.lowerBound, y: y, width: $0.count, height: height)
    }
  }
}
