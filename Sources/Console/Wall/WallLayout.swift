import Canvas

/// Where the facts of a page stand: those with the numbers that count large, the others as lines below them.
struct WallLayout {
  struct Hero {
    var fact: WallFact
    var area: Rect
  }

  struct Line {
    var fact: WallFact
    var y: Int
  }

  /// What the numbers are drawn with; nil where there is room for none.
  private(set) var digits: BlockDigits?
  private(set) var heroes: [Hero] = []
  private(set) var lines: [Line] = []
  /// Rows of the top that alarms take.
  private(set) var alarms = 0
  /// What lines say in more words stands below them.
  private(set) var isTwoRows = false

  /// Rows of a large fact beside its digits: its name above; what it is a number of, and why, below.
  private static let around = 3
  /// Where there are fewer rows than this nothing is left between them, and why is left out.
  private static let roomy = 12
  private static let gutter = 4

  /// Facts that can be taken in at a glance.
  static func most(_ size: Size) -> Int {
    if size.height < 10 { return max(1, min(6, size.height - 1)) }
    if size.height < 16 { return 3 }
    if size.width < 100 || size.height < 30 { return 6 }
    return size.width < 160 || size.height < 45 ? 8 : 12
  }

  /// Numbers that are drawn large, and the fewest rows that they are made smaller to for that.
  private static func wanted(_ size: Size) -> (count: Int, rows: Int) {
    if size.width < 60 { return (1, 5) }
    if size.width < 100 || size.height < 30 { return (2, 5) }
    return size.width < 160 || size.height < 45 ? (4, 7) : (6, 10)
  }

  /// - Parameters:
  ///   - body: what there is below the header.
  ///   - alarms: lines that stand on top of all.
  init(_ body: Size, alarms: Int, _ facts: [WallFact], on size: Size) {
    self.alarms = min(alarms, body.height)
    let top = self.alarms + (self.alarms > 0 && body.height >= 16 ? 1 : 0)
    let room = Size(body.width, body.height - top)
    let wanted = WallLayout.wanted(size)
    let able = facts.filter { $0.figure != nil }.prefix(wanted.count)
    for count in stride(from: able.count, to: 0, by: -1) {
      let fewest = count == 1 ? 5 : wanted.rows
      if layLarge(Array(able.prefix(count)), of: facts.count, in: room, top, fewest) { break }
    }
    let large = Set(heroes.map(\.fact.id))
    layLines(facts.filter { !large.contains($0.id) }, in: body, top)
  }

  /// The largest digits that all of the numbers fit in, and that leave a row for every other fact.
  ///
  /// - Returns: false where there are none so high.
  private mutating func layLarge(
    _ facts: [WallFact], of all: Int, in room: Size, _ top: Int, _ fewest: Int
  ) -> Bool {
    let columns = min(facts.count, room.width >= 140 ? 3 : room.width >= 56 ? 2 : 1)
    let rows = (facts.count + columns - 1) / columns
    let width = (room.width - (columns - 1) * WallLayout.gutter) / columns
    let lines = all - facts.count
    // Rather smaller digits than a unit that only those in front can read; rather that than thin ones.
    let ways =
      BlockDigits.sizes.filter { !$0.isThin }.map { ($0, true) }
      + BlockDigits.sizes.map { ($0, false) }
    for (size, isWhole) in ways where size.height >= fewest {
      let isTight = room.height < WallLayout.roomy
      let height = size.height + WallLayout.around - (isTight ? 1 : 0)
      let needed = rows * height + (rows - 1) + lines + (lines > 0 && !isTight ? 1 : 0)
      let fits = facts.allSatisfy { fact in
        guard let figure = fact.figure else { return false }
        let beside = size.width(of: figure.digits) + 1 + figure.unit.count
        let whole = size.width(of: figure.digits + figure.unit)
        return (isWhole ? whole : min(whole, beside)) <= width
      }
      guard fits, needed <= room.height else { continue }
      digits = size
      // What is left goes between the rows, as far as that still reads as one picture.
      let gap = isTight ? 1 : min(3, 1 + max(0, room.height - needed) / (rows + 2))
      for (place, fact) in facts.enumerated() {
        let (row, column) = (place / columns, place % columns)
        heroes.append(
          Hero(
            fact: fact,
            area: Rect(
              x: column * (width + WallLayout.gutter), y: top + row * (height + gap), width: width,
              height: height)))
      }
      return true
    }
    return false
  }

  private mutating func layLines(_ facts: [WallFact], in body: Size, _ top: Int) {
    guard !facts.isEmpty else { return }
    let isTight = body.height - top < WallLayout.roomy
    let start = heroes.last.map { $0.area.maxY + (isTight ? 0 : 1) } ?? top
    let room = max(0, body.height - start)
    let pitch = max(1, min(3, (room + 1) / facts.count))
    isTwoRows = pitch >= 2 && (body.width < 100 || pitch == 3)
    for (place, fact) in facts.enumerated() where start + place * pitch < body.height {
      lines.append(Line(fact: fact, y: start + place * pitch))
    }
  }
}
