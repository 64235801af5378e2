import Bridge
import Presence
import Session
import Synchronization

/// Those who look at a fleet that this process keeps, and the screen of this process among them.
final class Company: Sendable {
  let muster = Muster()
  /// Of the screen of this process, while it is one.
  private let own = Mutex<UInt64?>(nil)

  /// The screen of this process comes in.
  ///
  /// - Parameter told: called from another thread whenever it changes who is here.
  func enter(
    _ principal: Principal, isWall: Bool, told: @escaping @Sendable (Attendance) -> Void
  ) {
    let id = muster.join(principal, isWall: isWall, told: told)
    own.withLock { $0 = id }
  }

  func act(_ act: PresenceAct) {
    guard let id = own.withLock({ $0 }) else { return }
    muster.act(act, by: id)
  }
}
