package import Session
import Synchronization

/// The memory that bodies of answers may take on their way to the disk: a slow one costs bodies, and
/// never observations.
package final class BodyAllowance: Sendable {
  private struct Account {
    var held = 0
    var lost = 0
  }

  private let limit: Int
  private let account = Mutex(Account())
  private let tell: @Sendable (String) -> Void

  /// - Parameters:
  ///   - limit: bytes that may wait.
  ///   - tell: called with a sentence at the first body that finds no room, at the tenth, the
  ///     hundredth and so on.
  package init(limit: Int = 32 << 20, tell: @escaping @Sendable (String) -> Void) {
    self.limit = limit
    self.tell = tell
  }

  /// Bytes that wait.
  package var held: Int { account.withLock(\.held) }
  /// Bodies that found no room.
  package var lost: Int { account.withLock(\.lost) }

  /// A copy of a body, which has its room until nobody holds it any more; nil where there is none.
  package func enclose(_ body: UnsafeRawBufferPointer) -> Enclosure? {
    let size = body.count
    let lost: Int? = account.withLock { account in
      guard account.held + size <= limit else {
        account.lost += 1
        return account.lost
      }
      account.held += size
      return nil
    }
    guard let lost else {
      return Enclosure([[UInt8](body)]) { [self] in account.withLock { $0.held -= size } }
    }
    if BodyAllowance.isTold(lost) {
      tell(
        lost == 1
          ? "answers come faster than the disk takes them: not every body is kept"
          : "\(lost) bodies of answers were not kept so far")
    }
    return nil
  }

  /// Ever more seldom, however long it goes on.
  private static func isTold(_ count: Int) -> Bool {
    var power = 1
    while power < count { power *= 10 }
    return power == count
  }
}
