import Beacon
import Fleet
import Health
import Incident
import Testing

@Suite("Senders after a restart")
struct BeaconMemoryTests {
  @Test("who made themselves known are known, and as old as they are")
  func known() throws {
    var beats = Beats(Beats.fleet())
    beats.send(#"{"status": "warn", "message": "slow disk", "version": "1.4"}"#)
    beats.pass(5)
    let heard = try #require(beats.instance()?.lastAnswered)
    beats = beats.restarted(Beats.fleet(), after: 8)
    #expect(beats.names == ["run-1"])
    let instance = try #require(beats.instance())
    #expect(instance.state == .degraded)
    #expect(instance.version == "1.4")
    #expect(instance.lastAnswered == heard)
    #expect(instance.routes == Routes(liveness: Probe.beat, readiness: Probe.beat))
    beats.pass(8)
    #expect(beats.health() == .stale)
    beats.pass(18)
    #expect(beats.health() == .stale)
    beats.pass(1)
    #expect(beats.health() == .unreachable)
    #expect(beats.instance()?.health.fault?.detail == "no beat for 40s")
    beats.send()
    #expect(beats.health() == .healthy)
  }

  @Test("after a long break all are stale, and missed only when they had time to be heard again")
  func longBreak() {
    var beats = Beats(Beats.fleet())
    beats.send(of: "a")
    beats.send(of: "b")
    beats.pass(5)
    beats = beats.restarted(Beats.fleet(), after: 300)
    #expect(beats.names == ["a", "b"])
    #expect(beats.instances.map(\.state) == [.stale, .stale])
    beats.pass(9)
    beats.send(of: "a")
    #expect(beats.instances.map(\.state) == [.healthy, .stale])
    beats.pass(10)
    #expect(beats.instances.map(\.state) == [.healthy, .stale])
    beats.pass(1)
    #expect(beats.instances.map(\.state) == [.healthy, .unreachable])
  }

  @Test("one restart after another forgets nobody, and what is silent for too long is forgotten")
  func again() {
    let fleet = Beats.fleet(forget: 120)
    var beats = Beats(fleet)
    beats.send()
    beats.pass(5)
    for _ in 0..<3 {
      beats = beats.restarted(fleet, after: 5)
      #expect(beats.names == ["run-1"])
    }
    beats.pass(90)
    #expect(beats.health() == .unreachable)
    beats.pass(10)
    #expect(beats.names == [])
    #expect(beats.restarted(fleet, after: 1).names == [])

    var silent = Beats(fleet)
    silent.send()
    silent.pass(5)
    #expect(silent.restarted(fleet, after: 200).names == [])
  }

  @Test("what rests goes on resting, and what failed has failed")
  func rest() {
    let fleet = Beats.fleet(
      instances: ["main"],
      schedule: Beacon.Schedule(period: 600, grace: 120, beatsMeanwhile: true))
    var beats = Beats(fleet)
    beats.send(of: "main")
    beats.send("", of: "main", .leave)
    beats.pass(100)
    beats = beats.restarted(fleet, after: 100)
    #expect(beats.health(of: "main") == .healthy)
    #expect(beats.instance("main")?.health.isAtRest == true)
    beats.pass(400)
    #expect(beats.health(of: "main") == .healthy)
    beats.pass(1)
    #expect(beats.health(of: "main") == .stale)
    beats.pass(119)
    #expect(beats.health(of: "main") == .unreachable)

    var failed = Beats(Beats.fleet())
    failed.send(#"{"status": "fail", "message": "disk full"}"#)
    failed.send("", .leave)
    failed.pass(10)
    failed = failed.restarted(Beats.fleet(), after: 10)
    #expect(failed.names == ["run-1"])
    #expect(failed.health() == .notReady)
    failed.pass(300)
    #expect(failed.health() == .notReady)
    failed.send()
    #expect(failed.health() == .healthy)
  }

  @Test("a named one that said good-bye is not missed")
  func left() {
    let fleet = Beats.fleet(instances: ["main"])
    var beats = Beats(fleet)
    beats.send(of: "main")
    beats.pass(3)
    beats.send("", of: "main", .leave)
    for _ in 0..<2 {
      beats = beats.restarted(fleet, after: 10)
      beats.pass(300)
      #expect(beats.health(of: "main") == .unknown)
    }
    beats.send(of: "main")
    #expect(beats.health(of: "main") == .healthy)
  }

  @Test("whoever the fleet file does not let in any more is forgotten")
  func notLetIn() {
    var beats = Beats(Beats.fleet())
    for name in ["a", "b", "c"] { beats.send(of: name) }
    beats.pass(3)
    #expect(beats.restarted(Beats.fleet(instances: ["a"]), after: 5).names == ["a"])
    #expect(beats.restarted(Beats.fleet(most: 2), after: 5).names.count == 2)
    var closed = Beats.fleet()
    closed.services[0].beacon = nil
    #expect(beats.restarted(closed, after: 5).names == [])
  }

  @Test("a fleet file that is read again after the restart keeps them too")
  func reload() {
    var beats = Beats(Beats.fleet())
    beats.send()
    beats.pass(5)
    beats = beats.restarted(Beats.fleet(), after: 5)
    beats.adopt(Beats.fleet(every: 20))
    #expect(beats.names == ["run-1"])
    #expect(beats.health() == .healthy)
    #expect(beats.send().status == 200)
  }
}
