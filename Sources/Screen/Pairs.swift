internal import CNcurses
internal import Canvas

/// Curses' colour pairs, made as styles need them; the palette itself is never touched.
///
/// Some terminals have 64 pairs or fewer. When they are used up, the pair that looks most alike is taken
/// again: the foreground counts most, since text must stay apart from its ground.
struct Pairs {
  private let depth: ColorDepth
  private let limit: Int
  private var made: [(foreground: Int32, background: Int32)] = [(-1, -1)]
  private var numbers: [UInt64: Int32] = [:]

  init(depth: ColorDepth, limit: Int) {
    self.depth = depth
    self.limit = limit
  }

  mutating func number(_ ink: Ink) -> Int32 {
    if depth == .none || (ink.foreground == nil && ink.background == nil) { return 0 }
    let foreground = ink.foreground.map(index) ?? -1
    let background = ink.background.map(index) ?? -1
    let key = UInt64(UInt32(bitPattern: foreground)) << 32 | UInt64(UInt32(bitPattern: background))
    if let known = numbers[key] { return known }
    let number: Int32
    if made.count < limit, cn_init_pair(Int32(made.count), foreground, background) == 0 {
      number = Int32(made.count)
      made.append((foreground, background))
    } else {
      number = closest(foreground, background)
    }
    numbers[key] = number
    return number
  }

  private func closest(_ foreground: Int32, _ background: Int32) -> Int32 {
    var best = (score: -1, number: Int32(0))
    for (i, pair) in made.enumerated() {
      if pair.foreground == pair.background && pair.foreground >= 0 { continue }
      let score =
        (pair.foreground == foreground ? 2 : 0) + (pair.background == background ? 3 : 0)
        - (pair.foreground == background || pair.background == foreground ? 4 : 0)
      if score > best.score { best = (score, Int32(i)) }
    }
    return best.number
  }

  private func index(_ color: Color) -> Int32 {
    switch depth {
    case .none: -1
    case .eight: Int32(color.index8)
    case .sixteen: Int32(color.index16)
    case .indexed: Int32(color.index256)
    // The direct entries keep 0...7 for the palette; the bluest of blacks is not missed.
    case .truecolor: Int32(color.rgb < 8 ? 0x000008 : color.rgb)
    }
  }
}
