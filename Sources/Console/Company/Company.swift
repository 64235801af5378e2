import Presence

/// What of this responder the others are told, and whom they go along with; the session keeps what it was told.
package struct Company: Sendable, Hashable {
  /// Whom they go along with; nil: their own way.
  package internal(set) var following: Following?
  /// Whom they came here with, until a key of their own, where that ended by itself; nil: by their own way.
  var cameWith: String?
  package internal(set) var isPresenting = false
  package internal(set) var hasHandUp = false
  /// What was told last, and as whom; nil where everything has to be told anew.
  var told: Told?
  /// The notices that were seen, by `Notice.id`.
  var seen: Set<String> = []

  struct Told: Sendable, Hashable {
    var you: UInt64
    var view: Viewpoint
  }

  /// Somebody whose way is gone along.
  package struct Following: Sendable, Hashable {
    package var whom: Whom
    /// Which screen that is now; nil while it is none.
    package var id: UInt64?
    /// Where they were gone to last.
    var went: Viewpoint?
  }

  package enum Whom: Sendable, Hashable {
    /// By name: whoever comes back is followed on.
    case attendee(String)
    /// Whoever presents.
    case presenter
  }
}

extension Command {
  /// Whether whoever goes along with somebody still does after it: it moves nothing of what they look at.
  var staysAlong: Bool {
    switch self {
    case .poll, .reload, .redraw, .palette, .note, .copy, .hold, .present, .hand, .follow,
      .unfollow,
      .zoomIn, .zoomOut, .mark:
      true
    default: false
    }
  }

  /// Whether it does something about what is shown: never by a key that was meant for what stood there before.
  var actsOnWhatIsShown: Bool {
    switch self {
    case .open, .check, .skip, .confirm, .approve, .reject, .cancel, .revert, .reconcile, .recover,
      .tryOut, .chooseYes, .chooseTargets, .toggle:
      true
    default: false
    }
  }
}
