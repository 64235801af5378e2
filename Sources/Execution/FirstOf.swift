import Synchronization

/// Takes the first of several answers; whoever comes later is not heard.
///
/// What is not waited for any longer goes on by itself: a thread or a process that cannot be stopped.
final class FirstOf<Value: Sendable>: Sendable {
  private enum State {
    case open
    case waiting(CheckedContinuation<Value, Never>)
    case taken(Value)
    case over
  }

  private let state = Mutex(State.open)

  func take(_ value: Value) {
    let waiter: CheckedContinuation<Value, Never>? = state.withLock { state in
      switch state {
      case .open:
        state = .taken(value)
        return nil
      case .waiting(let waiter):
        state = .over
        return waiter
      case .taken, .over: return nil
      }
    }
    waiter?.resume(returning: value)
  }

  private func value() async -> Value {
    await withCheckedContinuation { waiter in
      let value: Value? = state.withLock { state in
        if case .taken(let value) = state {
          state = .over
          return value
        }
        state = .waiting(waiter)
        return nil
      }
      if let value { waiter.resume(returning: value) }
    }
  }

  /// What `begin` has somebody take within so many seconds, or `late`; `late` at once when it is called off.
  static func within(
    _ seconds: Double, else late: Value, _ begin: (FirstOf<Value>) -> Void
  ) async -> Value {
    let first = FirstOf<Value>()
    let alarm = Task {
      try? await Task.sleep(for: .seconds(seconds))
      first.take(late)
    }
    defer { alarm.cancel() }
    begin(first)
    return await withTaskCancellationHandler {
      await first.value()
    } onCancel: {
      first.take(late)
    }
  }
}
