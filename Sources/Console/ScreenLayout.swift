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
  private(set) var header = Rect(.zero)
  private(set) var strip = Rect(.zero)
  /// Between the header and the pane.
  private(set) var rule = Rect(.zero)
  private(set) var body = Rect(.zero)
  /// The fleet table with its header; empty in other panes.
  private(set) var list = Rect(.zero)
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
  static let footerLines = 3

  init(_ state: State, _ console: ConsoleState, digest: FleetDigest? = nil) {
    let size = console.size
    let digest = digest ?? FleetDigest(state.present)
    var rest = Rect(size)
    isTiny = size.width < 44 || size.height < 10
    (header, rest) = rest.splitTop(1)
    if size.height >= 4 { (rest, hint) = rest.splitBottom(1) }
    if !digest.fallbacks.isEmpty, size.height >= 6 { (strip, rest) = rest.splitTop(1) }
    if size.height >= 16 { (rule, rest) = rest.splitTop(1) }
    body = rest
    switch console.pane {
    case .fleet: layFleet(state, console)
    case .service: service = body
    case .help, .log: break
    }
  }

  private mutating func layFleet(_ state: State, _ console: ConsoleState) {
    let size = console.size
    list = body
    if isTiny { return }
    if size.width >= ScreenLayout.wide, size.height >= 20 {
      isWide = true
      let half = min(110, size.width / 2)
      list = Rect(x: body.x, y: body.y, width: half, height: body.height)
      service = Rect(
        x: body.x + half + 1, y: body.y, width: body.width - half - 1, height: body.height)
    } else if size.height >= 18 {
      (list, footer) = list.splitBottom(ScreenLayout.footerLines + 1)
    }
    // Rows first; what they leave goes to what changed last, if it is worth a title.
    let wanted = state.present.services.count + 1
    let spare = list.height - wanted
    if spare >= 5 {
      (list, lately) = list.splitTop(wanted + 1)
      if isWide, lately.height >= 18 { (lately, log) = lately.splitBottom(lately.height / 3) }
    }
  }
}
