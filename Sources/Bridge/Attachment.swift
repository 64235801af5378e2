package import Presence

/// What somebody says who wants to stay: from now on they are told what happens.
///
/// None of it says who they are: that is the kernel's word. What it says of the host is compared with it, since behind a
/// forwarded socket the kernel names whoever forwards.
package struct Attachment: Sendable, Hashable, Codable {
  /// Of the host that the screen is on, as its kernel says; nil where it does not.
  package var boot: String?
  /// The user there.
  package var uid: UInt32
  /// The name of that host, for people.
  package var host: String
  /// Of the program: `1.4.0`.
  package var program: String
  /// A screen that nobody types at.
  package var isWall: Bool
  /// What charts look back on is wanted with the first keyframe.
  package var wantsHistory: Bool
  package var view: Viewpoint?

  package init(
    boot: String?, uid: UInt32, host: String, program: String, isWall: Bool = false,
    wantsHistory: Bool = false, view: Viewpoint? = nil
  ) {
    self.boot = boot
    self.uid = uid
    self.host = host
    self.program = program
    self.isWall = isWall
    self.wantsHistory = wantsHistory
    self.view = view
  }
}
