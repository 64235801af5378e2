import Dispatch
import Synchronization

/// Lets the main thread, which belongs to the screen, wait for work that is done elsewhere.
enum Blocking {
  /// Runs `work` on the cooperative pool and returns, or throws, what it does.
  static func run<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws
    -> Value
  {
    let done = DispatchSemaphore(value: 0)
    let result = Mutex<Result<Value, any Error>?>(nil)
    Task {
      let outcome: Result<Value, any Error>
      do { outcome = .success(try await work()) } catch { outcome = .failure(error) }
      result.withLock { $0 = outcome }
      done.signal()
    }
    done.wait()
    return try result.withLock { $0! }.get()
  }
}
