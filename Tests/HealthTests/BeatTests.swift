import Fleet
import Health
import Testing

@Suite("Health that is told in beats")
struct BeatTests {
  private let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)

  private func at(_ seconds: Double) -> Instant { began.advanced(by: seconds) }

  private func watched(every interval: Double = 10) -> InstanceHealth {
    var health = InstanceHealth(policy: HealthPolicy(PollPolicy(interval: interval)))
    health.watch(liveness: true, readiness: true, metrics: false, at: at(0))
    return health
  }

  private func beat(
    _ status: HealthReport.Status, _ message: String? = nil, next: Double? = nil,
    path: String = Probe.beat, kind: ProbeKind = .readiness
  ) -> Probe {
    var report = HealthReport(dialect: .damcon, status: status)
    report.message = message
    report.nextCheck = next
    return Probe(
      kind: kind, path: path, duration: 0, answer: .response(status: 200, report: report))
  }

  private func missing(_ words: String, path: String = Probe.beat) -> Probe {
    Probe(kind: .liveness, path: path, duration: 0, answer: .fault(Fault(.timeout, words)))
  }

  @Test("a beat that says fail contradicts no status: it was not asked for one")
  func words() {
    var told = watched()
    told.observe(beat(.fail, "no database"), at: at(1))
    #expect(told.readiness.cause == "says fail: no database")
    var asked = watched()
    asked.observe(beat(.fail, "no database", path: "/ready"), at: at(1))
    #expect(asked.readiness.cause == "says fail in a 200: no database")
  }

  @Test("a beat that is missing has been waited for: it counts at once, a slow answer does not")
  func missing() {
    for (path, state) in [(Probe.beat, HealthState.unreachable), ("/healthz", .degraded)] {
      var health = watched()
      health.observe(beat(.pass, path: path), at: at(1))
      health.observe(beat(.pass, path: path, kind: .liveness), at: at(1))
      #expect(health.state == .healthy)
      health.observe(missing("no beat for 12s", path: path), at: at(13))
      #expect(health.state == state, "\(path)")
      #expect(health.reasons.first == "liveness timeout: no beat for 12s")
      health.observe(beat(.pass, path: path, kind: .liveness), at: at(14))
      #expect(health.state == .healthy)
    }
  }

  @Test("the last word of a run stands for as long as it says, and for ever where it does not say")
  func rest() {
    for (next, state) in [(600.0, HealthState.stale), (nil, .healthy)] {
      var health = watched()
      for kind in [ProbeKind.readiness, .liveness] {
        health.observe(beat(.pass, next: next, path: Probe.rest, kind: kind), at: at(0))
      }
      #expect(health.isAtRest)
      health.advance(to: at(600))
      #expect(health.state == .healthy)
      health.advance(to: at(601))
      #expect(health.state == state)
      health.observe(beat(.pass), at: at(602))
      #expect(!health.isAtRest)
    }
  }

  @Test("a run that ended in failure has no flap to wait out")
  func failedAtLast() {
    var health = watched()
    health.observe(beat(.pass), at: at(0))
    health.observe(beat(.pass, kind: .liveness), at: at(0))
    health.observe(beat(.fail, "disk full", path: Probe.rest), at: at(1))
    health.observe(beat(.pass, path: Probe.rest, kind: .liveness), at: at(1))
    #expect(health.state == .notReady)
    #expect(health.reasons.first == "readiness says fail: disk full")
    health.advance(to: at(100_000))
    #expect(health.state == .notReady)
  }

  @Test("a beat that an earlier run took is as old as it says; what is asked took so long")
  func old() {
    for (path, state) in [(Probe.beat, HealthState.stale), ("/ready", .healthy)] {
      var health = InstanceHealth(policy: HealthPolicy(PollPolicy(interval: 10)))
      health.watch(liveness: false, readiness: true, metrics: false, at: at(0))
      var probe = beat(.pass, path: path)
      probe.duration = 30
      health.observe(probe, at: at(100))
      #expect(health.state == state, "\(path)")
    }
  }

  @Test("whoever sends beats keeps its own pace in trouble; what is asked is asked more often")
  func pace() {
    for (path, state) in [(Probe.beat, HealthState.degraded), ("/ready", .stale)] {
      var health = watched()
      for kind in [ProbeKind.readiness, .liveness] {
        health.observe(beat(.warn, next: 30, path: path, kind: kind), at: at(0))
      }
      health.advance(to: at(21))
      #expect(health.state == state, "\(path)")
      health.advance(to: at(61))
      #expect(health.state == .stale)
    }
  }
}
