import Canonical
import Fleet
import Health
import Testing

/// The wall at the session's start: 2026-11-21T01:00:00Z.
private let wall: Int64 = 1_795_222_800_000_000_000

private func at(_ seconds: Double) -> Instant {
  Instant(wall: wall + Int64(seconds * 1e9), offset: Int64(seconds * 1e9))
}

private func answer(_ kind: ProbeKind, _ status: Int, _ body: String) -> Probe {
  Probe(
    kind: kind, path: kind == .liveness ? "/healthz" : "/ready", duration: 0.003,
    answer: .response(status: status, report: HealthReport(body: Array(body.utf8), status: status)))
}

private func fault(_ kind: ProbeKind, _ fault: Fault.Kind, _ detail: String = "") -> Probe {
  Probe(kind: kind, path: "/x", duration: 0.003, answer: .fault(Fault(fault, detail)))
}

private func healthy(at time: Double = 0) -> InstanceHealth {
  var health = InstanceHealth()
  health.watch(liveness: true, readiness: true, metrics: true, at: at(time))
  health.observe(answer(.liveness, 200, "ok"), at: at(time))
  health.observe(answer(.readiness, 200, "ok"), at: at(time))
  return health
}

@Suite("The health of an instance")
struct InstanceHealthTests {
  @Test("Nothing heard is unknown, and so is a route that has not answered yet")
  func unknown() {
    var health = InstanceHealth()
    #expect(health.state == .unknown)
    #expect(health.since == nil)
    health.watch(liveness: true, readiness: true, metrics: false, at: at(0))
    health.advance(to: at(60))
    #expect(health.state == .unknown)
    #expect(health.transitions == [])
    health.observe(answer(.liveness, 200, "ok"), at: at(61))
    #expect(health.state == .unknown)
    #expect(health.reasons == ["not every route has answered yet"])
    health.observe(answer(.readiness, 200, "ok"), at: at(61))
    #expect(health.state == .healthy)
    #expect(health.reasons == [])
  }

  @Test(
    "Liveness is strict: one hard failure counts",
    arguments: [
      (
        answer(.liveness, 503, "pool saturated"), HealthState.unhealthy,
        "liveness 503: pool saturated", Fault.Kind.httpStatus
      ),
      (answer(.liveness, 500, ""), .unhealthy, "liveness 500", .httpStatus),
      (
        answer(.liveness, 404, "404 page not found"), .unhealthy,
        "liveness 404: 404 page not found", .httpStatus
      ),
      (answer(.liveness, 401, ""), .unhealthy, "liveness 401: credentials refused", .httpStatus),
      (answer(.liveness, 302, ""), .unhealthy, "liveness 302: redirects elsewhere", .httpStatus),
      (
        answer(.liveness, 500, "thread main panicked at 'x'"), .unhealthy,
        "liveness 500: thread main panicked at 'x'", .panic
      ),
      (
        answer(.liveness, 200, #"{"status":"fail","message":"disk lost"}"#), .unhealthy,
        "liveness says fail in a 200: disk lost", .payload
      ),
      (
        answer(.liveness, 503, #"{"status":"pass"}"#), .unhealthy,
        "liveness 503: its body says pass", .httpStatus
      ),
      (
        answer(.liveness, 200, #"{"phase":"misconfigured","message":"no DSN"}"#), .unhealthy,
        "liveness misconfigured: no DSN", .misconfigured
      ),
      (
        answer(.liveness, 503, #"{"phase":"misconfigured"}"#), .unhealthy, "liveness misconfigured",
        .misconfigured
      ),
      (
        answer(.liveness, 200, "<html>hi</html>"), .degraded,
        "liveness 200, but the body is HTML, not a health answer", .payload
      ),
      (
        fault(.liveness, .refused, "connection refused"), .unreachable,
        "liveness refused: connection refused", .refused
      ),
      (fault(.liveness, .reset), .unreachable, "liveness reset", .reset),
      (fault(.liveness, .dns, "no such host"), .unreachable, "liveness dns: no such host", .dns),
      (
        fault(.liveness, .tls, "certificate expired"), .unreachable,
        "liveness tls: certificate expired", .tls
      ),
      (
        fault(.liveness, .protocol, "not HTTP"), .unhealthy, "liveness protocol: not HTTP",
        .protocol
      ),
      (
        fault(.liveness, .payload, "over 16 MiB"), .unhealthy, "liveness payload: over 16 MiB",
        .payload
      ),
    ])
  func strict(_ probe: Probe, _ state: HealthState, _ reason: String, _ kind: Fault.Kind) {
    var health = healthy()
    health.observe(probe, at: at(5))
    #expect(health.state == state)
    #expect(health.reasons.first == Words.clipped(reason, to: 60))
    #expect(health.fault?.kind == kind)
    #expect(health.liveness.verdict != .pass)
    #expect(health.readiness.verdict == .pass)
    health.observe(answer(.liveness, 200, "ok"), at: at(6))
    #expect(health.state == .healthy)
    #expect(health.fault == nil)
  }

  @Test(
    "A soft timeout of liveness degrades; the third in a row, or one that lasts, is unreachable")
  func softTimeout() {
    var health = healthy()
    let slow = fault(.liveness, .timeout, "no answer in 2.0 s")
    health.observe(slow, at: at(1))
    #expect(health.state == .degraded)
    #expect(health.reasons == ["liveness timeout: no answer in 2.0 s"])
    health.observe(slow, at: at(2))
    #expect(health.state == .degraded)
    health.observe(slow, at: at(3))
    #expect(health.state == .unreachable)
    #expect(health.reasons == ["liveness timeout: no answer in 2.0 s, 3 in a row"])

    var slower = healthy()
    slower.observe(slow, at: at(1))
    slower.observe(slow, at: at(8))
    slower.advance(to: at(10.9))
    #expect(slower.state == .degraded)
    slower.advance(to: at(11))
    #expect(slower.state == .unreachable)
  }

  @Test("A timeout after a hard failure is no improvement")
  func timeoutAfterRefusal() {
    var health = healthy()
    health.observe(fault(.liveness, .refused), at: at(5))
    health.observe(fault(.liveness, .timeout), at: at(10))
    #expect(health.state == .unreachable)
  }

  @Test("Readiness is debounced, the grace is shown, and the first pass clears it")
  func debounce() {
    var health = healthy()
    health.observe(answer(.readiness, 503, "pool saturated"), at: at(5))
    #expect(health.state == .degraded)
    #expect(health.readiness.verdict == .fail)
    #expect(health.debounce?.since == at(5))
    #expect(health.debounce?.remaining(at: at(9)) == 6)
    health.advance(to: at(9))
    #expect(health.reasons == ["readiness failing 4s of 10s grace: 503: pool saturated"])
    health.observe(answer(.readiness, 503, "pool saturated"), at: at(10))
    health.observe(answer(.liveness, 200, "ok"), at: at(10))
    health.advance(to: at(14.999))
    #expect(health.state == .degraded)
    health.advance(to: at(15))
    #expect(health.state == .notReady)
    #expect(health.reasons == ["readiness 503: pool saturated"])
    #expect(health.debounce == nil)
    health.observe(answer(.readiness, 200, "ok"), at: at(16))
    #expect(health.state == .healthy)
    #expect(health.reasons == [])
  }

  @Test("Never seen ready: the second failing answer settles it")
  func neverReady() {
    var health = InstanceHealth()
    health.observe(answer(.liveness, 200, "ok"), at: at(0))
    health.observe(answer(.readiness, 503, ""), at: at(0))
    #expect(health.state == .degraded)
    health.observe(answer(.readiness, 503, ""), at: at(5))
    #expect(health.state == .notReady)
  }

  @Test("Readiness that cannot be reached counts at once only where there is no liveness to ask")
  func readinessAlone() {
    var both = healthy()
    both.observe(fault(.readiness, .refused), at: at(5))
    #expect(both.state == .degraded)
    var alone = InstanceHealth()
    alone.observe(answer(.readiness, 200, "ok"), at: at(0))
    #expect(alone.state == .healthy)
    alone.observe(fault(.readiness, .refused), at: at(5))
    #expect(alone.state == .unreachable)
  }

  @Test(
    "Phases are states, not failures",
    arguments: [
      (503, "warming", HealthState.warming), (200, "warming", .warming),
      (503, "draining", .draining),
      (200, "draining", .draining), (200, "serving", .healthy), (503, "misconfigured", .unhealthy),
      (200, "misconfigured", .unhealthy),
    ])
  func phases(_ status: Int, _ phase: String, _ state: HealthState) {
    var health = healthy()
    let body = #"{"phase":"\#(phase)","message":"cache 40 %","checks":[]}"#
    health.observe(answer(.readiness, status, body), at: at(5))
    health.advance(to: at(9))
    #expect(health.state == state)
    #expect(health.debounce == nil)
    if state == .warming { #expect(health.reasons.contains("warming: cache 40 %")) }
  }

  @Test("A warming instance with failing checks is warming; one that is gone is unreachable")
  func warmingChecks() {
    var health = healthy()
    let body = #"{"status":"fail","phase":"warming","checks":[{"name":"db","status":"fail"}]}"#
    health.observe(answer(.readiness, 503, body), at: at(5))
    health.advance(to: at(9))
    #expect(health.state == .warming)
    health.observe(fault(.liveness, .refused), at: at(9))
    #expect(health.state == .unreachable)
  }

  static let checkTable: [(String, HealthState, HealthState, HealthState, String)] = [
    (
      #"{"name":"pg","status":"fail","required":true,"message":"timeout 2.0s"}"#, .degraded,
      .notReady,
      .notReady, "check pg failing (required), timeout 2.0s"
    ),
    (
      #"{"name":"pg","status":"fail","required":true,"transient":true}"#, .degraded, .degraded,
      .notReady, "check pg failing (required)"
    ),
    (
      #"{"name":"pg","status":"fail","required":true,"since":"2026-11-21T00:50:00Z"}"#, .notReady,
      .notReady, .notReady, "check pg failing (required)"
    ),
    (
      #"{"name":"pg","status":"fail","required":false}"#, .degraded, .degraded, .degraded,
      "check pg failing (optional)"
    ),
    (
      #"{"name":"pg","status":"warn","required":true,"message":"slow"}"#, .degraded, .degraded,
      .degraded,
      "check pg warns, slow"
    ),
    (#"{"name":"pg","status":"pass","required":true}"#, .healthy, .healthy, .healthy, ""),
  ]

  @Test(
    "Checks: required or optional, transient or persistent, at once, past the grace, past three",
    arguments: checkTable)
  func checks(
    _ check: String, _ first: HealthState, _ later: HealthState, _ last: HealthState,
    _ reason: String
  ) {
    var health = healthy()
    let probe = answer(
      .readiness, 200,
      #"{"status":"warn","checks":[\#(check)]}"#.replacing(
        #""warn","checks":[{"name":"pg","status":"pass""#,
        with: #""pass","checks":[{"name":"pg","status":"pass""#))
    var states: [HealthState] = []
    for second in stride(from: 5.0, through: 40, by: 5) {
      health.observe(answer(.liveness, 200, "ok"), at: at(second))
      health.observe(probe, at: at(second))
      states.append(health.state)
    }
    #expect(states[0] == first)
    #expect(states[3] == later)
    #expect(states[7] == last)
    #expect((health.reasons.first ?? "") == reason)
  }

  @Test("Fallbacks and open breakers degrade; half-open ones, canaries and full pools are said")
  func degradedModes() {
    var health = healthy()
    health.observe(
      answer(
        .readiness, 200,
        """
        {"status":"pass","timestamp":"2026-11-21T01:00:05Z",
         "fallbacks":[{"name":"cached-prices","active":true,"since":"2026-11-21T00:48:05Z","tolerance_seconds":900},
                      {"name":"queue-orders","active":true,"reason":"broker down"},{"name":"idle","active":false}],
         "breakers":[{"name":"pricing","state":"open"},{"name":"tax","state":"half-open"},{"name":"x","state":"closed"}],
         "rollout":{"track":"canary","weight":0.1}}
        """), at: at(5))
    #expect(health.state == .degraded)
    #expect(
      health.reasons == [
        "fallback cached-prices active, 3m left of 15m",
        "fallback queue-orders active: broker down",
        "breaker pricing open", "breaker tax half-open", "canary at 10 %",
      ])
    #expect(health.graveReasons == 3)
    #expect(health.isCanary)
  }

  @Test("A canary that is well is healthy, and said")
  func canary() {
    var health = healthy()
    health.observe(
      answer(.readiness, 200, #"{"status":"pass","rollout":{"track":"canary"}}"#), at: at(1))
    #expect(health.state == .healthy)
    #expect(health.reasons == ["canary"])
    #expect(health.graveReasons == 0)
  }

  @Test("Silence past two intervals is stale, whatever was known; an answer ends it")
  func stale() {
    var health = healthy()
    health.advance(to: at(10))
    #expect(health.state == .healthy)
    health.advance(to: at(10.1))
    #expect(health.state == .stale)
    #expect(health.reasons == ["liveness silent for 10s", "readiness silent for 10s"])
    health.observe(answer(.liveness, 200, "ok"), at: at(20))
    #expect(health.state == .stale)
    health.observe(answer(.readiness, 200, "ok"), at: at(20))
    #expect(health.state == .healthy)

    var refused = healthy()
    refused.observe(fault(.liveness, .refused), at: at(5))
    refused.observe(fault(.readiness, .refused), at: at(5))
    refused.advance(to: at(30))
    #expect(refused.state == .stale)
    #expect(refused.reasons.first == "liveness silent for 25s, last refused")
  }

  @Test("Another policy counts from the next moment on")
  func policyChange() {
    var health = healthy()
    health.policy = HealthPolicy(PollPolicy(interval: 60))
    health.advance(to: at(100))
    #expect(health.state == .healthy)
    health.advance(to: at(121))
    #expect(health.state == .stale)
  }

  @Test("A route that is no longer asked does not turn stale")
  func forgotten() {
    var health = healthy()
    health.watch(liveness: true, readiness: false, metrics: false, at: at(1))
    health.observe(answer(.liveness, 200, "ok"), at: at(20))
    #expect(health.state == .healthy)
  }

  @Test("With metrics alone the scrape tells whether it can be reached")
  func metricsOnly() {
    var health = InstanceHealth()
    health.observeScrape(nil, duration: 0.01, at: at(0))
    #expect(health.state == .healthy)
    health.observeScrape(Fault(.timeout, "no answer in 2.0 s"), at: at(5))
    #expect(health.state == .degraded)
    health.observeScrape(nil, at: at(6))
    health.observeScrape(Fault(.httpStatus, "500"), at: at(10))
    #expect(health.state == .degraded)
    health.observeScrape(Fault(.refused, "connection refused"), at: at(15))
    #expect(health.state == .unreachable)
    #expect(health.reasons == ["metrics refused: connection refused"])
    health.advance(to: at(60))
    #expect(health.state == .stale)
  }

  @Test("Where health routes answer, missing metrics are said and change no state")
  func metricsBeside() {
    var health = healthy()
    health.observeScrape(Fault(.httpStatus, "404"), at: at(1))
    #expect(health.state == .healthy)
    #expect(health.reasons == ["metrics http-status: 404"])
  }

  @Test(
    "A clock that is off beyond the round trip and five seconds is flagged",
    arguments: [
      ("2026-11-21T01:00:55Z", "clock 45s ahead"), ("2026-11-21T00:59:00Z", "clock 1m 9s behind"),
      ("2026-11-21T01:00:14Z", nil), ("2026-11-21T01:00:06Z", nil),
    ] as [(String, String?)])
  func clock(_ timestamp: String, _ reason: String?) {
    var health = healthy()
    health.observe(
      answer(.readiness, 200, #"{"status":"pass","timestamp":"\#(timestamp)"}"#), at: at(10))
    #expect(health.reasons.first == reason)
    #expect(health.state == .healthy)
    #expect(health.clockSkew != nil)
  }

  @Test("next_check_seconds is honoured within limits, slower only while all is well")
  func pace() {
    func hint(_ next: String, status: Int = 200) -> Double {
      var health = healthy()
      health.observe(
        answer(.readiness, status, #"{"status":"pass","next_check_seconds":\#(next)}"#), at: at(1))
      return health.nextCheckHint
    }
    #expect(InstanceHealth().nextCheckHint == 5)
    #expect(hint("30") == 30)
    #expect(hint("3600") == 60)
    #expect(hint("0") == 1)
    #expect(hint("2") == 2)
    #expect(hint("30", status: 503) == 5)
    var slow = healthy()
    slow.observe(answer(.liveness, 200, #"{"status":"pass","next_check_seconds":30}"#), at: at(0))
    slow.observe(answer(.readiness, 200, #"{"status":"pass","next_check_seconds":30}"#), at: at(0))
    slow.advance(to: at(59))
    #expect(slow.state == .healthy)
    slow.advance(to: at(61))
    #expect(slow.state == .stale)
  }

  @Test("Every transition is kept with cause, time and what ended it")
  func transitions() {
    var health = healthy()
    health.observe(fault(.liveness, .refused, "connection refused"), at: at(5))
    health.observe(answer(.liveness, 200, "ok"), at: at(10))
    let kept = health.transitions
    #expect(kept.map(\.to) == [.unknown, .healthy, .unreachable, .healthy])
    #expect(kept[2].cause == "liveness refused: connection refused")
    #expect(kept[2].at == at(5))
    #expect(kept[2].endedAt == at(10))
    #expect(kept[2].resolution == "all that is asked passes")
    #expect(kept[3].endedAt == nil)
    #expect(health.since == at(10))
    #expect(health.changes.map(\.subject) == [.liveness, .liveness])
    #expect(health.changes.map(\.to) == ["fail", "pass"])
  }

  @Test("Breakers, fallbacks, phases and versions leave their changes")
  func changes() {
    var health = healthy()
    let before =
      #"{"phase":"serving","version":"1.0","breakers":[{"name":"pg","state":"closed"}],"fallbacks":[{"name":"f","active":false}]}"#
    let after =
      #"{"phase":"draining","version":"1.1","breakers":[{"name":"pg","state":"open"}],"fallbacks":[{"name":"f","active":true,"reason":"r"}]}"#
    health.observe(answer(.readiness, 200, before), at: at(1))
    health.observe(answer(.readiness, 200, after), at: at(2))
    #expect(
      health.changes.map { "\($0.subject.label) \($0.from) → \($0.to)" }
        == [
          "version 1.0 → 1.1", "phase serving → draining", "breaker pg closed → open",
          "fallback f idle → active",
        ])
    #expect(health.version == "1.1")
    #expect(health.versions.map(\.since) == [at(1), at(2)])
  }

  @Test("Histories are bounded")
  func bounded() {
    var health = healthy()
    for second in 1...500 {
      let status = second % 2 == 0 ? 200 : 503
      let body =
        #"{"version":"\#(second)","breakers":[{"name":"b\#(second % 50)","state":"open"}]}"#
      health.observe(answer(.liveness, status, body), at: at(Double(second)))
    }
    #expect(health.transitions.count == 32)
    #expect(health.changes.count == 32)
    #expect(health.versions.count == 8)
    #expect(health.liveness.durations.count == 60)
    #expect(health.liveness.successes + health.liveness.failures == 501)
  }

  @Test("Reports are merged, readiness first, and outlive a fault")
  func merged() {
    var health = InstanceHealth()
    health.observe(
      answer(.liveness, 200, #"{"status":"pass","version":"1","language":"go"}"#), at: at(0))
    health.observe(
      answer(.readiness, 200, #"{"status":"pass","version":"2","phase":"serving"}"#), at: at(0))
    health.observe(fault(.readiness, .timeout), at: at(5))
    #expect(health.report?.version == "2")
    #expect(health.report?.language == "go")
  }
}

@Suite("Any sequence of answers")
struct InstanceHealthPropertyTests {
  private func randomProbe(_ random: inout SplitMix) -> Probe {
    let kind: ProbeKind = random.below(2) == 0 ? .liveness : .readiness
    switch random.below(8) {
    case 0: return fault(kind, Fault.Kind.allCases[random.below(Fault.Kind.allCases.count)], "x")
    case 1: return answer(kind, 503, #"{"status":"pass"}"#)
    case 2: return answer(kind, 200, #"{"status":"fail"}"#)
    case 3:
      return answer(
        kind, 200, #"{"status":"warn","checks":[{"name":"a","status":"fail","required":true}]}"#)
    case 4: return answer(kind, 200, "<html>")
    case 5: return answer(kind, 503, #"{"phase":"warming"}"#)
    default: return answer(kind, 200, #"{"status":"pass","version":"1"}"#)
    }
  }

  @Test("Never healthy while the last answer fails or is silent; always a reason; always a word")
  func neverHealthyWhileFailing() {
    for seed in 0..<300 {
      var random = SplitMix(seed: UInt64(seed))
      var health = InstanceHealth()
      var time = 0.0
      for _ in 0..<80 {
        time += Double(random.below(40)) / 10
        if random.below(4) == 0 {
          health.advance(to: at(time))
        } else {
          health.observe(randomProbe(&random), at: at(time))
        }
        // Plain comparisons: half a million expectations would cost more than what they check.
        let broken = violation(of: health, at: at(time))
        #expect(broken == nil, "seed \(seed) at \(time): \(health.state) \(health.reasons)")
        if broken != nil { return }
      }
    }
  }

  private func violation(of health: InstanceHealth, at now: Instant) -> String? {
    let routes = [health.liveness, health.readiness]
    if health.state == .healthy {
      if routes.contains(where: { $0.verdict == .fail }) { return "healthy while failing" }
      if health.graveReasons > 0 { return "healthy with a reason not to be" }
      let isSilent = routes.contains {
        $0.lastAnswer.map { now.seconds(since: $0) > 10.001 } ?? false
      }
      if isSilent { return "healthy and silent" }
    } else if health.graveReasons == 0, health.lastAnswer != nil {
      return "no reason"
    }
    if health.reasons.contains(where: { $0.isEmpty || $0.count > 60 }) { return "a bad reason" }
    if let last = health.transitions.last, last.to != health.state { return "a lost transition" }
    if let debounce = health.debounce, debounce.until.offset <= debounce.since.offset {
      return "a grace that ends before it begins"
    }
    return nil
  }

  @Test("The same answers give the same value, and a copy that was encoded is the same")
  func deterministic() throws {
    func play() -> InstanceHealth {
      var random = SplitMix(seed: 42)
      var health = InstanceHealth()
      for step in 0..<200 { health.observe(randomProbe(&random), at: at(Double(step))) }
      return health
    }
    let health = play()
    #expect(health == play())
    let bytes = try CanonicalEncoder.bytes(of: health)
    #expect(try CanonicalDecoder.value(InstanceHealth.self, from: bytes) == health)
    #expect(bytes.count < 20_000)
  }
}
