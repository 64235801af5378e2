import Canvas
import Incident

/// A pane that is a list of things, each told in a few lines; the cursor stands on one of them.
///
/// The panes that say what is at stake are all made of this: they give the blocks, and this draws,
/// scrolls and keeps the cursor on the same thing whatever happens to the order.
struct BlockList {
  /// One thing that the pane speaks of.
  struct Block {
    /// Tells it from the others, and stays when its place changes.
    var id: String
    /// What Enter opens.
    var service: String?
    /// Stands above it, and the cursor not on it.
    var heading: [[Run]] = []
    /// At least one.
    var lines: [[Run]]

    fileprivate var height: Int { heading.count + lines.count }
  }

  /// What the pane comes to in a line or two; stays where it is while the blocks scroll.
  var head: [[Run]] = []
  var blocks: [Block] = []
  /// What is said where there is no block, in lines.
  var absence: [[Run]] = []
  /// Draws more of the block under the cursor, where there is room for it.
  var detail: ((_ id: String, _ canvas: Canvas) -> Void)?
  /// Heights below the list at which the detail would leave its last lines empty: they are the
  /// list's. Nil where it has use for any.
  var wastedHeights: Range<Int>?

  /// Columns from which the detail stands beside the list, and lines from which it stands below.
  static let beside = 120
  static let below = 18

  /// Where the cursor stands; a thing that is gone leaves it to what took its place.
  func cursor(_ console: ConsoleState) -> Int {
    let chosen = console.chosen[console.pane.place]
    if let id = chosen?.id, let row = blocks.firstIndex(where: { $0.id == id }) { return row }
    return max(0, min(blocks.count - 1, chosen?.row ?? 0))
  }

  func draw(on canvas: Canvas, _ console: ConsoleState) {
    var area = Rect(canvas.size)
    let lines = blocks.isEmpty ? head + (head.isEmpty ? [] : [[]]) + absence : head
    var heading: Rect
    // However low, the list keeps half: what it comes to is no use without what it is about.
    let most = blocks.isEmpty ? area.height : (area.height + 1) / 2
    (heading, area) = area.splitTop(min(lines.count, max(0, most)))
    for (y, line) in lines.prefix(heading.height).enumerated() {
      canvas.put(line, at: Point(1, y))
    }
    guard !blocks.isEmpty, area.height > 0 else { return }
    let cursor = cursor(console)
    if let detail {
      var more = Rect(.zero)
      if canvas.width >= BlockList.beside {
        let half = canvas.width * 11 / 20
        more = Rect(x: half + 2, y: area.y, width: canvas.width - half - 2, height: area.height)
        area.width = half
      } else if canvas.height >= BlockList.below {
        let wanted = blocks.reduce(0) { $0 + $1.height }
        let most = min(max(area.height / 2, area.height - wanted - 1), area.height - 4)
        let kept =
          wastedHeights.map { $0.contains(most - 1) ? $0.lowerBound : most } ?? max(6, most)
        (area, more) = area.splitBottom(kept)
        (_, more) = more.splitTop(1)
      }
      if !more.isEmpty { detail(blocks[cursor].id, canvas.sub(more)) }
    }
    drawBlocks(on: canvas.sub(area), cursor)
  }

  private func drawBlocks(on canvas: Canvas, _ cursor: Int) {
    // The block under the cursor is whole in sight, as little of the list scrolled as that takes.
    var first = 0
    var used = blocks[...cursor].reduce(0) { $0 + $1.height }
    while used > canvas.height, first < cursor {
      used -= blocks[first].height
      first += 1
    }
    let below = blocks[first...].reduce(0) { $0 + $1.height } - canvas.height
    var y = 0
    for row in first..<blocks.count where y < canvas.height {
      let lines = blocks[row].heading + blocks[row].lines
      for (place, runs) in lines.enumerated() where y < canvas.height {
        let isSelected = row == cursor && place >= blocks[row].heading.count
        let line = isSelected ? canvas.on(.selection) : canvas
        if isSelected { line.fill(Rect(x: 0, y: y, width: canvas.width, height: 1)) }
        // What stands before the word of more is cut, not written over.
        let rest = y == canvas.height - 1 ? TextScroll.width(below: below, on: canvas) : 0
        line.sub(Rect(x: 0, y: y, width: canvas.width - rest, height: 1)).put(runs, at: Point(1, 0))
        y += 1
      }
    }
    TextScroll.drawRest(on: canvas, below: below)
  }
}

extension ConsoleState {
  /// What a list pane puts its cursor on, and where that stood should it be gone.
  struct Chosen: Sendable, Hashable {
    var id: String
    var row: Int
  }

  /// The blocks of the pane that is open; nil where it is made of something else.
  func blocks(_ state: State) -> BlockList? {
    switch pane {
    case .budgets: BudgetPane(state, self).list
    case .fallbacks: FallbackPane(state, self).list
    case .changes: ChangesPane(state, self).list
    case .origin: OriginPane(state, self).list
    case .capabilities: CapabilityPane(state, self).list
    case .difference: comparison.map { DifferencePane($0, self).list }
    case .runbooks(let service): RunbookListPane(service, state, self).list
    case .actions(let service): ActionListPane(service, state, self).list
    case .targets(let ask): TargetPane(ask, state, self).list
    case .here: HerePane(state.present, self).list
    case .fleet, .service, .help, .log, .glossary, .runbook, .handover, .message, .action: nil
    }
  }

  mutating func moveBlock(by rows: Int, _ state: State) {
    guard let list = blocks(state), !list.blocks.isEmpty else { return }
    let row = max(0, min(list.blocks.count - 1, list.cursor(self) &+ rows))
    chosen[pane.place] = Chosen(id: list.blocks[row].id, row: row)
  }

  /// The service that the block under the cursor speaks of.
  func aimedBlock(_ state: State) -> String? {
    guard let list = blocks(state), !list.blocks.isEmpty else { return nil }
    return list.blocks[list.cursor(self)].service
  }
}
