import Canvas
import Fleet
import Health
import Incident

/// Where everything stands on a screen of some size; the reducer scrolls by it, `render` draws by it.
struct ScreenLayout {
  /// Too small for tables: counts, then the worst services with their reasons.
  private(set) var isTiny = false
  /// The selected service stands beside the fleet.
  private(set) var isWide = false
  /// Says that this is not live; above all else while it is not.
  private(set) var past = Rect(.zero)
  /// What happened when, above the last line.
  private(set) var timeline = Rect(.zero)
  private(set) var header = Rect(.zero)
  private(set) var strip = Rect(.zero)
  /// Says that everything is stopped.
  private(set) var banner = Rect(.zero)
  /// Says that what is shown is not live: the session does not answer, or is ahead.
  private(set) var link = Rect(.zero)
  /// Says whom one goes along with, and that this screen only looks.
  private(set) var company = Rect(.zero)
  /// What waits for somebody, and what takes itself back.
  private(set) var notices = Rect(.zero)
  /// What `notices` tells, worst first.
  private(set) var told: [Notice] = []
  /// Between the header and the pane.
  private(set) var rule = Rect(.zero)
  private(set) var body = Rect(.zero)
  /// The fleet table with its header; empty in other panes.
  private(set) var list = Rect(.zero)
  /// What is in use that should not be for long: fallbacks, breakers, draining and warming.
  private(set) var degraded = Rect(.zero)
  /// What `degraded` lists; empty where that has no place.
  private(set) var modes: DegradedList
  private let hasModes: Bool
  /// What changed last, below a table that leaves room.
  private(set) var lately = Rect(.zero)
  /// The newest lines of the log, where even that leaves room.
  private(set) var log = Rect(.zero)
  /// The selected service in a few lines, with the rule above them.
  private(set) var footer = Rect(.zero)
  /// The service pane, alone or beside the fleet.
  private(set) var service = Rect(.zero)
  private(set) var hint = Rect(.zero)

  /// Rows of services that are in view.
  var listRows: Int { max(0, isTiny ? list.height / 2 : list.height - 1) }

  static let wide = 160
  /// From this width on the lists stand in a column of their own.
  static let three = 260
  /// All of it, to tell whether two screens are laid out alike.
  var places: [Rect] {
    [
      past, timeline, header, banner, link, company, notices, strip, rule, body, list, degraded,
      lately, log,
      footer, service, hint,
    ]
  }

  static let footerLines = 3

  init(_ state: State, _ console: ConsoleState, digest: FleetDigest? = nil) {
    let size = console.size
    let digest = digest ?? FleetDigest(state.present)
    hasModes = console.pane == .fleet && size.width >= 100 && size.height >= 28
    modes = DegradedList(state.present, hasModes ? digest.degraded : [])
    var rest = Rect(size)
    isTiny = size.width < 44 || size.height < 10
    if console.playback != nil { (past, rest) = rest.splitTop(1) }
    if past.isEmpty || size.height >= 5 { (header, rest) = rest.splitTop(1) }
    if size.height >= 4 { (rest, hint) = rest.splitBottom(1) }
    if console.playback != nil {
      (rest, timeline) = rest.splitBottom(Timeline.height(of: size))
    }
    layLink(console, &rest)
    layNotices(state, console, &rest)
    if !digest.fallbacks.isEmpty, size.height >= 6 { (strip, rest) = rest.splitTop(1) }
    if size.height >= 16 { (rule, rest) = rest.splitTop(1) }
    body = rest
    switch console.pane {
    case .fleet: layFleet(state, console)
    case .service: service = body
    default: break
    }
  }

  /// Where there is hardly any room, the header goes: that this is not live must be known.
  private mutating func layLink(_ console: ConsoleState, _ rest: inout Rect) {
    if let hold = console.link, hold.phase != .whole {
      if console.size.height < 6 {
        (self.link, header) = (header, Rect(.zero))
      } else {
        (self.link, rest) = rest.splitTop(1)
      }
    }
    if console.size.height >= 6, CompanyLine.isNeeded(console) {
      (company, rest) = rest.splitTop(1)
    }
  }

  /// Where there is hardly any room, what must be known takes the place of the header.
  private mutating func layNotices(_ state: State, _ console: ConsoleState, _ rest: inout Rect) {
    let size = console.size
    if state.present.halt != nil {
      if size.height < 6 {
        if !header.isEmpty { (banner, header) = (header, Rect(.zero)) }
      } else {
        (banner, rest) = rest.splitTop(1)
      }
    }
    told = Notice.all(state.present, console)
    guard let worst = told.first else { return }
    let isUrgent = worst.kind == .counting
    if size.height < 6 {
      if isUrgent, !header.isEmpty { (notices, header) = (header, Rect(.zero)) }
      return
    }
    // In a low dialog the question needs the room.
    if size.height < 12, console.pane.place == .action, !isUrgent { return }
    let most = size.height < 30 ? 1 : size.height < 50 ? 2 : 3
    (notices, rest) = rest.splitTop(min(most, told.count))
  }

  private mutating func layFleet(_ state: State, _ console: ConsoleState) {
    let size = console.size
    list = body
    if isTiny { return }
    let wanted = state.present.services.count + 1
    var stack = Rect(.zero)
    if size.width >= ScreenLayout.wide, size.height >= 20 {
      isWide = true
      if size.width >= ScreenLayout.three {
        let columns = body.columns(
          [.flexible(weight: 11, min: 90), .flexible(weight: 10), .flexible(weight: 7)], gap: 1)
        (list, service, stack) = (columns[0], columns[1], columns[2])
      } else {
        let half = min(110, max(90, size.width * 55 / 100))
        let left: Rect
        (left, service) = (
          Rect(x: body.x, y: body.y, width: half, height: body.height),
          Rect(x: body.x + half + 1, y: body.y, width: body.width - half - 1, height: body.height)
        )
        // On a high screen a long fleet leaves room for the lists, which no scrolling brings near.
        let share = body.height >= 50 ? 55 : body.height >= 36 ? 70 : 100
        let rows = max(min(wanted + 1, body.height), 0)
        let kept = rows <= body.height * share / 100 ? rows : body.height * share / 100
        (list, stack) = left.splitTop(body.height - kept >= 5 ? kept : body.height)
      }
    } else {
      if size.height >= 18 {
        // What to do stands there as long as there are runbooks, so that no row jumps when one matches.
        let runbook = size.height >= 22 && !state.present.runbooks.isEmpty ? 1 : 0
        (list, footer) = list.splitBottom(ScreenLayout.footerLines + 1 + runbook)
      }
      // Rows first; what they leave goes to what changed last, if it is worth a title.
      if list.height - wanted >= 5 { (list, stack) = list.splitTop(wanted + 1) }
    }
    lay(stack)
  }

  /// Divides what is beside or below the table: what is degraded, then what changed, then the log.
  private mutating func lay(_ stack: Rect) {
    guard stack.height >= 3 else { return }
    var rest = stack
    if isWide, stack.height >= 11 {
      let lines = stack.height >= 24 ? stack.height / 4 : 4
      (rest, log) = rest.splitBottom(lines)
    }
    if hasModes, !modes.lines.isEmpty || stack.height >= 24 {
      let most = rest.height >= 12 ? rest.height * 3 / 5 : rest.height
      var height = min(max(1, modes.lines.count) + 1, most)
      if rest.height - height - 1 < 3 { height = rest.height } else { height += 1 }
      (degraded, rest) = rest.splitTop(height)
    }
    if rest.height >= 3 { lately = rest }
  }
}
