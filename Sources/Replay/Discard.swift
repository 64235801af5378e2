import Dispatch
import Synchronization

/// Something large that is done with: to let go of it takes a while, and nobody should wait for that.
final class Discard<Value: Sendable>: Sendable {
  private let value: Mutex<Value?>

  /// - Parameter value: nobody else should hold it: who lets go last does the work.
  init(_ value: consuming Value) { self.value = Mutex(value) }

  /// Lets go of it on another thread.
  func begin() {
    DispatchQueue.global(qos: .utility).async { [self] in value.withLock { $0 = nil } }
  }
}
