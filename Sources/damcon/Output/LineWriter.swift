import Dispatch
import Foundation
import Synchronization

/// Lines on their way to standard output, written by a thread of its own: a reader that has stopped
/// holds up nothing but the lines.
final class LineWriter: Sendable {
  private struct Waiting {
    var lines: [String] = []
    var dropped = 0
    var isClosed = false
  }

  private let waiting = Mutex(Waiting())
  private let bell = DispatchSemaphore(value: 0)
  private let done = DispatchSemaphore(value: 0)

  /// Lines kept for a reader that has stopped; the oldest go first.
  private static let limit = 10_000

  /// - Parameter onEnd: called once where nothing can be written any more: with why, or with nil
  ///   where the reader has gone.
  init(onEnd: @escaping @Sendable (Failure?) -> Void) {
    Thread.detachNewThread { [self] in
      defer { done.signal() }
      do {
        while let text = next() {
          guard try StandardOutput.write(text) else { return onEnd(nil) }
        }
      } catch {
        onEnd(error as? Failure ?? Failure("\(error)"))
      }
    }
  }

  /// Returns at once.
  func put(_ lines: [String]) {
    waiting.withLock { waiting in
      waiting.lines += lines
      let excess = waiting.lines.count - LineWriter.limit
      if excess > 0 {
        waiting.lines.removeFirst(excess)
        waiting.dropped += excess
      }
    }
    bell.signal()
  }

  /// Writes what waits, as far as the reader takes it within `seconds`.
  func close(within seconds: Double) {
    waiting.withLock { $0.isClosed = true }
    bell.signal()
    _ = done.wait(timeout: .now() + seconds)
  }

  /// All that waits, as soon as there is some; nil once closed and empty.
  private func next() -> String? {
    while true {
      let (lines, dropped, isClosed) = waiting.withLock { waiting in
        defer {
          waiting.lines = []
          waiting.dropped = 0
        }
        return (waiting.lines, waiting.dropped, waiting.isClosed)
      }
      if !lines.isEmpty {
        let lost =
          dropped > 0 ? ["(\(dropped) lines were dropped: they were not read in time)"] : []
        return (lost + lines).map { $0 + "\n" }.joined()
      }
      if isClosed { return nil }
      bell.wait()
    }
  }
}
