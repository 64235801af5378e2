import Containment
import Runbooks

extension ActionOutline {
  /// As much of an action as runbooks are held against.
  init(_ action: Action) {
    self.init(
      name: action.name, kind: action.kind.rawValue, isVerified: action.proof != nil,
      isReversible: action.revert != nil)
  }

  /// Of one that cannot be read: that is said already, and nothing follows from it.
  init(unread name: String) {
    self.init(name: name, isVerified: true, isReversible: true)
  }
}
