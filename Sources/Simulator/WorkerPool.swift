import DequeModule

/// Who may work now, who waits, who is turned away.
///
/// First come, first served, also for those whose client has gone: a queue longer than its
/// clients' patience does only work that nobody waits for.
@Simulation
final class WorkerPool {
  enum Admission: Sendable { case admitted, refused, abandoned }

  /// How many work at once; nil for as many as come.
  private(set) var workers: Int?
  /// How many may be inside, waiting or working.
  private(set) var limit: Int
  private(set) var running = 0
  private var queue: Deque<CheckedContinuation<Admission, Never>> = []
  private var isAbandoned = false

  init(workers: Int?, limit: Int) {
    self.workers = workers
    self.limit = limit
  }

  var queued: Int { queue.count }
  var inside: Int { running + queue.count }
  /// Whether the queue is so long that those at its end wait in vain.
  var isSaturated: Bool { workers.map { queue.count > 8 * $0 } ?? (inside >= limit) }

  /// Asks for a place; each `.admitted` is given back with `leave()`.
  func enter() async -> Admission {
    if isAbandoned { return .abandoned }
    if inside >= limit { return .refused }
    if let workers, running >= workers {
      return await withCheckedContinuation { queue.append($0) }
    }
    running += 1
    return .admitted
  }

  func leave() {
    running -= 1
    admitWaiting()
  }

  /// The latest comers are turned away at once where the new limit leaves no place for them.
  func setLimit(_ limit: Int) {
    self.limit = limit
    while inside > limit, let latest = queue.popLast() { latest.resume(returning: .refused) }
  }

  func setWorkers(_ workers: Int?) {
    self.workers = workers
    admitWaiting()
  }

  /// The process is gone, and with it everyone inside.
  func abandon() {
    isAbandoned = true
    let waiting = queue
    queue = []
    for continuation in waiting { continuation.resume(returning: .abandoned) }
  }

  private func admitWaiting() {
    while running < workers ?? .max, let next = queue.popFirst() {
      running += 1
      next.resume(returning: .admitted)
    }
  }
}
