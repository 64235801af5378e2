/// What somebody does that is no fact about the fleet.
public enum PresenceAct: Sendable, Hashable, Codable {
  /// They look somewhere else.
  case look(Viewpoint)
  case raiseHand(Bool)
  /// Show where they look to those who follow whoever presents.
  case present(Bool)
  /// Follow somebody, by `Attendee.id`; nil: nobody any more.
  case follow(UInt64?)
}
