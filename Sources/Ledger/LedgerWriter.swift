import Dispatch
import Synchronization
package import Telemetry

/// Writes minutes to the file on a thread of its own, and reads what it keeps.
///
/// A file that cannot be used costs one sentence, not the watch: what was not written is handed over
/// again a minute later.
package final class LedgerWriter: Sendable {
  private struct Progress {
    var keptIn: Int64 = .min
    var asked: Set<LedgerPage> = []
    var isTroubled = false
  }

  private let path: String
  private let queue = DispatchQueue(label: "damcon.ledger", qos: .utility)
  private let progress = Mutex(Progress())
  /// Touched on `queue` alone.
  nonisolated(unsafe) private var open: LedgerFile?
  private let tell: @Sendable (String) -> Void

  /// - Parameter tell: called with a sentence when the file cannot be used, and when it can again.
  package init(path: String, tell: @escaping @Sendable (String) -> Void) {
    self.path = path
    self.tell = tell
  }

  /// The minute in which what is in the file was handed over.
  package var keptIn: Int64 { progress.withLock(\.keptIn) }

  /// Reads what is kept of the objectives that `asked` names and that were not asked for before.
  package func load(
    _ asked: [LedgerPage], then take: @escaping @Sendable ([LedgerPage]) -> Void
  ) {
    queue.async { [self] in
      let new = progress.withLock { progress in
        // One that has gone and comes again has to be told again.
        progress.asked.formIntersection(asked)
        return asked.filter { progress.asked.insert($0).inserted }
      }
      guard !new.isEmpty else { return }
      attempt { (file) throws(LedgerError) in take(try file.pages(new)) }
    }
  }

  /// Keeps minutes as they stood in the minute `minute`.
  func put(_ pages: [LedgerPage], in minute: Int64) {
    queue.async { [self] in write(pages, in: minute) }
  }

  /// Keeps the last minutes; when it returns, what was put before is kept too.
  package func finish(_ pages: [LedgerPage]) async {
    await withCheckedContinuation { done in
      queue.async { [self] in
        write(pages, in: keptIn)
        done.resume()
      }
    }
  }

  private func write(_ pages: [LedgerPage], in minute: Int64) {
    guard !pages.isEmpty else { return }
    if attempt({ (file) throws(LedgerError) in try file.write(pages) }) {
      progress.withLock { $0.keptIn = minute }
    }
  }

  @discardableResult
  private func attempt(_ body: (LedgerFile) throws(LedgerError) -> Void) -> Bool {
    do {
      let file = try file()
      let before = file.leftOut
      try body(file)
      if before == 0, file.leftOut > 0 {
        tell("\(path) holds counts that are not what was written; those minutes count as not seen")
      }
      let wasTroubled = progress.withLock { progress in
        defer { progress.isTroubled = false }
        return progress.isTroubled
      }
      if wasTroubled { tell("\(path) can be written again; budgets are kept") }
      return true
    } catch {
      // By then another one may stand in its place.
      if error.isSpoilt { open = nil }
      let isNew = progress.withLock { progress in
        defer { progress.isTroubled = true }
        return !progress.isTroubled
      }
      if isNew { tell("\(error); until it can be written, budgets are not kept across restarts") }
      return false
    }
  }

  private func file() throws(LedgerError) -> LedgerFile {
    if let open { return open }
    let file = try LedgerFile(path: path)
    open = file
    return file
  }
}
