import Fleet
import Foundation
import Health
import Incident
import Journeys
import NIOCore
import NIOPosix
import Synchronization
import Testing

/// Journeys over loopback, against servers that behave as servers do: hang, lie, flood, hang up.
@Suite("Journeys", .serialized)
struct JourneysTests {
  private let group = MultiThreadedEventLoopGroup.singleton

  private func journey(
    _ steps: Journey.Step..., every: Double = 0.05, timeout: Double = 2
  ) -> Journey {
    Journey(name: "buy", every: every, timeout: timeout, steps: steps)
  }

  private func get(_ url: String, _ expect: Journey.Expect = Journey.Expect()) -> Journey.Step {
    Journey.Step(place: .url(url), expect: expect)
  }

  /// Walks until `enough` of what came of it; each wait is bounded.
  private func walk(
    _ fleet: Fleet, width: Int = 8,
    secret: @escaping @Sendable (Credentials.Secret) throws -> String = { secret in
      if case .literal(let text) = secret { text } else { "" }
    },
    until enough: @escaping @Sendable ([(String, JourneyRun)]) -> Bool = { !$0.isEmpty }
  ) async throws -> [(name: String, run: JourneyRun)] {
    let seen = Mutex<[(String, JourneyRun)]>([])
    let runner = JourneyRunner(group: group, width: width, secret: secret) { event in
      if case .journey(let name, let run) = event { seen.withLock { $0.append((name, run)) } }
    }
    runner.update(fleet: fleet)
    let isEnough = await waitUntil(10) { seen.withLock { enough($0) } }
    await runner.stop()
    #expect(isEnough)
    return seen.withLock { $0 }
  }

  private func waitUntil(_ seconds: Double, _ holds: () -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while ContinuousClock.now < deadline {
      if holds() { return true }
      try? await Task.sleep(for: .milliseconds(5))
    }
    return holds()
  }

  private func failure(_ run: JourneyRun?) -> JourneyRun.Failure? {
    if case .failed(let failure)? = run?.outcome { failure } else { nil }
  }

  private func first(_ journey: Journey) async throws -> JourneyRun? {
    var fleet = Fleet(name: "f")
    fleet.journeys = [journey]
    return try await walk(fleet).first?.run
  }

  @Test("steps are taken in order, with what they expect of status, body and time")
  func passes() async throws {
    let server = try await WalkServer.start { request in
      request.path == "/cart" ? .text(200, "your cart: 2 things") : .text(201, "order 17")
    }
    defer { server.stop() }
    let run = try await first(
      journey(
        get(server.url + "/cart", .init(contains: ["2 things"], lacks: ["error"], within: 2)),
        Journey.Step(
          method: "POST", place: .url(server.url + "/orders"),
          body: .init(.literal("{\"sku\":1}")), expect: .init(statuses: [200...200, 201...201]))))
    #expect(run?.outcome == .passed)
    #expect(run?.steps.count == 2)
    let posted = server.requests.last
    #expect(posted?.method == "POST" && posted?.body == "{\"sku\":1}")
    #expect(posted?.headers["content-type"] == "application/json")
  }

  @Test("a wrong status, a body without its text and a slow answer fail at their step, in words")
  func complaints() async throws {
    let server = try await WalkServer.start { request in
      switch request.path {
      case "/bad": .text(503, "no")
      case "/slow": .later(0.3, .text(200, "at last"))
      default: .text(200, "sorry, try again")
      }
    }
    defer { server.stop() }
    let bad = try await first(journey(get(server.url + "/ok"), get(server.url + "/bad")))
    #expect(failure(bad)?.words == "step 2, GET \(server.url)/bad: 503, expected 2xx")
    let text = try await first(journey(get(server.url + "/x", .init(contains: ["welcome"]))))
    #expect(failure(text)?.why == "200, but its body has no \"welcome\"")
    let sorry = try await first(journey(get(server.url + "/x", .init(lacks: ["sorry"]))))
    #expect(failure(sorry)?.why == "200, but its body has \"sorry\"")
    let slow = try await first(journey(get(server.url + "/slow", .init(within: 0.1))))
    #expect(failure(slow)?.why.hasPrefix("took 3") == true)
    #expect(failure(slow)?.why.hasSuffix(", more than 100ms") == true)
  }

  @Test("a server that hangs, or drips its body, costs the journey's timeout and no more")
  func hangs() async throws {
    let server = try await WalkServer.start { $0.path == "/drip" ? .drip : .hang }
    defer { server.stop() }
    for path in ["/hang", "/drip"] {
      let run = try await first(journey(get(server.url + path), timeout: 0.4))
      #expect(failure(run)?.fault?.kind == .timeout, "\(path): \(String(describing: run))")
      #expect((run?.duration ?? 9) < 3)
    }
  }

  @Test("hung up on, refused, flooded and answered with nonsense: each has its word")
  func faults() async throws {
    let server = try await WalkServer.start { request in
      switch request.path {
      case "/reset": .hangUp
      case "/flood": .flood
      default: .raw("SSH-2.0-OpenSSH_9.2\r\n")
      }
    }
    defer { server.stop() }
    let reset = try await first(journey(get(server.url + "/reset")))
    #expect(failure(reset)?.fault?.kind == .reset)
    let flood = try await first(journey(get(server.url + "/flood")))
    #expect(failure(flood)?.fault?.kind == .payload)
    let nonsense = try await first(journey(get(server.url + "/ssh")))
    #expect(failure(nonsense)?.fault?.kind == .protocol)
    let refused = try await first(journey(get("http://127.0.0.1:9/")))
    #expect(failure(refused)?.fault?.kind == .refused)
  }

  @Test("a redirect is followed, in circles only so often, and never to a host nobody named")
  func redirects() async throws {
    let server = try await WalkServer.start { request in
      switch request.path {
      case "/old": .redirect("/new?x=1")
      case "/circle": .redirect("/circle")
      case "/away": .redirect("http://evil.example/steal")
      default: .text(200, "here")
      }
    }
    defer { server.stop() }
    let followed = try await first(journey(get(server.url + "/old", .init(contains: ["here"]))))
    #expect(followed?.outcome == .passed)
    let wanted = try await first(journey(get(server.url + "/old", .init(statuses: [302...302]))))
    #expect(wanted?.outcome == .passed)
    let circle = try await first(journey(get(server.url + "/circle")))
    #expect(failure(circle)?.why == "redirected more than 5 times")
    let away = try await first(journey(get(server.url + "/away")))
    #expect(
      failure(away)?.why == "redirects to evil.example, which the fleet file does not name")
  }

  @Test("what is sent to be let in goes to its own origin, and not where a redirect leads")
  func credentials() async throws {
    let other = try await WalkServer.start { _ in .text(200, "other") }
    defer { other.stop() }
    let server = try await WalkServer.start { request in
      request.path == "/away" ? .redirect(other.url + "/") : .text(200, "own")
    }
    defer { server.stop() }
    var service = Service(name: "shop", instances: [Instance(url: server.url)])
    service.instances[0].credentials.headers = [.init(name: "X-Token", value: .literal("s3cret"))]
    var fleet = Fleet(
      name: "f",
      services: [service, Service(name: "other", instances: [Instance(url: other.url)])])
    fleet.journeys = [
      Journey(name: "a", every: 60, steps: [.init(place: .service("shop", path: "/away"))])
    ]
    let runs = try await walk(fleet)
    #expect(runs.first?.run.outcome == .passed)
    #expect(server.requests.first?.headers["x-token"] == "s3cret")
    #expect(other.requests.first?.headers["x-token"] == nil)
  }

  @Test("an instance that sends beats has no address: the others are asked")
  func beats() async throws {
    let server = try await WalkServer.start { _ in .text(200, "own") }
    defer { server.stop() }
    let address = Beacon.address(of: "run-1", at: "shop")
    var fleet = Fleet(
      name: "f",
      services: [
        Service(name: "shop", instances: [Instance(url: address), Instance(url: server.url)])
      ])
    fleet.journeys = [
      Journey(name: "a", every: 60, steps: [.init(place: .service("shop", path: "/"))])
    ]
    let runs = try await walk(fleet)
    #expect(runs.first?.run.outcome == .passed)
  }

  @Test("cookies that a step sets come with the next, within one run")
  func cookies() async throws {
    let server = try await WalkServer.start { request in
      request.path == "/login"
        ? .headers(200, [("Set-Cookie", "sid=abc; Path=/; HttpOnly")], "in")
        : .text(request.headers["cookie"] == "sid=abc" ? 200 : 403, "cart")
    }
    defer { server.stop() }
    let run = try await first(journey(get(server.url + "/login"), get(server.url + "/cart")))
    #expect(run?.outcome == .passed)
    #expect(server.requests.first?.headers["cookie"] == nil)
  }

  @Test("a secret that cannot be had is Damcon's own lack: the run says nothing of the fleet")
  func noSecret() async throws {
    struct Missing: Error, CustomStringConvertible { var description = "TOKEN is not set" }
    var fleet = Fleet(name: "f")
    var walked = journey(get("http://127.0.0.1:9/"))
    walked.credentials.headers = [.init(name: "A", value: .environment(name: "TOKEN", prefix: ""))]
    fleet.journeys = [walked]
    let runs = try await walk(fleet, secret: { _ in throw Missing() })
    #expect(runs.first?.run.outcome == .notRun("TOKEN is not set"))
  }

  @Test("a journey never overlaps itself, however slow it is against its pace")
  func overlap() async throws {
    let server = try await WalkServer.start { _ in .later(0.15, .text(200, "")) }
    defer { server.stop() }
    var fleet = Fleet(name: "f")
    fleet.journeys = [journey(get(server.url), every: 0.01)]
    let runs = try await walk(fleet, until: { $0.count >= 4 })
    #expect(runs.count >= 4)
    #expect(server.most == 1)
  }

  @Test("only so many journeys run at once")
  func width() async throws {
    let server = try await WalkServer.start { _ in .later(0.1, .text(200, "")) }
    defer { server.stop() }
    var fleet = Fleet(name: "f")
    fleet.journeys = (0..<6).map {
      Journey(name: "j\($0)", every: 0.01, timeout: 2, steps: [get(server.url)])
    }
    let runs = try await walk(fleet, width: 2, until: { Set($0.map(\.0)).count == 6 })
    #expect(Set(runs.map(\.name)).count == 6)
    #expect(server.most <= 2)
  }

  @Test("to stop is to stop at once, in the middle of a step too, and nothing is told afterwards")
  func stops() async throws {
    let server = try await WalkServer.start { _ in .hang }
    defer { server.stop() }
    var fleet = Fleet(name: "f")
    fleet.journeys = [journey(get(server.url), timeout: 60)]
    let told = Mutex(0)
    let runner = JourneyRunner(group: group, secret: { _ in "" }) { _ in
      told.withLock { $0 += 1 }
    }
    runner.update(fleet: fleet)
    #expect(await waitUntil(5) { !server.requests.isEmpty })
    let began = ContinuousClock.now
    await runner.stop()
    #expect(ContinuousClock.now - began < .seconds(2))
    #expect(told.withLock { $0 } == 0)
  }

  @Test("a new fleet calls off what is gone and keeps the rest")
  func reload() async throws {
    let server = try await WalkServer.start { _ in .text(200, "") }
    defer { server.stop() }
    var fleet = Fleet(name: "f")
    let kept = Journey(name: "kept", every: 0.02, steps: [get(server.url + "/kept")])
    fleet.journeys = [kept, Journey(name: "gone", every: 0.02, steps: [get(server.url + "/gone")])]
    let seen = Mutex<[String]>([])
    let runner = JourneyRunner(group: group, secret: { _ in "" }) { event in
      if case .journey(let name, _) = event { seen.withLock { $0.append(name) } }
    }
    runner.update(fleet: fleet)
    #expect(await waitUntil(5) { seen.withLock { Set($0).count == 2 } })
    fleet.journeys = [kept]
    runner.update(fleet: fleet)
    let asked = server.requests.count { $0.path == "/kept" }
    #expect(await waitUntil(5) { server.requests.count { $0.path == "/kept" } > asked + 3 })
    let before = server.requests.count { $0.path == "/gone" }
    #expect(await waitUntil(5) { server.requests.count { $0.path == "/kept" } > asked + 6 })
    #expect(server.requests.count { $0.path == "/gone" } == before)
    await runner.stop()
  }
}
