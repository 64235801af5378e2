import Bridge
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
    try write(ascii: ascii, seconds: seconds) { report, put in
      let live = LiveFleet(source.fleet, source: source, recording: recording)
      let session = live.session
      let attached = Task { await session.attach { LiveLines(report, put: put) } }
      return {
        attached.cancel()
        try? Blocking.run { await live.stop() }
      }
    }
  }

  /// The same of a session that another process keeps; that it is lost, and back, is a line too.
  static func run(_ found: FoundSession, ascii: Bool) throws {
    try write(ascii: ascii) { report, put in
      let host = HostIdentity.own
      let link = LinkLines(put)
      let mirror = Mirror(
        found.place,
        Attachment(boot: host.boot, uid: host.uid, host: host.name, program: Version.current),
        onLink: { link.hear($0) })
      let running = Task {
        await mirror.attach { MirroredLines(LiveLines(report, put: put)) }
        await mirror.run()
      }
      return { running.cancel() }
    }
  }

  /// Writes lines until it ends.
  ///
  /// - Parameter begin: has a session tell them; returns how that ends.
  private static func write(
    ascii: Bool, seconds: Double? = nil,
    _ begin: (LinearReport, _ put: @escaping @Sendable ([String]) -> Void) -> () -> Void
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
    let report = LinearReport(
      glyphs: ascii || !isUTF8(ProcessInfo.processInfo.environment) ? .ascii : .unicode)
    let stop = begin(report) { writer.put($0) }
    wait(for: ended, seconds: seconds)
    stop()
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
