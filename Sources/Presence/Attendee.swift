public import Fleet

/// Somebody who is here: one screen of theirs.
public struct Attendee: Sendable, Hashable, Codable, Identifiable {
  /// Given by the session: whoever has two screens is here twice.
  public var id: UInt64
  /// By the kernel's word.
  public var name: String
  public var role: Role
  /// When they came, as wall time in nanoseconds since 1970-01-01T00:00:00Z.
  public var since: Int64
  /// Why this screen only looks, whoever is before it: `from another host (ssh forwarding): may only look`; nil where it
  /// does what its user may.
  public var onlyLooks: String?
  /// Whether it is a wall: a screen that nobody types at.
  public var isWall: Bool
  /// nil until it was said.
  public var view: Viewpoint?
  /// When the hand was raised, as wall time in nanoseconds; nil where it is not.
  public var hand: Int64?
  /// They show where they look, and others may follow.
  public var isPresenting: Bool
  /// Whom they follow.
  public var follows: UInt64?
  /// It takes nothing at the moment: stopped, or on a link that is too slow.
  public var isBehind: Bool

  public init(
    id: UInt64, name: String, role: Role, since: Int64, onlyLooks: String? = nil,
    isWall: Bool = false, view: Viewpoint? = nil, hand: Int64? = nil, isPresenting: Bool = false,
    follows: UInt64? = nil, isBehind: Bool = false
  ) {
    self.id = id
    self.name = name
    self.role = role
    self.since = since
    self.onlyLooks = onlyLooks
    self.isWall = isWall
    self.view = view
    self.hand = hand
    self.isPresenting = isPresenting
    self.follows = follows
    self.isBehind = isBehind
  }
}
