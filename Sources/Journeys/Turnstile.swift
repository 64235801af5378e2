import Synchronization

/// Lets so many through at once; the others wait in the order in which they came.
final class Turnstile: Sendable {
  private struct Waiting {
    var free: Int
    var next: UInt64 = 0
    var queue: [(ticket: UInt64, continuation: CheckedContinuation<Bool, Never>)] = []
    var calledOff: Set<UInt64> = []
  }

  private let waiting: Mutex<Waiting>

  init(width: Int) { waiting = Mutex(Waiting(free: max(1, width))) }

  /// Answers false, and takes no place, where the task was cancelled first.
  func enter() async -> Bool {
    let ticket = waiting.withLock { waiting in
      waiting.next += 1
      return waiting.next
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let answer: Bool? = waiting.withLock { waiting in
          if waiting.calledOff.remove(ticket) != nil { return false }
          if waiting.free > 0 {
            waiting.free -= 1
            return true
          }
          waiting.queue.append((ticket, continuation))
          return nil
        }
        if let answer { continuation.resume(returning: answer) }
      }
    } onCancel: {
      let continuation = waiting.withLock { waiting in
        guard let place = waiting.queue.firstIndex(where: { $0.ticket == ticket }) else {
          waiting.calledOff.insert(ticket)
          return CheckedContinuation<Bool, Never>?.none
        }
        return waiting.queue.remove(at: place).continuation
      }
      continuation?.resume(returning: false)
    }
  }

  func leave() {
    let next = waiting.withLock { waiting in
      if waiting.queue.isEmpty {
        waiting.free += 1
        return CheckedContinuation<Bool, Never>?.none
      }
      return waiting.queue.removeFirst().continuation
    }
    next?.resume(returning: true)
  }
}
