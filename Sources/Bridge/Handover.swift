import Dispatch
import Synchronization

/// A value that is made on another thread: whoever waits for it looks now and then, and takes it out, so that it is held
/// once.
final class Handover<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)

  /// - Parameter ring: called once it is there, on the other thread.
  init(
    _ make: @escaping @Sendable () throws -> Value, ring: @escaping @Sendable () -> Void
  ) {
    DispatchQueue.global(qos: .userInitiated).async { [self] in
      put(make)
      ring()
    }
  }

  private func put(_ make: () throws -> Value) {
    let made = Result { try make() }
    result.withLock { $0 = made }
  }

  /// nil while it is being made, and once it was taken.
  func take() -> Result<Value, any Error>? {
    result.withLock { result in
      defer { result = nil }
      return result
    }
  }
}
