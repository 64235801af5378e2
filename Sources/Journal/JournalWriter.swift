import Dispatch
import Foundation
import Recording
import Synchronization

/// Records on a thread of its own: nobody waits for the disk but those who ask for an audit entry.
///
/// A file that cannot be written costs one sentence, not the watch. What comes meanwhile is kept as long
/// as there is room for it in memory; then entries are lost, and once there is room on the disk again
/// recording goes on by itself: the chain shows from which entry to which nothing was written.
package final class JournalWriter: Sendable {
  /// How recording goes.
  package struct Progress: Sendable, Hashable {
    /// The last entry that is in the file.
    package var sequence: UInt64?
    package var isStopped = false
    /// Batches that were lost since recording stopped.
    package var lost = 0
    /// Calls that the thread has not come to.
    fileprivate var handed = 0
    /// Whether some were not even handed over.
    fileprivate var isLossy = false
  }

  /// What makes pages of entries, called on the writer's thread.
  ///
  /// - Parameter isAfterLoss: whether entries given before were lost: what follows must be readable by
  ///   itself, so that a keyframe goes before it.
  package typealias Making = @Sendable (_ isAfterLoss: Bool) -> [JournalPage]

  private let path: String
  private let retention: Retention
  private let limit: Int
  private let queue = DispatchQueue(label: "damcon.journal", qos: .utility)
  private let open: @Sendable () throws(JournalError) -> JournalFile
  private let tell: @Sendable (String) -> Void
  private let shared = Mutex(Progress())
  /// Touched on `queue` alone.
  nonisolated(unsafe) private var desk = Desk()

  private struct Desk {
    var file: JournalFile?
    var waiting: [JournalPage] = []
    var bytes = 0
    /// Whether entries were lost that nothing has been written after yet.
    var isAfterLoss = false
    var isStopped = false
    /// Not before this is a file that failed tried again.
    var next: DispatchTime = .now()
    var trimmed: DispatchTime = .now()
    var wasSetAside = false
  }

  private static let patience = DispatchTimeInterval.seconds(1)
  /// Calls that may wait for the thread: ten minutes of usual ones.
  private static let handed = 600
  private static let trimming = DispatchTimeInterval.seconds(10)
  private static let trimmingAtOnce = DispatchTimeInterval.milliseconds(20)

  /// - Parameters:
  ///   - about: what a new file says of itself.
  ///   - limit: bytes that are kept while nothing can be written.
  ///   - tell: called with a sentence when recording stops, and when it goes on.
  package init(
    path: String, about: About, retention: Retention = Retention(),
    heads: (any HeadLog)? = SystemLog(), limit: Int = 16 << 20,
    tell: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.retention = retention
    self.limit = limit
    self.tell = tell
    open = { () throws(JournalError) in
      try JournalFile(path: path, about: about, heads: heads)
    }
  }

  package var progress: Progress { shared.withLock { $0 } }

  /// Opens the file, so that the caller knows where a run goes on; its thread waits for it.
  ///
  /// A damaged one is moved out of the way, and a new one begun. Where it cannot be written the error is
  /// told, and it is tried again with each page.
  ///
  /// - Returns: the last entry of the runs before; nil where there is none.
  package func begin() async throws(JournalError) -> JournalEnd? {
    let result = await withCheckedContinuation { done in
      queue.async { [self] in done.resume(returning: opened()) }
    }
    return try result.get()
  }

  private func opened() -> Result<JournalEnd?, JournalError> {
    do {
      return .success(try file().end)
    } catch {
      desk.isStopped = true
      shared.withLock { $0.isStopped = true }
      return .failure(error)
    }
  }

  /// Records what `making` makes, in the order of the calls; returns at once.
  package func put(_ making: @escaping Making) {
    // A disk that answers nothing at all must not cost memory without end either.
    let isTaken = shared.withLock { progress in
      guard progress.handed < JournalWriter.handed else {
        progress.lost += 1
        progress.isLossy = true
        return false
      }
      progress.handed += 1
      return true
    }
    guard isTaken else { return }
    queue.async { [self] in
      let isLossy = shared.withLock { progress in
        progress.handed -= 1
        defer { progress.isLossy = false }
        return progress.isLossy
      }
      if isLossy { desk.isAfterLoss = true }
      take(making)
      write()
    }
  }

  /// Records an audit entry and returns once it would survive a power cut; throws where it is not in
  /// the file, and then it will not come into it.
  package func audit(_ making: @escaping Making) async throws(JournalError) {
    let result = await withCheckedContinuation { done in
      queue.async { [self] in done.resume(returning: commit(making)) }
    }
    try result.get()
  }

  /// Writes what waits and lets go of the file; what cannot be written by then is lost.
  package func finish() async {
    await withCheckedContinuation { done in
      queue.async { [self] in
        desk.next = .now()
        write()
        try? desk.file?.close()
        desk.file = nil
        done.resume()
      }
    }
  }

  /// Returns once the thread has come to all that was put before.
  package func caughtUp() async {
    await withCheckedContinuation { done in queue.async { done.resume() } }
  }

  /// Lets the file grow to so many of SQLite's pages and no further.
  package func limitPages(_ count: Int) async throws {
    try await withCheckedThrowingContinuation { (done: CheckedContinuation<Void, any Error>) in
      queue.async { [self] in
        done.resume(with: Result { try desk.file?.limit(pages: count) })
      }
    }
  }

  // MARK: On the thread

  private func take(_ making: Making) {
    guard desk.bytes < limit else {
      desk.isAfterLoss = true
      shared.withLock { $0.lost += 1 }
      return
    }
    let pages = making(desk.isAfterLoss)
    desk.isAfterLoss = desk.isAfterLoss && pages.isEmpty
    desk.waiting += pages
    desk.bytes += pages.reduce(0) { $0 + $1.size }
  }

  /// Writes what waits, as far as it goes.
  private func write() {
    guard !desk.isStopped || desk.next <= .now() else { return }
    do throws(JournalError) {
      let file = try file()
      var done = 0
      defer {
        desk.bytes -= desk.waiting.prefix(done).reduce(0) { $0 + $1.size }
        desk.waiting.removeFirst(done)
      }
      for page in desk.waiting {
        do {
          try file.append(page)
          if let batch = page.batch { shared.withLock { $0.sequence = batch.last } }
        } catch {
          guard error.cause == .misused else { throw error }
          // It never fits; others do. What comes next must not rest on it.
          desk.isAfterLoss = true
          shared.withLock { $0.lost += 1 }
          tell("\(error); it is not recorded")
        }
        done += 1
      }
      goOn()
      trim(file)
    } catch { stop(error) }
  }

  private func commit(_ making: Making) -> Result<Void, JournalError> {
    desk.next = .now()
    write()
    guard desk.waiting.isEmpty, let file = desk.file, !desk.isStopped else {
      // What was not made has its number all the same: the next ones follow on a gap.
      desk.isAfterLoss = true
      return .failure(
        JournalError(path, "cannot be written: nothing can be done that has to be recorded", .full))
    }
    for page in making(desk.isAfterLoss) {
      do {
        try file.append(page)
        desk.isAfterLoss = false
        if let batch = page.batch { shared.withLock { $0.sequence = batch.last } }
      } catch {
        // Its entries have numbers that nothing has: the next ones follow on a gap.
        desk.isAfterLoss = true
        if error.cause != .misused { stop(error) }
        return .failure(error)
      }
    }
    return .success(())
  }

  private func file() throws(JournalError) -> JournalFile {
    if let file = desk.file { return file }
    let file: JournalFile
    do {
      file = try open()
    } catch {
      // Nobody presses record before an outage: a file that is spoilt must not end recording. Only once,
      // for a disk that spoils every file would be filled with them.
      guard error.cause == .damaged, !desk.wasSetAside else { throw error }
      desk.wasSetAside = true
      let aside = try JournalPlace.setAside(path)
      tell("\(error); it was moved to \(aside), and a new journal is begun")
      file = try open()
    }
    desk.file = file
    return file
  }

  private func trim(_ file: JournalFile) {
    guard desk.trimmed <= .now() else { return }
    // Kept bodies come by the hundred a second: as many have to go.
    let end = DispatchTime.now() + JournalWriter.trimmingAtOnce
    do {
      while try file.trim(retention) {
        if .now() > end { return }
      }
      desk.trimmed = .now() + JournalWriter.trimming
    } catch {
      // It is tried again; what is recorded does not depend on it.
      desk.trimmed = .now() + JournalWriter.trimming
    }
  }

  private func stop(_ error: JournalError) {
    desk.next = .now() + JournalWriter.patience
    if error.cause != .full { desk.file = nil }
    let isNew = !desk.isStopped
    desk.isStopped = true
    shared.withLock { $0.isStopped = true }
    if isNew { tell("\(error); recording has stopped, and goes on by itself when it can") }
  }

  private func goOn() {
    guard desk.isStopped else { return }
    desk.isStopped = false
    let lost = shared.withLock { progress in
      defer {
        progress.isStopped = false
        progress.lost = 0
      }
      return progress.lost
    }
    tell(
      lost > 0
        ? "\(path) can be written again; recording goes on, \(lost) batches were lost"
        : "\(path) can be written again; recording goes on, nothing was lost")
  }
}
