import Canonical
import Exposition
import Telemetry
import Testing

@Suite("Breakers, as each library tells them")
struct BreakerTests {
  private func states(_ text: String, table: RoleTable = .builtIn) -> [String: BreakerState] {
    var target = Target(table: table)
    target.scrape(text, at: 0)
    return Dictionary(target.meter.breakers.map { ($0.name, $0.state) }) { first, _ in first }
  }

  private func reading(_ target: Target, _ name: String, at seconds: Double) -> BreakerReading? {
    target.meter.breakers(at: seconds).first { $0.name == name }
  }

  @Test("resilience4j: one series for each state, and the one at 1 holds")
  func resilience4j() {
    let all = ["closed", "open", "half_open", "forced_open", "disabled", "metrics_only"]
    let wanted: [BreakerState] = [
      .closed, .open, .halfOpen, .forcedOpen, .disabled, .metricsOnly,
    ]
    for (holding, state) in zip(all, wanted) {
      var text = "# TYPE resilience4j_circuitbreaker_state gauge\n"
      for word in all {
        text += "resilience4j_circuitbreaker_state{name=\"bank\",state=\"\(word)\"} "
        text += word == holding ? "1.0\n" : "0.0\n"
      }
      #expect(states(text) == ["bank": state], "\(holding)")
    }
  }

  @Test("1 is half-open to gobreaker and open to failsafe-go: the name of the library tells which")
  func twoLibraries() {
    #expect(
      states("# TYPE gobreaker_state gauge\ngobreaker_state{name=\"a\"} 1\n") == ["a": .halfOpen])
    #expect(
      states("# TYPE gobreaker_state gauge\ngobreaker_state{name=\"a\"} 2\n") == ["a": .open])
    let failsafe = "failsafe_circuit_breaker_state"
    #expect(
      states("# TYPE \(failsafe) gauge\n\(failsafe){name=\"a\"} 1\n") == ["a": .open])
    #expect(
      states("# TYPE \(failsafe) gauge\n\(failsafe){name=\"a\"} 2\n") == ["a": .halfOpen])
  }

  @Test(
    "A number whose meaning nobody tells is asked for, never guessed: 0 too",
    arguments: [0, 1, 2, 7])
  func unknown(_ value: Int) {
    for metric in ["circuit_breaker_state", "shop_circuit_breaker_state", "orders_cb_state"] {
      var target = Target()
      target.scrape("# TYPE \(metric) gauge\n\(metric){name=\"pay\"} \(value)\n", at: 0)
      let found = reading(target, "pay", at: 0)
      #expect(found?.state == .unknown, "\(metric)")
      #expect(found?.number == Double(value))
      #expect(found?.metric == metric)
      #expect(found?.openedLately == 0)
    }
  }

  @Test(
    "A help text that lists numbers and states is the metric's own word",
    arguments: [
      ("0 closed, 1 open, 2 half-open.", 1, BreakerState.open),
      ("Whether a breaker is closed (0), open (1) or half-open (2).", 2, .halfOpen),
      ("State of the circuit breaker. 0 is closed, 1 is half-opened, 2 is opened.", 2, .open),
      ("Circuit breaker state per worker (0=closed, 1=open, 2=half_open)", 1, .open),
      ("closed=0 half open=1 open=2", 1, .halfOpen),
      // In the wild, after a library whose own numbers are others.
      ("Current state of Go circuit breakers (0=open, 1=closed, 2=half_open)", 0, .open),
      ("0=closed, 1=open, 2=half-open", 5, .unknown),
    ])
  func help(_ help: String, _ value: Int, _ state: BreakerState) {
    let text = """
      # HELP pay_circuit_breaker_state \(help)
      # TYPE pay_circuit_breaker_state gauge
      pay_circuit_breaker_state{name="db"} \(value)

      """
    #expect(states(text) == ["db": state])
  }

  @Test(
    "A help text that does not list them plainly says nothing",
    arguments: [
      "State of the breaker", "1 if the breaker is open, 0 otherwise", "open or closed",
      "0 to 2: closed, open, half-open", "closed 0, 1 open", "0=closed, 0=open",
      "0=closed, 1=closed", "", "0=closed 1=open 2", "0 closed, 1 half-open",
    ])
  func vagueHelp(_ help: String) {
    #expect(BreakerNumbers(help: help) == nil)
  }

  @Test("Every order of states and numbers in either direction reads back")
  func everyHelp() {
    let words = ["closed", "open", "half-open"]
    for a in 0..<3 {
      for b in 0..<3 where b != a {
        let numbers = [a, b, 3 - a - b]
        for (left, right) in [("", ""), ("(", ")"), ("", ":")] {
          let help = zip(words, numbers).map { "\($0) \(left)\($1)\(right)" }
            .joined(separator: ", ")
          let read = BreakerNumbers(help: help)
          #expect(read?.closed == Double(a) && read?.open == Double(b), "\(help)")
          #expect(read?.halfOpen == Double(3 - a - b))
        }
        let turned = zip(numbers, words).map { "\($0)=\($1)" }.joined(separator: " ")
        #expect(BreakerNumbers(help: turned)?.open == Double(b), "\(turned)")
      }
    }
  }

  @Test("The fleet file's encoding outdoes the help text and the built-in table")
  func given() {
    let given = BreakerConvention(
      name: BreakerConvention.given, metric: "gobreaker_state",
      encoding: .numbers(BreakerNumbers(closed: 9, halfOpen: nil, open: 0)), nameLabels: ["name"])
    let table = RoleTable(given: .init(breakers: [given]))
    let text = """
      # HELP gobreaker_state 0=closed, 1=half-open, 2=open
      # TYPE gobreaker_state gauge
      gobreaker_state{name="a"} 0
      gobreaker_state{name="b"} 9
      gobreaker_state{name="c"} 1

      """
    #expect(states(text, table: table) == ["a": .open, "b": .closed, "c": .unknown])
  }

  @Test("Envoy's open circuit breaker is a limit that is reached: a saturation, no breaker")
  func envoyLimit() {
    var target = Target()
    func text(_ value: Int) -> String {
      """
      # TYPE envoy_cluster_circuit_breakers_default_rq_pending_open gauge
      envoy_cluster_circuit_breakers_default_rq_pending_open{envoy_cluster_name="prices"} \(value)
      # TYPE envoy_cluster_circuit_breakers_high_cx_open gauge
      envoy_cluster_circuit_breakers_high_cx_open{envoy_cluster_name="prices"} 0

      """
    }
    target.scrape(text(1), at: 0)
    #expect(target.meter.breakers.isEmpty)
    #expect(
      target.meter.saturation.map { "\($0.name) \($0.ratio)" }
        == ["pending requests to prices 1.0"])
    target.scrape(text(0), at: 5)
    #expect(target.meter.saturation.isEmpty)
  }

  @Test("Endpoints out of the rotation: Envoy ejects, linkerd's balancer waits, HAProxy says DOWN")
  func ejected() {
    var target = Target()
    target.scrape(
      """
      # TYPE envoy_cluster_outlier_detection_ejections_active gauge
      envoy_cluster_outlier_detection_ejections_active{envoy_cluster_name="prices"} 2
      envoy_cluster_outlier_detection_ejections_active{envoy_cluster_name="users"} 0
      # TYPE outbound_http_balancer_endpoints gauge
      outbound_http_balancer_endpoints{endpoint_state="ready",backend_name="stock"} 3
      outbound_http_balancer_endpoints{endpoint_state="pending",backend_name="stock"} 1
      # TYPE haproxy_server_status gauge
      haproxy_server_status{proxy="web",server="a",state="UP"} 1
      haproxy_server_status{proxy="web",server="a",state="DOWN"} 0
      haproxy_server_status{proxy="web",server="b",state="UP"} 0
      haproxy_server_status{proxy="web",server="b",state="DOWN"} 1
      haproxy_server_status{proxy="web",server="c",state="MAINT"} 1

      """, at: 0)
    let found = Dictionary(
      uniqueKeysWithValues: target.meter.breakers.map {
        ($0.name, "\($0.state) \($0.ejected ?? 0)")
      })
    #expect(
      found == [
        "prices": "ejecting 2", "users": "closed 0", "stock": "ejecting 1", "web": "ejecting 1",
      ])
  }

  @Test("Hystrix says only whether it is open")
  func hystrix() {
    let text = """
      # TYPE hystrix_circuit_breaker_open gauge
      hystrix_circuit_breaker_open{group="Shop",key="prices"} 1
      hystrix_circuit_breaker_open{group="Shop",key="users"} 0

      """
    #expect(states(text) == ["prices": .open, "users": .closed])
  }

  // MARK: Transitions

  private func router(_ state: Int, opened: Int, half: Int) -> String {
    """
    # TYPE vllm_router_cb_state gauge
    vllm_router_cb_state{worker="w"} \(state)
    # TYPE vllm_router_cb_state_transitions_total counter
    vllm_router_cb_state_transitions_total{worker="w",from="closed",to="open"} \(opened)
    vllm_router_cb_state_transitions_total{worker="w",from="open",to="half_open"} \(half)

    """
  }

  @Test("Transitions shorter than a poll are counted by the library's own counter")
  func counted() {
    var target = Target()
    target.scrape(router(0, opened: 4, half: 4), at: 0)
    #expect(reading(target, "w", at: 0)?.openedLately == 0, "what was before is not ours to count")
    target.scrape(router(0, opened: 6, half: 7), at: 5)
    let found = reading(target, "w", at: 5)
    #expect(found?.state == .closed)
    #expect(found?.opened == 2 && found?.halfOpened == 3)
    #expect(found?.openedLately == 2 && found?.isCounted == true)
    #expect(reading(target, "w", at: 604)?.openedLately == 2)
    #expect(reading(target, "w", at: 606)?.openedLately == 0, "ten minutes on")
  }

  @Test("A counter that begins while it is watched counts from 0; one that falls has been reset")
  func births() {
    var target = Target()
    let gauge = "# TYPE vllm_router_cb_state gauge\nvllm_router_cb_state{worker=\"w\"} 0\n"
    target.scrape(gauge, at: 0)
    target.scrape(router(1, opened: 1, half: 0), at: 5)
    #expect(reading(target, "w", at: 5)?.openedLately == 1)
    target.scrape(router(1, opened: 3, half: 2), at: 10)
    #expect(reading(target, "w", at: 10)?.openedLately == 3)
  }

  @Test("Without a counter transitions are those that polls saw, and it says so")
  func seen() {
    var target = Target()
    func text(_ state: Int) -> String {
      "# TYPE gobreaker_state gauge\ngobreaker_state{name=\"a\"} \(state)\n"
    }
    for (step, state) in [0, 2, 1, 2, 0, 2].enumerated() {
      target.scrape(text(state), at: Double(step) * 5)
    }
    let found = reading(target, "a", at: 25)
    #expect(found?.opened == 3 && found?.halfOpened == 1)
    #expect(found?.isCounted == false)
    #expect(found?.since == 25, "closed in between")
  }

  @Test("Open, half-open, open again is one trouble: it has lasted since it first opened")
  func since() {
    var target = Target()
    func text(_ state: Int) -> String {
      "# TYPE gobreaker_state gauge\ngobreaker_state{name=\"a\"} \(state)\n"
    }
    for (step, state) in [0, 2, 1, 2].enumerated() {
      target.scrape(text(state), at: Double(step) * 5)
    }
    #expect(reading(target, "a", at: 15)?.since == 5)
    #expect(reading(target, "a", at: 15)?.beganUnseen == false)
    var late = Target()
    late.scrape(text(2), at: 0)
    #expect(reading(late, "a", at: 0)?.beganUnseen == true)
  }

  @Test("Calls refused between two polls that both saw it closed: it was open between them")
  func refused() {
    var target = Target()
    func text(_ refused: Int) -> String {
      """
      # TYPE resilience4j_circuitbreaker_state gauge
      resilience4j_circuitbreaker_state{name="bank",state="closed"} 1
      resilience4j_circuitbreaker_state{name="bank",state="open"} 0
      # TYPE resilience4j_circuitbreaker_not_permitted_calls_total counter
      resilience4j_circuitbreaker_not_permitted_calls_total{name="bank",kind="not_permitted"} \(refused)

      """
    }
    target.scrape(text(0), at: 0)
    target.scrape(text(12), at: 5)
    let found = reading(target, "bank", at: 5)
    #expect(found?.state == .closed && found?.opened == 1 && found?.refused == 12)
    target.scrape(text(12), at: 10)
    #expect(reading(target, "bank", at: 10)?.opened == 1)
  }

  @Test("Polly has a counter of events and no state: the last of its transitions tells it")
  func polly() {
    var target = Target()
    func text(_ opened: Int, _ half: Int, _ closed: Int) -> String {
      var text = "# TYPE resilience_polly_strategy_events_total counter\n"
      for (event, count) in [
        ("OnCircuitOpened", opened), ("OnCircuitHalfOpened", half), ("OnCircuitClosed", closed),
        ("OnRetry", 40),
      ] {
        text += "resilience_polly_strategy_events_total{event_name=\"\(event)\","
        text += "pipeline_name=\"bank\",strategy_name=\"CircuitBreaker\"} \(count)\n"
      }
      return text
    }
    target.scrape(text(0, 0, 0), at: 0)
    #expect(target.meter.breakers.isEmpty)
    target.scrape(text(1, 0, 0), at: 5)
    #expect(reading(target, "bank", at: 5)?.state == .open)
    target.scrape(text(1, 1, 0), at: 10)
    #expect(reading(target, "bank", at: 10)?.state == .halfOpen)
    target.scrape(text(1, 1, 1), at: 15)
    #expect(reading(target, "bank", at: 15)?.state == .closed)
    #expect(reading(target, "bank", at: 15)?.opened == 1)
  }

  @Test("A breaker that a scrape does not name any more is known no more")
  func gone() {
    var target = Target()
    target.scrape("# TYPE gobreaker_state gauge\ngobreaker_state{name=\"a\"} 2\n", at: 0)
    target.scrape("# TYPE gobreaker_state gauge\n", at: 5)
    #expect(target.meter.breakers.isEmpty)
  }

  @Test("A meter with breakers and fallbacks reads back from its bytes, and goes on the same")
  func codable() throws {
    var target = Target()
    let text = router(1, opened: 3, half: 1) + "fallback_active{name=\"cached\"} 1\n"
    target.scrape(text, at: 0)
    target.scrape(router(1, opened: 5, half: 1) + "fallback_active{name=\"cached\"} 0\n", at: 5)
    let bytes = try CanonicalEncoder.bytes(of: target.meter)
    var copy = target
    copy.meter = try CanonicalDecoder.value(InstanceMeter.self, from: bytes)
    #expect(copy.meter == target.meter)
    copy.scrape(router(0, opened: 6, half: 2), at: 10)
    target.scrape(router(0, opened: 6, half: 2), at: 10)
    #expect(copy.meter.breakers == target.meter.breakers)
    #expect(reading(copy, "w", at: 10)?.openedLately == 3)
  }
}

@Suite("Fallbacks, as metrics tell them")
struct FallbackMetricTests {
  private func active(_ target: Target, at seconds: Double) -> [String: String] {
    Dictionary(
      uniqueKeysWithValues: target.meter.fallbacks(at: seconds).map {
        ($0.name, "\($0.isActive ? "active" : "idle") \($0.mode ?? "-")")
      })
  }

  @Test("Flags answered with ERROR or STALE are a fallback while they are; DEFAULT is not")
  func flags() {
    var target = Target()
    func text(_ error: Int, _ stale: Int, _ usual: Int) -> String {
      var text = "# TYPE feature_flag_flagd_result_reason_total counter\n"
      for (reason, count) in [("ERROR", error), ("STALE", stale), ("DEFAULT", usual)] {
        text += "feature_flag_flagd_result_reason_total{feature_flag_reason=\"\(reason)\"} "
        text += "\(count)\n"
      }
      return text
    }
    target.scrape(text(3, 0, 10), at: 0)
    #expect(active(target, at: 0) == ["feature-flags": "idle static"])
    target.scrape(text(3, 0, 90), at: 5)
    #expect(active(target, at: 5) == ["feature-flags": "idle static"])
    target.scrape(text(4, 0, 99), at: 10)
    #expect(active(target, at: 10) == ["feature-flags": "active static"])
    #expect(target.meter.fallbacks(at: 10).first?.reason?.contains("default values") == true)
    #expect(active(target, at: 69) == ["feature-flags": "active static"])
    #expect(active(target, at: 71) == ["feature-flags": "idle static"])
  }

  @Test("The fleet file maps any metric: a counter of answers, and the age of the data")
  func mapped() {
    let table = RoleTable(
      given: .init(fallbacks: [
        FallbackConvention(metric: "prices_served_stale_total", reading: .counter, name: "prices"),
        FallbackConvention(metric: "price_cache_age_seconds", reading: .age, name: "prices"),
      ]))
    var target = Target(table: table)
    func text(_ served: Int, _ age: Int) -> String {
      """
      # TYPE prices_served_stale_total counter
      prices_served_stale_total \(served)
      # TYPE price_cache_age_seconds gauge
      price_cache_age_seconds{shard="a"} \(age)
      price_cache_age_seconds{shard="b"} 3

      """
    }
    target.scrape(text(0, 10), at: 0)
    target.scrape(text(9, 240), at: 5)
    let found = target.meter.fallbacks(at: 5).first
    #expect(found?.name == "prices" && found?.isActive == true)
    #expect(found?.dataAge == 240, "the oldest of several")
  }

  @Test("Hystrix counts the answers that its fallbacks gave")
  func hystrix() {
    var target = Target()
    func text(_ count: Int) -> String {
      """
      # TYPE hystrix_execution_total counter
      hystrix_execution_total{event="fallback_success",group="Shop",key="prices"} \(count)
      hystrix_execution_total{event="success",group="Shop",key="users"} \(count)

      """
    }
    target.scrape(text(1), at: 0)
    target.scrape(text(2), at: 5)
    #expect(active(target, at: 5) == ["prices": "active -"])
  }
}
