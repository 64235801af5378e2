import Fleet
import Health
import Incident
import Runbooks

/// Why a key cannot be used now, in a few words for help and hints; nil where it can.
///
/// The reducer says it at length when the key is pressed all the same.
struct Obstacle {
  private let present: Present
  private let console: ConsoleState
  private let rows: Int
  private let isWide: Bool
  /// Where a key is thought of.
  private let place: Place

  init(_ present: Present, _ console: ConsoleState, _ order: FleetOrder, _ layout: ScreenLayout) {
    self.present = present
    self.console = console
    rows = order.rows.count
    isWide = layout.isWide
    place = console.place
  }

  private init(_ other: Obstacle, in place: Place) {
    present = other.present
    console = other.console
    rows = other.rows
    isWide = other.isWide
    self.place = place
  }

  /// As seen from the pane that help was opened over.
  var belowHelp: Obstacle {
    Obstacle(self, in: console.stack.last { $0 != .help }?.place ?? .fleet)
  }

  func words(for binding: KeyMap.Binding) -> String? {
    // From help itself Esc always leads back.
    if console.pane == .help, binding.command == .back { return nil }
    guard binding.tenses.contains(console.tense) else {
      return console.tense == .live ? "in the past only" : "live only"
    }
    guard binding.places.contains(place) else {
      let places = Place.allCases.filter(binding.places.contains).map(\.words)
      if places.count == Place.allCases.count - 1 { return binding.scope }
      if places.count > 3 { return "not in \(place.words)" }
      return "in \(places.joined(separator: " and ")) only"
    }
    if console.tense == .past {
      switch binding.command {
      case .poll, .reload: return "live only"
      case .live where console.playback?.isLive == false: return "a recording has no LIVE"
      default: break
      }
      guard console.keys.key(of: binding, in: place, .past) != nil else { return "live only" }
    }
    switch binding.command {
    case .confirm, .cancel, .revert, .reconcile, .recover, .tryOut, .reject, .chooseTargets:
      return console.lookingOnly(present)
    case .here, .follow, .unfollow, .present, .hand:
      return console.attendance == nil ? "nobody else can be here" : nil
    case .open where place == .here: return nil
    case .hold where present.countdowns.isEmpty: return "no rule is announced"
    case .attend where Notice.all(present, console).isEmpty: return "nothing waits"
    case .open where place == .action || place == .actions || place == .targets: return nil
    case .act where !present.hasActions:
      return "no actions declared"
    case .open, .service, .filter, .sort:
      if present.services.isEmpty { return "no service is watched" }
      if rows == 0, binding.command == .open || binding.command == .service {
        return "the filter hides all"
      }
      return nil
    case .runbook where present.runbooks.isEmpty && console.library.isEmpty:
      return "no runbooks at hand"
    case .nextSection, .previousSection:
      return place == .fleet && !isWide ? "needs \(ScreenLayout.wide) columns" : nil
    case .nextService, .previousService:
      return rows < 2 ? "there is no other service" : nil
    case .back where place == .fleet && !hasUndo && console.playback?.isLive != true:
      return "this is the first pane"
    default: return nil
    }
  }

  private var hasUndo: Bool {
    !console.filter.isEmpty || console.sort != .worst || console.selection != nil
      || console.isAside
  }
}
