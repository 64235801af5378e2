import Beacon
import Exposition
import Fleet
import Foundation
import HTTPServing
import Health
import Incident
import NIOPosix
import Polling
import Synchronization
import Testing

/// Reads nothing.
private final class Blind: ScrapeReader {
  func read(_ body: UnsafeRawBufferPointer, contentType: String?) -> Extraction { Extraction() }
}

@Suite("Beats over HTTP", .timeLimit(.minutes(1)))
struct BeaconServerTests {
  /// What a server told, in its order.
  private final class Told: Sendable {
    private let events = Mutex<[Event]>([])
    var all: [Event] { events.withLock(\.self) }
    func take(_ event: Event) { events.withLock { $0.append(event) } }
    func takeAll() -> [Event] {
      events.withLock { events in
        defer { events = [] }
        return events
      }
    }
  }

  private struct Missing: Error, CustomStringConvertible { var description: String { "gone" } }

  /// Runs `body` with a server, its port and what it tells.
  private func serving(
    _ fleet: Fleet = Beats.fleet(), _ body: (BeaconServer, Int, Told) async throws -> Void
  ) async throws {
    let told = Told()
    let server = try await BeaconServer.start(
      at: HTTPAddress(host: "127.0.0.1", port: 0), fleet: fleet,
      on: MultiThreadedEventLoopGroup.singleton,
      secret: {
        guard case .literal(let text) = $0 else { throw Missing() }
        return text
      }, sink: { told.take($0) })
    do {
      try await body(server, server.address.port, told)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private func beat(
    _ body: String, to port: Int, at path: String = "/v1/beat/report/run-1",
    token: String? = Beats.token
  ) async throws -> Caller.Reply {
    try await Caller.send("POST", path, to: port, token: token, body: body)
  }

  private func state(of events: [Event], _ fleet: Fleet) -> State {
    let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)
    var state = State(began: began)
    for (index, event) in ([.began, .fleet(fleet)] + events).enumerated() {
      state.apply(
        Entry(sequence: UInt64(index + 1), instant: began.advanced(by: 1), event: event))
    }
    return state
  }

  @Test("a beat is taken, answered with when the next is awaited, and is what is known")
  func taken() async throws {
    try await serving { _, port, told in
      let reply = try await beat(#"{"status": "pass", "version": "2"}"#, to: port)
      #expect(reply.status == 200)
      #expect(reply.body == #"{"next_check_seconds":10}"#)
      let instances = state(of: told.all, Beats.fleet()).present.services[0].instances
      #expect(instances.map(\.id) == ["beacon://report/run-1"])
      #expect(instances.map(\.state) == [.healthy])
      #expect(instances.map(\.version) == ["2"])
      let put = try await Caller.send(
        "PUT", "/v1/beat/report/run-1", to: port, token: Beats.token, body: #"{"status":"warn"}"#)
      #expect(put.status == 200)
      #expect(
        state(of: told.all, Beats.fleet()).present.services[0].instances.map(\.state)
          == [.degraded])
    }
  }

  @Test("what is named in the file is awaited from the beginning")
  func named() async throws {
    let fleet = Beats.fleet(instances: ["a"])
    try await serving(fleet) { _, _, told in
      let target = Target(service: "report", instance: "beacon://report/a")
      let routes = Routes(liveness: Probe.beat, readiness: Probe.beat)
      #expect(told.all == [.routes(target: target, routes)])
    }
  }

  @Test("good-bye takes it out of the fleet when that is told next")
  func farewell() async throws {
    try await serving { _, port, told in
      _ = try await beat(#"{"status": "pass", "phase": "draining"}"#, to: port)
      let path = "/v1/beat/report/run-1"
      let stranger = try await Caller.send("DELETE", path, to: port, token: "no")
      #expect(stranger.status == 401)
      let reply = try await Caller.send("DELETE", path, to: port, token: Beats.token)
      #expect(reply.status == 204)
      #expect(reply.body == "")
      for _ in 0..<500 {
        if state(of: told.all, Beats.fleet()).present.services[0].instances.isEmpty { return }
        try await Task.sleep(for: .milliseconds(20))
      }
      Issue.record("it is still in the fleet")
    }
  }

  @Test("what is no beat is refused with the status and the sentence that say why")
  func refused() async throws {
    try await serving { _, port, told in
      let path = "/v1/beat/report/run-1"
      let none = try await beat(#"{"status": "pass"}"#, to: port, token: nil)
      #expect(none.status == 401)
      #expect(none.head.contains("www-authenticate: bearer"))
      let other = try await beat("{}", to: port, at: "/v1/beat/nothing/a", token: Beats.token)
      #expect(other.status == 401)
      #expect(other.body == none.body)

      let get = try await Caller.send("GET", path, to: port, token: Beats.token)
      #expect(get.status == 405)
      #expect(get.head.contains("allow: post, put, delete"))
      for wrong in [
        "/", "/v1/beat", "/v1/beat/report", "/v1/beat/report/", "/v1/beat//a",
        "/v1/beat/report/a/b",
        "/v1/beat/report/%zz", "/v1/beat/report/%", "/v1/beat/report/%ff", "/v1/Beat/report/a",
      ] {
        let reply = try await beat(#"{"status": "pass"}"#, to: port, at: wrong)
        #expect(reply.status == 404, "\(wrong)")
      }
      // What is escaped is a part of the name, and then it is none.
      let escaped = try await beat(#"{"status": "pass"}"#, to: port, at: "/v1/beat/report/a%2Fb")
      #expect(escaped.status == 400)

      let empty = try await beat("", to: port)
      #expect(empty.status == 400)
      let page = try await beat("<p>", to: port)
      #expect(page.status == 400)
      let large = try await beat(String(repeating: " ", count: 64 << 10) + "{}", to: port)
      #expect(large.status == 413)
      let packed = try await Caller.send(
        "POST", path, to: port, token: Beats.token, headers: [("content-encoding", "gzip")],
        body: "x")
      #expect(packed.status == 415)
      let twice = try await Caller.send(
        "POST", path, to: port, token: Beats.token,
        headers: [("authorization", "Bearer \(Beats.token)")], body: #"{"status": "pass"}"#)
      #expect(twice.status == 401)
      #expect(told.all.allSatisfy { if case .note = $0 { true } else { false } })
    }
  }

  @Test("a service's name is escaped in the path")
  func escapedService() async throws {
    var fleet = Beats.fleet()
    fleet.services[0].name = "nächtlicher bericht/1"
    try await serving(fleet) { _, port, told in
      let reply = try await beat(
        #"{"status": "pass"}"#, to: port, at: "/v1/beat/n%C3%A4chtlicher%20bericht%2F1/a")
      #expect(reply.status == 200)
      let instances = state(of: told.all, fleet).present.services[0].instances
      #expect(instances.map(\.state) == [.healthy])
      #expect(instances.map { Beacon.name(in: $0.id) } == ["a"])
    }
  }

  @Test("a flood of one is held back, with the time after which to come again")
  func flood() async throws {
    try await serving { _, port, told in
      var statuses: [Int] = []
      for _ in 0..<20 {
        let reply = try await beat(#"{"status": "pass"}"#, to: port)
        statuses.append(reply.status)
        if reply.status == 429 { #expect(reply.head.contains("retry-after: 1")) }
      }
      #expect(statuses.first == 200)
      #expect(statuses.contains(429))
      // Each that was taken tells of both answers once.
      let probes = told.all.filter { if case .probe = $0 { true } else { false } }
      #expect(probes.count == 2 * statuses.filter { $0 == 200 }.count)
    }
  }

  @Test("bytes of any kind change nothing and break nothing")
  func fuzz() async throws {
    try await serving { _, port, told in
      var random = Dice(state: 7)
      for _ in 0..<60 {
        let bytes = (0..<Int(random.next() % 600)).map { _ in UInt8(random.next() & 0xFF) }
        // With an end, so that nothing is waited for.
        _ = try? await Caller.exchange(bytes + Array("\r\n\r\n".utf8), with: port)
      }
      #expect(told.all.allSatisfy { if case .note = $0 { true } else { false } })
      let reply = try await beat(#"{"status": "pass"}"#, to: port)
      #expect(reply.status == 200)
    }
  }

  @Test("a fleet file that is read again is told of with those who made themselves known")
  func reload() async throws {
    try await serving { server, port, told in
      _ = try await beat(#"{"status": "pass"}"#, to: port)
      var fleet = Beats.fleet()
      fleet.services.append(Service(name: "new"))
      server.adopt(fleet)
      let present = state(of: told.all, Beats.fleet()).present
      #expect(present.services.map(\.definition.name) == ["report", "polled", "new"])
      #expect(present.services[0].instances.map(\.state) == [.healthy])
      fleet.services[0].beacon?.token = .literal("another-token-of-that-length")
      server.adopt(fleet)
      let reply = try await beat(#"{"status": "pass"}"#, to: port)
      #expect(reply.status == 401)
    }
  }

  @Test("a token's file that is taken away takes the leave away, and the others go on")
  func revoked() async throws {
    let place = FileManager.default.temporaryDirectory
      .appendingPathComponent("beacon-token-\(UInt32.random(in: 0 ... .max))").path
    try Beats.token.write(toFile: place, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: place) }
    var fleet = Beats.fleet()
    fleet.services[0].beacon?.token = .file(path: place, prefix: "")
    fleet.services[1].beacon = Beacon(token: .literal(Beats.token))
    let told = Told()
    let server = try await BeaconServer.start(
      at: HTTPAddress(host: "127.0.0.1", port: 0), fleet: fleet,
      on: MultiThreadedEventLoopGroup.singleton,
      secret: {
        switch $0 {
        case .literal(let text): return text
        case .file(let path, _): return try String(contentsOfFile: path, encoding: .utf8)
        case .environment: throw Missing()
        }
      }, sink: { told.take($0) })
    let port = server.address.port
    let before = try await beat(#"{"status": "pass"}"#, to: port)
    try FileManager.default.removeItem(atPath: place)
    var after = before
    for _ in 0..<500 where after.status != 401 {
      try await Task.sleep(for: .milliseconds(20))
      after = try await beat(#"{"status": "pass"}"#, to: port)
    }
    let other = try await beat(#"{"status": "pass"}"#, to: port, at: "/v1/beat/polled/a")
    await server.stop()
    #expect(before.status == 200)
    #expect(after.status == 401)
    #expect(other.status == 200)
    let lines = told.all.filter {
      if case .note(let note) = $0 { note.text.hasPrefix("beats of report cannot") } else { false }
    }
    #expect(lines.count == 1)
  }

  @Test("a good-bye may say when it comes again, and one that says something else is refused")
  func comesAgain() async throws {
    try await serving { _, port, told in
      let path = "/v1/beat/report/run-1"
      _ = try await beat(#"{"status": "pass"}"#, to: port)
      let wrong = try await Caller.send("DELETE", path, to: port, token: Beats.token, body: "{}")
      #expect(wrong.status == 400)
      #expect(wrong.body.hasPrefix("a good-bye says"))
      let reply = try await Caller.send(
        "DELETE", path, to: port, token: Beats.token, body: #"{"next_check_seconds": 86400}"#)
      #expect(reply.status == 204)
      let instance = state(of: told.all, Beats.fleet()).present.services[0].instances.first
      #expect(instance?.state == .healthy)
      #expect(instance?.health.isAtRest == true)
    }
  }

  @Test("an address that is taken is told as a sentence")
  func takenAddress() async throws {
    try await serving { server, _, _ in
      await #expect(throws: HTTPServingError.self) {
        _ = try await BeaconServer.start(
          at: server.address, fleet: Beats.fleet(), on: MultiThreadedEventLoopGroup.singleton,
          secret: { _ in throw Missing() }, sink: { _ in })
      }
    }
  }

  @Test("what sends beats is never asked")
  func neverAsked() async throws {
    let told = Told()
    let fleet = Beats.fleet(instances: ["a", "b"])
    let poller = Poller(
      fleet: fleet, group: MultiThreadedEventLoopGroup.singleton,
      readers: Readers(
        health: { _, _, _ in HealthReport(dialect: .empty) },
        scrape: { _, _, instance in
          Issue.record("\(instance.url) is asked")
          return Blind()
        }, secret: { _ in "" }),
      sink: { told.take($0) })
    poller.start()
    poller.pollNow()
    poller.update(fleet: Beats.fleet(every: 20, instances: ["b", "c"]))
    await poller.shutdown()
    #expect(told.all == [])
  }
}
