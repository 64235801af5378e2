import Canvas
import Containment
import Fleet
import Health
import Incident

import enum Canvas.Role

/// The first line: are we in trouble?
struct HeaderBar {
  private let present: Present
  private let console: ConsoleState
  private let digest: FleetDigest
  private let order: FleetOrder

  init(_ present: Present, _ console: ConsoleState, _ digest: FleetDigest, _ order: FleetOrder) {
    self.present = present
    self.console = console
    self.digest = digest
    self.order = order
  }

  /// A piece of the line. When the room is short the lightest goes first.
  private struct Item {
    var runs: [Run]
    var weight: Int
    var isRight = false
  }

  func draw(on canvas: Canvas) {
    let gap = canvas.width >= 60 ? 2 : 1
    func width(_ items: [Item]) -> Int {
      items.reduce(-gap) { $0 + $1.runs.width(glyphs: canvas.glyphs) + gap }
    }
    // The words of the states are the first to go: their shapes say the same. Then what lies between
    // the ends of the way.
    var items = items(words: true)
    if width(items) > canvas.width { items = self.items(words: false) }
    if width(items) > canvas.width { items = self.items(words: false, way: .ends) }
    while items.count > 1, width(items) > canvas.width,
      let lightest = items.indices.min(by: { items[$0].weight < items[$1].weight })
    {
      // Deep inside, the way back goes before the clock does; where one is goes last of all.
      let isDeep = crumbs.count > 1 && items[lightest].weight >= HeaderBar.liveWeight
      if isDeep || items[lightest].weight == HeaderBar.titleWeight,
        let way = items.firstIndex(where: { $0.weight == HeaderBar.titleWeight }),
        items[way].runs != title(.end)
      {
        items[way].runs = title(.end)
      } else {
        items.remove(at: lightest)
      }
    }
    var x = 0
    for item in items where !item.isRight {
      x += canvas.put(item.runs, at: Point(x, 0)) + gap
    }
    var right = canvas.width
    for item in items.reversed() where item.isRight {
      right -= item.runs.width(glyphs: canvas.glyphs)
      canvas.put(item.runs, at: Point(max(0, right), 0))
      right -= gap
    }
  }

  private static let titleWeight = 75
  private static let liveWeight = 40

  /// How much of the way back is told.
  private enum Way { case whole, ends, end }

  /// The fleet, and the way from it to where one is.
  private func title(_ way: Way) -> [Run] {
    let name = present.fleet.name.isEmpty ? "damcon" : present.fleet.name
    let crumbs = crumbs
    guard let last = crumbs.last else { return [Run(name, .title)] }
    let end = Run(DisplayCut.clip(last, to: 32), .title)
    if way == .end { return [end] }
    // Deep inside, where one is matters more than the fleet's whole name.
    var title = [Run(DisplayCut.clip(name, to: 24), Style.dim), Run(" › ", .rule)]
    let between = crumbs.dropLast()
    if way == .ends, !between.isEmpty {
      title += [Run("…", Style.dim), Run(" › ", .rule)]
    } else {
      for crumb in between {
        title += [Run(DisplayCut.clip(crumb, to: 24), Style.dim), Run(" › ", .rule)]
      }
    }
    return title + [end]
  }

  private func items(words: Bool, way: Way = .whole) -> [Item] {
    var items: [Item] = []
    if let environment = present.fleet.environment {
      items.append(
        Item(runs: [Run(" \(environment.name) ", environment.role)], weight: 70))
    }
    items.append(Item(runs: title(way), weight: HeaderBar.titleWeight))
    let brokenLink = console.link.flatMap { LinkBanner.header($0) }
    if let brokenLink { items.append(Item(runs: [brokenLink], weight: 97)) }
    // Before anything was shown there is no time that it could be of, and nothing to count.
    let isShown = console.link?.phase != .connecting
    if console.playback == nil {
      if brokenLink == nil {
        items.append(Item(runs: [Run("LIVE", Style.text)], weight: HeaderBar.liveWeight))
      }
      if isShown {
        items.append(Item(runs: [Run(Clock.utc(present.now), Style.text)], weight: 65))
      }
      if isShown, let local = Clock.local(present.now, offset: console.localOffset) {
        items.append(Item(runs: [Run(local, Style.dim)], weight: 20))
      }
    } else {
      // The banner above says when; where one is used to read LIVE, nothing may look like it.
      items.append(Item(runs: [Run(" PAST ", .pastStrip)], weight: HeaderBar.liveWeight))
    }
    if let looking { items.append(Item(runs: [Run(looking, .warning)], weight: 80, isRight: true)) }
    if let left = console.armed(present) {
      let words = "ARMED \(present.environmentWords) \(ArmedClock.text(left))"
      items.append(Item(runs: [Run(words, .warning)], weight: 98, isRight: true))
    }
    let key = console.playback == nil ? console.keys.sign(.act) : nil
    if let unsettled = UnsettledWords.words(present.unsettledActions, key: key) {
      items.append(Item(runs: [Run(unsettled, .warning)], weight: 96, isRight: true))
    }
    if isShown { items.append(Item(runs: counts(words: words), weight: 100, isRight: true)) }
    if let here = console.hereWords(present, brief: !words) {
      items.append(Item(runs: [Run(here, Style.dim)], weight: 35, isRight: true))
    }
    if console.recordingHangs {
      items.append(Item(runs: [Run("recording hangs", .warning)], weight: 92, isRight: true))
    }
    if let slowLink = console.slowLink {
      let rate = slowLink < 1000 ? "\(slowLink) B/s" : "\(slowLink / 1000) kB/s"
      items.append(
        Item(runs: [Run("slow link \(rate)", .warning)], weight: 78, isRight: true))
    }
    // How late Damcon was is no news of the past.
    if console.playback == nil, isShown {
      items.append(
        Item(runs: [polls], weight: polls.style.role == .warning ? 90 : 30, isRight: true))
    }
    return items
  }

  /// The way that Esc goes back, without the fleet that it begins with.
  private var crumbs: [String] {
    console.stack.dropFirst().map { pane in
      switch pane {
      case .fleet: "fleet"
      case .service(let name): name
      case .help: "help"
      case .log: "log"
      case .runbook(let place): place.id
      case .handover: "hand-over"
      case .message: "message"
      case .runbooks: "runbooks"
      case .actions: "actions"
      case .action(let ticket):
        present.actionRun(ticket: ticket)?.plan.action ?? console.asked?.ask.action ?? "action"
      case .targets(let ask): ask.action
      case .budgets, .fallbacks, .changes, .origin, .capabilities, .glossary, .difference, .here:
        pane.place.words
      }
    }
  }

  /// What makes the rows something else than all services, worst first, as they are now.
  private var looking: String? {
    guard console.pane == .fleet else { return nil }
    var said: [String] = []
    if !console.filter.isEmpty {
      said.append("\(order.rows.count) of \(present.services.count) shown")
    }
    if console.sort != .worst { said.append(console.sort.words) }
    if order.isHeld, let held = console.held {
      let left = Double(held.until - present.now.offset) / 1e9
      said.append("order held \(Quantity.duration(left.rounded(.up)))")
    }
    return said.isEmpty ? nil : said.joined(separator: ", ")
  }

  private func counts(words: Bool) -> [Run] {
    if digest.counts.isEmpty { return [Run("no services", Style.dim)] }
    var runs: [Run] = []
    for (state, count) in digest.counts {
      if !runs.isEmpty { runs.append(Run(words ? "  " : " ")) }
      runs.append(Run("\(state.mark)\(count)", state.role))
      if words { runs.append(Run(" \(state.rawValue)", state.isQuiet ? Style.dim : .text)) }
    }
    return runs
  }

  private var polls: Run {
    if digest.targets > 0, digest.answered == 0 {
      return Run("asking \(digest.targets) targets", .info)
    }
    // Under a second is the ordinary jitter of a busy machine.
    return digest.lag < 1
      ? Run("polls on time", Style.dim)
      : Run("polls \(Quantity.duration(digest.lag)) late", .warning)
  }
}

extension Environment {
  /// How loud the badge is: by the colour the fleet file gives it, else by its name.
  var role: Role {
    switch color?.lowercased() {
    case "red": return .environmentDanger
    case "yellow", "orange": return .environmentCaution
    case .some: return .environmentSafe
    case nil: break
    }
    let name = name.lowercased()
    if name.hasPrefix("prod") { return .environmentDanger }
    return name.hasPrefix("stag") || name.hasPrefix("pre") ? .environmentCaution : .environmentSafe
  }
}

/// Cutting text to columns before it is put beside other text.
enum DisplayCut {
  static func clip(_ text: String, to width: Int) -> String {
    if DisplayText.width(of: text) <= width { return text }
    var result = ""
    var used = 0
    DisplayText.forEachGlyph(of: text) { glyph, columns in
      guard used + columns < width else { return false }
      glyph.write(to: &result)
      used += columns
      return true
    }
    return result + "…"
  }

  /// `text` in lines of at most `width` columns, broken at spaces where there are any.
  static func wrap(_ text: String, to width: Int, indent: Int = 0) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    var used = 0
    for word in text.split(separator: " ", omittingEmptySubsequences: true) {
      let columns = DisplayText.width(of: String(word))
      if used > 0, used + 1 + columns > width {
        lines.append(line)
        line = String(repeating: " ", count: min(indent, width / 2))
        used = line.utf8.count
        line += word
        used += columns
        continue
      }
      if !line.isEmpty, used > 0 {
        line += " "
        used += 1
      }
      line += word
      used += columns
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }
}
