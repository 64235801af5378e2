import Beacon
import Fleet
import Health
import Incident
import Testing

@Suite("What comes again")
struct RestTests {
  /// Its beats come every ten seconds while it runs.
  private let nightly = Beacon.Schedule(period: 600, grace: 120, beatsMeanwhile: true)

  @Test(
    "a job that said good-bye rests until it is due; then it is late, and missed after the grace")
  func rest() throws {
    var beats = Beats(Beats.fleet(instances: ["main"], schedule: nightly))
    beats.send(of: "main")
    beats.pass(5)
    #expect(beats.send("", of: "main", .leave) == .farewell)
    let instance = try #require(beats.instance("main"))
    #expect(instance.state == .healthy)
    #expect(instance.health.isAtRest)
    #expect(
      instance.health.reasons.first?.hasPrefix("at rest, the last run passed, next due 2026-")
        == true)
    beats.pass(599)
    #expect(beats.health(of: "main") == .healthy)
    // Nobody waits for it.
    #expect(beats.state.present.services[0].age(at: beats.state.present.now) == nil)
    #expect(beats.state.present.pollLag == 0)
    beats.pass(2)
    #expect(beats.health(of: "main") == .stale)
    #expect(beats.instance("main")?.health.reasons.first == "the next run is late by 1s")
    beats.pass(118)
    #expect(beats.health(of: "main") == .stale)
    beats.pass(1)
    #expect(beats.health(of: "main") == .unreachable)
    #expect(beats.instance("main")?.health.fault?.detail == "its next run is late by 2m")
    beats.pass(100)
    #expect(beats.health(of: "main") == .unreachable)
    beats.send(of: "main")
    #expect(beats.health(of: "main") == .healthy)
    #expect(beats.instance("main")?.health.isAtRest == false)
    // While it runs it is missed as others are.
    beats.pass(40)
    #expect(beats.health(of: "main") == .unreachable)
  }

  @Test("where only the period is said one beat is a run")
  func single() {
    let schedule = Beacon.Schedule(period: 600, grace: 60)
    var beats = Beats(Beats.fleet(forget: 120, schedule: schedule))
    #expect(beats.send() == .taken(next: 600))
    beats.pass(300)
    #expect(beats.health() == .healthy)
    #expect(beats.send(#"{"status": "fail", "message": "disk full"}"#) == .taken(next: 600))
    #expect(beats.health() == .notReady)
    #expect(beats.instance()?.health.readiness.cause == "says fail: disk full")
    beats.pass(100)
    #expect(beats.health() == .notReady)
    #expect(beats.send(#"{"status": "pass", "next_check_seconds": 900}"#) == .taken(next: 900))
    beats.pass(900)
    #expect(beats.health() == .healthy)
    beats.pass(1)
    #expect(beats.health() == .stale)
    beats.pass(59)
    #expect(beats.health() == .unreachable)
    beats.pass(119)
    #expect(beats.names == ["run-1"])
    beats.pass(1)
    #expect(beats.names == [])
  }

  @Test("how it went is taken from a good-bye to what rests already, and the next is due from then")
  func lastWord() {
    var beats = Beats(Beats.fleet(schedule: Beacon.Schedule(period: 600, grace: 60)))
    beats.send()
    #expect(beats.health() == .healthy)
    beats.pass(300)
    let due = beats.instance()?.health.reasons.first
    // Sooner than it was to come, and with nothing new to say.
    beats.send()
    #expect(beats.instance()?.health.reasons.first != due)
    beats.pass(5)
    #expect(beats.send(#"{"status": "fail", "message": "disk full"}"#, .leave) == .farewell)
    #expect(beats.health() == .notReady)
    beats.pass(500)
    #expect(beats.health() == .notReady)
    #expect(beats.send(#"{"status": "pass"}"#, .leave) == .farewell)
    #expect(beats.health() == .healthy)
    beats.pass(600)
    #expect(beats.health() == .healthy)
    beats.pass(1)
    #expect(beats.health() == .stale)
  }

  @Test("one that was never heard is awaited for a whole period and its grace")
  func neverHeard() {
    var beats = Beats(Beats.fleet(instances: ["main"], schedule: nightly))
    beats.pass(719)
    #expect(beats.health(of: "main") == .unknown)
    beats.pass(1)
    #expect(beats.health(of: "main") == .unreachable)
  }

  @Test("a good-bye may say itself when it comes again, and how it went")
  func word() {
    var beats = Beats(Beats.fleet())
    beats.send()
    #expect(beats.send(#"{"next_check_seconds": 300}"#, .leave) == .farewell)
    #expect(beats.send("", .leave) == .farewell)
    beats.pass(300)
    #expect(beats.health() == .healthy)
    beats.pass(1)
    #expect(beats.health() == .stale)
    beats.pass(299)
    #expect(beats.health() == .unreachable)
    beats.send()
    #expect(beats.send(#"{"status": "fail", "message": "disk full"}"#, .leave) == .farewell)
    #expect(beats.health() == .notReady)
    #expect(beats.instance()?.health.readiness.cause == "says fail: disk full")
  }

  @Test("a good-bye that says something else is told so, and is none")
  func garbage() {
    var beats = Beats(Beats.fleet())
    beats.send()
    for body in ["{}", "{", "<html>", #"{"next_check_seconds": "soon"}"#] {
      let answer = beats.send(body, .leave)
      #expect(answer.status == 400, "\(body)")
      #expect(answer.sentence?.hasPrefix("a good-bye says") == true, "\(body)")
    }
    #expect(beats.health() == .healthy)
    #expect(beats.instance()?.health.isAtRest == false)
  }

  @Test("what failed and said good-bye has failed until its next good run")
  func failed() {
    var beats = Beats(Beats.fleet())
    beats.send(#"{"status": "fail", "message": "disk full"}"#)
    #expect(beats.send("", .leave) == .farewell)
    beats.pass(600)
    #expect(beats.names == ["run-1"])
    #expect(beats.health() == .notReady)
    #expect(beats.instance()?.health.readiness.cause == "says fail: disk full")
    beats.send()
    #expect(beats.health() == .healthy)
    beats.pass(3)
    beats.send("", .leave)
    #expect(beats.names == [])
  }

  @Test("so has one whose required check failed, and one that is misconfigured; what warns has not")
  func ways() {
    for (body, names) in [
      (
        #"{"status": "pass", "checks": [{"name": "disk", "status": "fail", "required": true}]}"#,
        ["run-1"]
      ),
      (#"{"status": "pass", "phase": "misconfigured"}"#, ["run-1"]),
      (
        #"{"status": "pass", "checks": [{"name": "disk", "status": "fail", "required": false}]}"#,
        []
      ),
      (#"{"status": "warn"}"#, []),
      (#"{"status": "pass", "phase": "draining"}"#, []),
    ] {
      var beats = Beats(Beats.fleet())
      beats.send(body)
      beats.pass(3)
      beats.send("", .leave)
      beats.pass(3)
      #expect(beats.names == names, "\(body)")
      if !names.isEmpty { #expect((beats.health() ?? .unknown) >= .notReady, "\(body)") }
    }
  }

  @Test("one that made itself known and failed is forgotten in the end, one that is named never")
  func retention() {
    var beats = Beats(Beats.fleet(forget: 120))
    beats.send(#"{"status": "fail"}"#)
    beats.send("", .leave)
    beats.pass(119)
    #expect(beats.health() == .notReady)
    beats.pass(1)
    #expect(beats.names == [])

    var named = Beats(Beats.fleet(instances: ["main"], forget: 120))
    named.send(#"{"status": "fail"}"#, of: "main")
    named.send("", of: "main", .leave)
    named.pass(900)
    #expect(named.health(of: "main") == .notReady)
  }

  @Test("what failed is no better for being late")
  func failedAndLate() {
    var beats = Beats(Beats.fleet(instances: ["main"], schedule: nightly))
    beats.send(#"{"status": "fail", "message": "disk full"}"#, of: "main")
    beats.send("", of: "main", .leave)
    beats.pass(650)
    #expect(beats.health(of: "main") == .notReady)
    let reasons = beats.instance("main")?.health.reasons ?? []
    #expect(reasons.contains { $0.contains("disk full") })
    #expect(reasons.contains { $0.hasPrefix("the next run is late by") })
    beats.pass(100)
    #expect(beats.health(of: "main") == .unreachable)
    beats.send(of: "main")
    #expect(beats.health(of: "main") == .healthy)
  }
}
