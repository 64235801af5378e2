import Dispatch
import Foundation
import Synchronization

/// Who is told where the chain stands after each audit entry.
package protocol HeadLog: Sendable {
  /// Returns at once.
  func tell(_ head: JournalHead, of fleet: String)
  /// Waits a moment for what was told to be on its way.
  func finish()
}

/// The system's log (syslog), as `damcon[4711]: journal shop head 17 9f86d081…`, facility `auth`.
///
/// A log that stands still must not hold up an audit entry: lines are sent from a thread of its own,
/// and where they come faster than they go only the newest waits, for it stands for the others.
package final class SystemLog: HeadLog {
  private let queue = DispatchQueue(label: "damcon.headlog", qos: .utility)
  private let waiting = Mutex<[String: String]>([:])
  private static let patience = DispatchTimeInterval.seconds(1)

  package init() {}

  package func tell(_ head: JournalHead, of fleet: String) {
    let isAlone = waiting.withLock { waiting in
      waiting.updateValue(head.line(of: fleet), forKey: fleet) == nil
    }
    guard isAlone else { return }
    queue.async { [self] in
      guard let line = waiting.withLock({ $0.removeValue(forKey: fleet) }) else { return }
      SystemLog.opened
      withVaList([]) { vsyslog(LOG_AUTH | LOG_NOTICE, line, $0) }
    }
  }

  package func finish() {
    let isDone = DispatchSemaphore(value: 0)
    queue.async { isDone.signal() }
    _ = isDone.wait(timeout: .now() + SystemLog.patience)
  }

  /// The name must outlive the process's last line: it is a static string.
  private static let opened: Void = {
    let name: StaticString = "damcon"
    name.withUTF8Buffer { name in
      name.withMemoryRebound(to: CChar.self) { openlog($0.baseAddress, LOG_PID, LOG_AUTH) }
    }
  }()
}
