import Foundation
import Synchronization

/// A service whose counters go as a test says, and that tells how often they were read.
final class CountingService: Sendable {
  private struct Counts {
    var good = 0
    var bad = 0
    var goodAScrape = 0
    var badAScrape = 0
    var scrapes = 0
    var isFailing = false
  }

  private let counts = Mutex(Counts())

  /// Requests that are counted from one scrape to the next without being asked for.
  init(goodAScrape: Int = 0, badAScrape: Int = 0, failing: Bool = false) {
    counts.withLock {
      $0.goodAScrape = goodAScrape
      $0.badAScrape = badAScrape
      $0.isFailing = failing
    }
  }

  var scrapes: Int { counts.withLock(\.scrapes) }

  func count(good: Int, bad: Int) {
    counts.withLock {
      $0.good += good
      $0.bad += bad
    }
  }

  func listen() throws -> Listener {
    try Listener.service { [self] path in
      switch path {
      case "/healthz": (200, "application/json", #"{"status":"pass"}"#)
      case "/ready":
        counts.withLock(\.isFailing)
          ? (503, "application/json", #"{"status":"fail","message":"pool saturated"}"#)
          : (200, "application/json", #"{"status":"pass"}"#)
      case "/checkout":
        counts.withLock(\.isFailing)
          ? (500, "text/plain", "no") : (200, "text/plain", "a form")
      case "/metrics": (200, "text/plain", scraped())
      default: nil
      }
    }
  }

  private func scraped() -> String {
    counts.withLock { counts in
      counts.scrapes += 1
      counts.good += counts.goodAScrape
      counts.bad += counts.badAScrape
      return """
        # TYPE http_requests_total counter
        http_requests_total{handler="/pay",code="200"} \(counts.good)
        http_requests_total{handler="/pay",code="503"} \(counts.bad)

        """
    }
  }
}

/// A folder with a fleet file and a state folder of its own, for the program to run in.
final class FleetFolder {
  let folder: URL
  var file: String { folder.appendingPathComponent("damcon.yaml").path }
  var state: String { folder.appendingPathComponent("state").path }

  /// - Parameter lines: what the file says after its version, its name and how often to poll.
  init(_ name: String, _ lines: String) throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try "version: 1\nfleet: \(name)\npoll: {interval: 1s}\n\(lines)\n"
      .write(toFile: file, atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func run(_ arguments: String...) throws -> Command {
    try Command.run(
      "/usr/bin/env", ["XDG_STATE_HOME=\(state)", Damcon.path] + arguments + ["--config", file])
  }

  /// A watch in lines.
  func watch() throws -> Watcher {
    try Watcher(["watch", "--linear", "--config", file], state: state)
  }
}
