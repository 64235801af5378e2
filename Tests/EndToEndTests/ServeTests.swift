import Foundation
import Testing

/// The daemon as its manager and its peers see it.
@Suite("A session that is served", .serialized)
final class ServeTests {
  private let folder = "/tmp/dcs\(String(UInt32.random(in: 0 ... .max), radix: 36))"
  private let target = TurnedService()
  private let listener: Listener
  private var file: String { folder + "/damcon.yaml" }
  private var socket: String { folder + "/s.sock" }
  private var state: String { folder + "/state" }

  init() throws {
    listener = try target.listen()
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try write()
  }

  deinit {
    listener.stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  private func write(_ more: String = "") throws {
    try """
    version: 1
    fleet: served
    poll: {interval: 1s}
    services:
      - {name: pricing, instances: ["\(listener.url)"], metrics: none}
    \(more)
    """.write(toFile: file, atomically: true, encoding: .utf8)
  }

  private func serve(_ more: String..., environment: [String] = []) throws -> Watcher {
    try Watcher(
      ["serve", "--config", file, "--socket", socket] + more, state: state,
      environment: environment)
  }

  private func listens() -> Bool {
    waitUntil(30) {
      (try? Damcon.run("action", "status", "--socket", socket))?.status == 0
    }
  }

  @Test("its manager hears when it is ready, reads its file again, works and ends")
  func managed() throws {
    let manager = try ServiceManager()
    let daemon = try serve(
      environment: ["NOTIFY_SOCKET=\(manager.path)", "WATCHDOG_USEC=600000"])
    #expect(manager.hears { $0 == "READY=1" }, "\(daemon.said)")
    #expect(manager.heard.contains("STATUS=serving served: 1 service, 1 target"))
    // What it is ready for is there already.
    #expect(try Damcon.run("action", "status", "--socket", socket).status == 0)
    #expect(manager.hears { $0 == "WATCHDOG=1" })

    try write("  - {name: catalog, instances: [\"\(listener.url)/\"], metrics: none}")
    daemon.child.signal(SIGHUP)
    #expect(
      manager.hears { $0 == "STATUS=serving served: 2 services, 2 targets" }, "\(daemon.said)")
    #expect(manager.heard.contains("RELOADING=1"))
    #expect(manager.heard.contains { $0.hasPrefix("MONOTONIC_USEC=") })

    try write("  - {name: catalog, instances: 7}")
    daemon.child.signal(SIGHUP)
    #expect(
      manager.hears { $0.contains("2 services") && $0.contains("the new fleet file is wrong") },
      "\(daemon.said)")
    #expect(waitUntil(10) { daemon.said.contains("the fleet before it stays in use") })

    #expect(daemon.end() == 0)
    #expect(manager.hears(5) { $0.hasPrefix("STOPPING=1") })
    #expect(daemon.said.contains("ended in order"))
    #expect(!FileManager.default.fileExists(atPath: socket))
  }

  @Test("one that does not turn anything over does not say that it works")
  func stopped() throws {
    let manager = try ServiceManager()
    let daemon = try serve(
      environment: ["NOTIFY_SOCKET=\(manager.path)", "WATCHDOG_USEC=400000"])
    #expect(manager.hears { $0 == "READY=1" }, "\(daemon.said)")
    daemon.child.signal(SIGSTOP)
    _ = manager.hears(1) { _ in false }
    #expect(!manager.hears(2) { $0 == "WATCHDOG=1" })
    daemon.child.signal(SIGCONT)
    #expect(manager.hears { $0 == "WATCHDOG=1" })
    #expect(daemon.end(SIGINT) == 0)
  }

  @Test("its own health and metrics are such as it reads of others, and another Damcon watches it")
  func watched() throws {
    let daemon = try serve("--metrics", "127.0.0.1:0")
    let port = try daemon.port(after: "metrics are at")
    #expect(waitUntil(30) { HTTPGet.body(port: port, path: "/ready") != nil }, "\(daemon.said)")
    let metrics = folder + "/own.txt"
    try #require(HTTPGet.body(port: port, path: "/metrics"))
      .write(to: URL(fileURLWithPath: metrics))
    let inspected = try Damcon.run("inspect", metrics, "--as", "openmetrics", "--strict")
    #expect(inspected.status == 0, "\(inspected.output)\(inspected.errors)")
    let text = try String(contentsOfFile: metrics, encoding: .utf8)
    #expect(text.contains("damcon_targets 1\n"))
    #expect(text.contains("damcon_journal_writable 1"))
    #expect(HTTPGet.body(port: port, path: "/nothing") == nil)
    #expect(HTTPGet.post(port: port, path: "/metrics", json: "{}") == 405)

    let snapshot = try Damcon.run(
      "snapshot", "http://127.0.0.1:\(port)", "--for", "4s", "--format", "json")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(snapshot.output.utf8)) as? [String: Any])
    let service = try #require((object["services"] as? [[String: Any]])?.first)
    #expect(service["health"] as? String == "healthy", "\(snapshot.output)")
    #expect((service["versions"] as? [String])?.isEmpty == false)

    try write("  - {name: catalog, instances: 7}")
    daemon.child.signal(SIGHUP)
    #expect(
      waitUntil(20) {
        HTTPGet.body(port: port, path: "/metrics").map { String(decoding: $0, as: UTF8.self) }?
          .contains(#"damcon_check_passing{check="fleet-file"} 0"#) ?? false
      })
    #expect(daemon.end() == 0)
  }

  @Test("a second one for the same fleet says who has it and exits with 3")
  func second() throws {
    let first = try serve()
    try #require(listens(), "\(first.said)")
    let journal = try serve()
    // Nothing ends it but itself.
    #expect(journal.end(0) == 3)
    #expect(!journal.said.contains("recorded only until it ends"))
    #expect(journal.said.contains("served.damcon"), "\(journal.said)")
    // With a journal of its own it finds the socket taken.
    let door = try serve("--record", folder + "/other.damcon")
    #expect(door.end(0) == 3)
    #expect(door.said.contains(socket), "\(door.said)")
    #expect(listens())
    #expect(first.end() == 0)
    // What was let go of is the next one's.
    let next = try serve()
    #expect(listens(), "\(next.said)")
    #expect(next.end() == 0)
  }

  @Test("what cannot be is said before anything is watched")
  func wrong() throws {
    #expect(try Damcon.run("serve", "--config", folder + "/none.yaml").status == 2)
    #expect(try Damcon.run("serve", "--config", file, "--metrics", "nowhere").status == 2)
    let taken = try serve("--metrics", "127.0.0.1:\(listener.port)")
    #expect(taken.end(0) == 3)
    #expect(taken.said.contains("nobody can be answered at 127.0.0.1:\(listener.port)"))
    let closed = try Watcher(
      ["serve", "--config", file, "--socket", "/tmp/no-such-folder-of-damcon/s.sock"],
      state: state)
    #expect(closed.end(0) == 3)
    #expect(closed.said.contains("no-such-folder-of-damcon"), "\(closed.said)")
  }

  @Test("lines are for whoever reads them: JSON where that is asked for")
  func lines() throws {
    let daemon = try serve("--format", "json", "--metrics", "127.0.0.1:0")
    try #require(listens(), "\(daemon.said)")
    #expect(daemon.end() == 0)
    let lines = daemon.said.split(separator: "\n")
    #expect(!lines.isEmpty)
    for line in lines {
      let object = try #require(
        try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String], "\(line)")
      #expect(Set(object.keys) == ["at", "level", "text"])
    }
  }

  @Test("a socket that listens before it is started is taken over, and left where it is")
  func activated() throws {
    let given = try UnixPlace.listen(socket)
    defer { close(given) }
    let manager = try ServiceManager()
    let errors = folder + "/errors"
    let child = try start(given, manager: manager, errors: errors)
    let said = { (try? String(contentsOfFile: errors, encoding: .utf8)) ?? "" }
    #expect(manager.hears { $0 == "READY=1" }, "\(said())")
    #expect(try Damcon.run("action", "status", "--socket", socket).status == 0, "\(said())")
    child.signal(SIGTERM)
    #expect(child.wait(20) == 0, "\(said())")
    #expect(FileManager.default.fileExists(atPath: socket))
  }

  /// Starts it as a manager does: the descriptor is the fourth, and the process is the one that is named.
  private func start(
    _ descriptor: Int32, manager: ServiceManager, errors: String
  ) throws -> Child {
    let line =
      #"LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=control NOTIFY_SOCKET="$1" XDG_STATE_HOME="$2" "#
      + #"exec "$3" serve --config "$4" --socket "$5""#
    return try Child(
      "/bin/sh", ["-c", line, "sh", manager.path, state, Damcon.path, file, socket],
      errors: errors, handing: descriptor)
  }
}
