import Canvas
import Console
import Dispatch
import Foundation
import Session
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The watch without a screen: a line on standard output for each change that matters.
enum LinearWatch {
  /// Why it ends.
  private enum End: Sendable {
    case asked, readerGone
    case failed(Failure)
  }

  /// Returns when it is asked to end, when the reader of standard output has gone, or after so many
  /// seconds.
  ///
  /// To be called after `EndSignals.block()`, which stands before the first thread.
  static func run(
    _ source: FleetSource, ascii: Bool, recording: LiveJournal.Wish, seconds: Double? = nil
  ) throws {
    // A reader that has gone is an answer to a write, not the end of the program.
    signal(SIGPIPE, SIG_IGN)
    let end = Mutex<End?>(nil)
    let ended = DispatchSemaphore(value: 0)
    let finish: @Sendable (End) -> Void = { why in
      end.withLock { $0 = $0 ?? why }
      ended.signal()
    }
    Thread.detachNewThread {
      EndSignals.wait()
      finish(.asked)
    }
    let writer = LineWriter { finish($0.map { .failed($0) } ?? .readerGone) }
    let live = LiveFleet(source.fleet, source: source, recording: recording)
    let report = LinearReport(
      glyphs: ascii || !isUTF8(ProcessInfo.processInfo.environment) ? .ascii : .unicode)
    let session = live.session
    let attached = Task {
      await session.attach { LiveLines(report) { writer.put($0) } }
    }
    wait(for: ended, seconds: seconds)
    attached.cancel()
    try? Blocking.run { await live.stop() }
    writer.close(within: 1)
    if case .failed(let failure) = end.withLock({ $0 }) { throw failure }
  }

  /// A quiet fleet writes nothing, so whether anybody still reads is looked at, not found out.
  private static func wait(for ended: DispatchSemaphore, seconds: Double?) {
    let deadline = seconds.map { ContinuousClock.now + .seconds($0) }
    while ended.wait(timeout: .now() + 0.5) == .timedOut {
      if StandardOutput.isAbandoned { return }
      if let deadline, ContinuousClock.now >= deadline { return }
    }
  }

  /// Whether text of this environment's locale may hold more than ASCII.
  static func isUTF8(_ environment: [String: String]) -> Bool {
    let name = ["LC_ALL", "LC_CTYPE", "LANG"].lazy.compactMap { environment[$0] }
      .first { !$0.isEmpty }
    guard let name = name?.lowercased() else { return false }
    return name.contains("utf-8") || name.contains("utf8")
  }
}
