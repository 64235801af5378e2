import Beacon
import Fleet
import Health
import Incident
import Testing

@Suite("Beats become events")
struct BeaconDeskTests {
  @Test("a first beat brings its instance into the fleet, and is what is known of it")
  func first() throws {
    var beats = Beats(Beats.fleet())
    #expect(beats.names == [])
    let answer = beats.send(
      #"{"status": "warn", "message": "slow disk", "version": "1.4", "next_check_seconds": 20}"#)
    #expect(answer == .taken(next: 20))
    #expect(beats.names == ["run-1"])
    let instance = try #require(beats.instance())
    #expect(instance.state == .degraded)
    #expect(instance.version == "1.4")
    #expect(instance.health.liveness.verdict == .pass)
    #expect(instance.health.reasons.first?.contains("slow disk") == true)
    #expect(instance.routes == Routes(liveness: Probe.beat, readiness: Probe.beat))
    // Nothing was measured: that is not known, and not nothing.
    #expect(beats.state.present.services[0].requests.rate == nil)
    #expect(beats.state.present.changes() == [])
  }

  @Test("it lives, and says by itself whether it is ready")
  func ready() {
    var beats = Beats(Beats.fleet())
    for _ in 0..<3 {
      beats.send(#"{"status": "fail", "message": "no database"}"#)
      beats.pass(10)
    }
    let health = beats.instance()?.health
    #expect(beats.health() == .notReady)
    #expect(health?.liveness.verdict == .pass)
    #expect(health?.readiness.cause == "says fail: no database")
    beats.send()
    #expect(beats.health() == .healthy)
    beats.pass(10)
    beats.send(#"{"status": "pass", "phase": "draining"}"#)
    #expect(beats.health() == .draining)
  }

  @Test("what stops is stale after two beats, unreachable after four, and forgotten in the end")
  func silence() throws {
    var beats = Beats(Beats.fleet(forget: 120))
    beats.send()
    beats.pass(19)
    #expect(beats.health() == .healthy)
    var seen: [HealthState] = []
    for _ in 0..<60 {
      beats.pass(1)
      let health = try #require(beats.health())
      if seen.last != health { seen.append(health) }
    }
    #expect(seen == [.healthy, .stale, .unreachable] || seen == [.stale, .unreachable])
    #expect(beats.health() == .unreachable)
    let fault = try #require(beats.instance()?.health.fault)
    #expect(fault.kind == .timeout)
    #expect(fault.detail == "no beat for 1m 10s")
    beats.pass(40)
    #expect(beats.health() == .unreachable)
    beats.pass(2)
    #expect(beats.names == [])
  }

  @Test("unreachable is told from the fortieth second on, not before")
  func fourth() {
    var beats = Beats(Beats.fleet())
    beats.send()
    beats.pass(39)
    #expect(beats.health() == .stale)
    beats.pass(1)
    #expect(beats.health() == .unreachable)
    beats.send()
    #expect(beats.health() == .healthy)
  }

  @Test("a beat may ask for a longer wait, in trouble too, but not for ever")
  func pace() {
    var beats = Beats(Beats.fleet())
    let body = #"{"status": "warn", "next_check_seconds": 30}"#
    for _ in 0..<3 {
      #expect(beats.send(body) == .taken(next: 30))
      beats.pass(30)
      #expect(beats.health() == .degraded)
    }
    beats.pass(31)
    #expect(beats.health() == .stale)
    beats.pass(60)
    #expect(beats.health() == .unreachable)
    #expect(beats.send(#"{"status": "pass", "next_check_seconds": 1e9}"#) == .taken(next: 60))
  }

  @Test("a beat must say something of health; all else is told what is wrong and changes nothing")
  func garbage() {
    var beats = Beats(Beats.fleet())
    _ = beats.takeEvents()
    let bodies = [
      "", "{", "[]", "{}", "null", "\u{0}\u{1}\u{2}", "<html>no</html>", "a=b&c=d",
      #"{"status": 3}"#, String(repeating: "[", count: 60_000),
    ]
    for body in bodies {
      let answer = beats.send(body)
      #expect(answer.status == 400, "\(body.prefix(20))")
      #expect(answer.sentence?.isEmpty == false)
      beats.pass(2)
    }
    #expect(beats.send(String(repeating: " ", count: 64 << 10 | 1)).status == 413)
    #expect(beats.names == [])
    #expect(beats.takeEvents() == [])
    #expect(
      beats.send("").sentence == #"a beat says how the instance is, such as {"status": "pass"}"#)
  }

  @Test("plain words that claim something are enough")
  func plain() {
    var beats = Beats(Beats.fleet())
    #expect(beats.send("ok", type: "application/x-www-form-urlencoded").status == 200)
    #expect(beats.health() == .healthy)
  }

  @Test("without the token nobody learns whether there is such a service")
  func strangers() {
    var beats = Beats(Beats.fleet())
    _ = beats.takeEvents()
    let wrong = beats.send(token: "another-token-of-that-length")
    #expect(wrong.status == 401)
    #expect(beats.send(token: nil) == wrong)
    #expect(beats.send(token: "") == wrong)
    #expect(beats.send(at: "polled") == wrong)
    #expect(beats.send(at: "nothing") == wrong)
    #expect(beats.send(of: "../x", token: "x") == wrong)
    #expect(beats.send(token: String(Beats.token.dropLast())) == wrong)
    #expect(beats.takeEvents() == [])
    beats.pass(1)
    guard case .note(let note)? = beats.takeEvents().first else {
      Issue.record("nothing is said of them")
      return
    }
    #expect(
      note.text
        == "7 beats were turned away: no such service, or not its token, the last from 10.0.0.9")
    for _ in 0..<50 {
      beats.send(token: "x")
      beats.pass(1)
    }
    #expect(beats.takeEvents() == [])
  }

  @Test("a token that is too short, or is not there, lets nobody in and is told of once")
  func weakTokens() {
    for secret in [Credentials.Secret.literal("<masked>"), .environment(name: "T", prefix: "")] {
      var fleet = Beats.fleet()
      fleet.services[0].beacon?.token = secret
      var beats = Beats(fleet)
      #expect(beats.send(token: "<masked>").status == 401)
      #expect(beats.send(token: "").status == 401)
      let notes = beats.takeEvents().filter { if case .note = $0 { true } else { false } }
      #expect(notes.count == 1)
      beats.adopt(fleet)
      #expect(
        beats.takeEvents().filter { if case .note = $0 { true } else { false } }.isEmpty)
    }
  }

  @Test("a name that could be anything else is refused")
  func names() {
    var beats = Beats(Beats.fleet())
    for name in ["", ".", "..", "a/b", "a b", "ä", "a\n", String(repeating: "a", count: 101)] {
      #expect(beats.send(of: name).status == 400, "\(name)")
    }
    #expect(beats.send(of: String(repeating: "a", count: 100)).status == 200)
  }

  @Test("a flood of one is held back, and what is held back changes nothing")
  func flood() {
    var beats = Beats(Beats.fleet())
    _ = beats.takeEvents()
    let statuses = (0..<100).map { _ in beats.send().status }
    #expect(statuses.filter { $0 == 200 }.count == 2)
    #expect(statuses.filter { $0 == 429 }.count == 98)
    #expect(beats.takeEvents().count <= 6)
    beats.pass(1)
    #expect(beats.send().status == 200)
    #expect(beats.send().status == 429)
  }

  @Test("a good-bye right after beats is heard, however many they were")
  func farewellAfterFlood() {
    var beats = Beats(Beats.fleet(instances: ["a"]))
    let statuses = (0..<3).map { _ in beats.send(of: "a").status }
    #expect(statuses == [200, 200, 429])
    #expect(beats.send("", of: "a", .leave) == .farewell)
    #expect(beats.send(of: "a").status == 429)
    beats.pass(600)
    #expect(beats.health(of: "a") == .unknown)
  }

  @Test("a token that cannot be read lets nobody in from then on, and that is told once")
  func unreadToken() {
    var fleet = Beats.fleet()
    fleet.services[1].beacon = Beacon(token: .literal("another-token-of-that-length"))
    var beats = Beats(fleet)
    #expect(beats.send().status == 200)
    beats.pass(3)
    _ = beats.takeEvents()
    let unread = BeaconTokens(of: fleet) {
      guard case .literal(let text) = $0, text != Beats.token else { throw Away() }
      return text
    }
    beats.take(unread)
    beats.take(unread)
    let words = "beats of report cannot be taken: away"
    #expect(beats.takeEvents() == [.note(Note(.warning, words))])
    #expect(beats.send().status == 401)
    #expect(beats.send("", .leave).status == 401)
    #expect(beats.names == ["run-1"])
    #expect(beats.send(at: "polled", token: "another-token-of-that-length").status == 200)
    beats.take(BeaconTokens(of: fleet) { _ in "" })
    #expect(beats.send().status == 401)
    beats.take(Beats.tokens(of: fleet))
    #expect(beats.send().status == 200)
  }

  @Test("a token of another place is not what was read at the one before it")
  func movedToken() {
    var beats = Beats(Beats.fleet())
    var fleet = Beats.fleet()
    fleet.services[0].beacon?.token = .environment(name: "TOKEN", prefix: "")
    beats.adopt(fleet)
    #expect(beats.send().status == 401)
  }

  private struct Away: Error, CustomStringConvertible { var description: String { "away" } }

  @Test("no more instances than were agreed; the others go on")
  func most() {
    var beats = Beats(Beats.fleet(most: 3, forget: 60))
    for number in 0..<3 { #expect(beats.send(of: "run-\(number)").status == 200) }
    let refused = beats.send(of: "run-3")
    #expect(refused.status == 403)
    #expect(
      refused.sentence
        == "report has 3 instances already, which is the most that the fleet file lets in")
    #expect(beats.send(of: "run-0").status == 200)
    beats.pass(5)
    #expect(beats.names == ["run-0", "run-1", "run-2"])
    // One that leaves makes room at once.
    #expect(beats.send("", of: "run-1", .leave) == .farewell)
    #expect(beats.send(of: "run-3").status == 200)
  }

  @Test("those that come together are told together")
  func together() {
    var beats = Beats(Beats.fleet())
    _ = beats.takeEvents()
    for number in 0..<40 { beats.send(of: "run-\(number)") }
    beats.pass(3)
    let fleets = beats.takeEvents().filter { if case .fleet = $0 { true } else { false } }
    #expect(fleets.count == 2)
    #expect(beats.names.count == 40)
    #expect(beats.instances.allSatisfy { $0.state == .healthy })
  }

  @Test("who says good-bye is gone; who was named is awaited no longer until it is back")
  func farewell() {
    var beats = Beats(Beats.fleet())
    beats.send()
    beats.pass(3)
    #expect(beats.send("", .leave) == .farewell)
    #expect(beats.names == [])
    #expect(beats.send("", .leave).status == 404)

    var named = Beats(Beats.fleet(instances: ["a"]))
    named.send(of: "a")
    named.pass(3)
    #expect(named.health(of: "a") == .healthy)
    #expect(named.send("", of: "a", .leave) == .farewell)
    named.pass(600)
    #expect(named.names == ["a"])
    #expect(named.health(of: "a") == .unknown)
    named.send(of: "a")
    #expect(named.health(of: "a") == .healthy)
    named.pass(40)
    #expect(named.health(of: "a") == .unreachable)
  }

  @Test(
    "one that is named and never heard is unknown, then missed, never healthy and never forgotten")
  func neverHeard() throws {
    var beats = Beats(Beats.fleet(instances: ["a", "b"], forget: 60))
    #expect(beats.names == ["a", "b"])
    var seen: [HealthState] = []
    for _ in 0..<300 {
      beats.pass(1)
      let health = try #require(beats.health(of: "a"))
      if seen.last != health { seen.append(health) }
    }
    #expect(seen == [.unknown, .unreachable])
    #expect(beats.instance("a")?.health.fault?.detail.hasPrefix("no beat yet, awaited for") == true)
    let answer = beats.send(of: "c")
    #expect(answer.status == 403)
    #expect(
      answer.sentence == "'c' is none of the instances that the fleet file names for report")
  }

  @Test("a fleet file that is read again keeps them, and what is known of them")
  func reload() {
    var beats = Beats(Beats.fleet())
    beats.send(of: "b")
    beats.send(of: "a")
    beats.pass(3)
    var fleet = Beats.fleet(every: 20)
    fleet.services.append(Service(name: "new"))
    beats.adopt(fleet)
    #expect(beats.names == ["a", "b"])
    #expect(beats.health(of: "a") == .healthy)
    #expect(beats.instance("a")?.definition.polling.interval == 20)
    #expect(beats.state.present.services.map(\.definition.name) == ["report", "polled", "new"])
    // Now only one is let in; the other one, and the one that comes after it, are not.
    beats.adopt(Beats.fleet(instances: ["a"]))
    #expect(beats.names == ["a"])
    #expect(beats.health(of: "a") == .healthy)
    beats.pass(1)
    #expect(beats.send(of: "b").status == 403)
    #expect(beats.send(of: "a").status == 200)
    // Nobody any more.
    fleet.services[0].beacon = nil
    beats.adopt(fleet)
    #expect(beats.names == [])
    #expect(beats.send(of: "a").status == 401)
  }

  @Test("who sends beats, and how, is no change to look for; what a service is worth is one")
  func changes() {
    var beats = Beats(Beats.fleet())
    beats.send()
    beats.pass(3)
    beats.adopt(Beats.fleet(every: 20))
    #expect(beats.state.present.changes() == [])
    var fleet = Beats.fleet()
    fleet.services[0].tier = .critical
    beats.adopt(fleet)
    #expect(beats.state.present.changes().count == 1)
  }

  @Test("an instance that is polled and one that sends beats stand side by side")
  func beside() {
    let polled = Instance(url: "http://10.0.0.1:80")
    var beats = Beats(Beats.fleet(besides: [polled]))
    beats.send()
    #expect(beats.instances.map(\.id) == ["http://10.0.0.1:80", "beacon://report/run-1"])
    #expect(beats.instances.map(\.state) == [.unknown, .healthy])
    beats.pass(3)
    beats.send("", .leave)
    #expect(beats.instances.map(\.id) == ["http://10.0.0.1:80"])
  }

  @Test("after a restart what was known is unknown, and learned anew")
  func restart() {
    var beats = Beats(Beats.fleet(instances: ["a"]))
    beats.send(of: "a")
    #expect(beats.health(of: "a") == .healthy)
    beats = Beats(Beats.fleet(instances: ["a"]))
    #expect(beats.health(of: "a") == .unknown)
    beats.pass(60)
    // It may have been told to come late before.
    #expect(beats.health(of: "a") == .unknown)
    beats.send(of: "a")
    #expect(beats.health(of: "a") == .healthy)
  }
}
