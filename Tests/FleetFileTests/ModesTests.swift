import Conditions
import Fleet
import FleetFile
import Telemetry
import Testing
import YAMLText

/// The problems of a text, a line each, as they print.
private func problems(_ text: String) -> [String] {
  FleetText.problems("version: 1\n" + text)
}

private func read(_ text: String) throws -> Fleet {
  try FleetFile.parse("version: 1\n" + text, path: "damcon.yaml").fleet
}

@Suite("Fallbacks, breakers and capabilities of a fleet file")
struct ModesTests {
  @Test("A fallback's plan reads whole")
  func plan() throws {
    let fleet = try read(
      """
      services:
        - name: checkout
          instances: http://a
          fallbacks:
            - name: cached-prices
              mode: cache
              tolerance: 15m
              max_age: 1h
              dependency: pricing
              users_get: old prices
              enter_when: p99_ms > 800 for 5m
              acceptable_while: error_ratio < 2%
              exit_when: p99_ms < 600
              recovered_after: 2m
              metric: served_stale_total
              reading: counter
              only: {cache: prices}
              age_metric: cache_age_seconds
      """)
    let plan = try #require(fleet.services.first?.fallbacks.first)
    #expect(plan.name == "cached-prices" && plan.mode == .cache)
    #expect(plan.tolerance == 900 && plan.maxAge == 3600 && plan.recoveredAfter == 120)
    #expect(plan.dependency == "pricing" && plan.usersGet == "old prices")
    #expect(plan.enterWhen?.text == "p99_ms > 800 for 5m")
    #expect(plan.acceptableWhile?.text == "error_ratio < 2%")
    #expect(plan.exitWhen?.text == "p99_ms < 600")
    #expect(
      plan.metrics == [
        FallbackConvention(
          metric: "served_stale_total", reading: .counter, name: "cached-prices",
          only: [.init("cache", "prices")]),
        FallbackConvention(metric: "cache_age_seconds", reading: .age, name: "cached-prices"),
      ])
  }

  @Test("Every form of a breaker's encoding reads")
  func encodings() throws {
    let fleet = try read(
      """
      services: [{name: a, instances: http://a}]
      breakers:
        - {metric: x, encoding: {closed: 0, half_open: 1, open: 2}}
        - {metric: y, encoding: label, name_label: [a, b]}
        - {metric: z, encoding: {label: phase}, transitions: z_total, refused: z_refused}
        - {metric: w, encoding: ejected, only: {state: DOWN}}
        - {metric: v, encoding: {closed: 1, open: -1, half-open: 0.5}}
      """)
    #expect(
      fleet.modes.breakers.map(\.encoding) == [
        .numbers(BreakerNumbers(closed: 0, halfOpen: 1, open: 2)), .oneHot(label: "state"),
        .oneHot(label: "phase"), .ejected,
        .numbers(BreakerNumbers(closed: 1, halfOpen: 0.5, open: -1)),
      ])
    #expect(fleet.modes.breakers[1].nameLabels == ["a", "b"])
    #expect(fleet.modes.breakers[2].transitions == "z_total")
    #expect(fleet.modes.breakers[3].only == [.init("state", "DOWN")])
  }

  @Test("What a service says of its breakers counts before what the file says")
  func order() throws {
    let fleet = try read(
      """
      services:
        - name: a
          instances: http://a
          breakers: [{metric: cb, encoding: {closed: 1, open: 0}}]
      breakers: [{metric: cb, encoding: {closed: 0, open: 1}}]
      """)
    let roles = fleet.services[0].roles(in: fleet.roles)
    #expect(
      roles.given.breakers.map(\.encoding) == [
        .numbers(BreakerNumbers(closed: 1, halfOpen: nil, open: 0)),
        .numbers(BreakerNumbers(closed: 0, halfOpen: nil, open: 1)),
      ])
  }

  @Test("Capabilities read whole, with what each leaves out")
  func capabilities() throws {
    let fleet = try read(
      """
      services: [{name: a, instances: http://a}, {name: b, instances: http://b}]
      capabilities:
        - name: Buy
          tier: critical
          needs: [a, {service: b, endpoint: GET /quote, optional: true}]
          tolerates: {errors: 2%, degraded: true}
          users_get: {degraded: less, lost: nothing}
          instead: call us
          expected_recovery: 30m
        - {name: Browse, needs: b, users_get: slower, tolerates: degraded}
      """)
    var buy = Capability(
      name: "Buy", tier: .critical,
      needs: [
        .init(service: "a"), .init(service: "b", endpoint: "GET /quote", isOptional: true),
      ])
    buy.toleratedErrors = 0.02
    buy.toleratesDegraded = true
    buy.usersGet = .init(degraded: "less", lost: "nothing")
    buy.instead = "call us"
    buy.expectedRecovery = 1800
    var browse = Capability(name: "Browse", needs: [.init(service: "b")])
    browse.usersGet = .init(degraded: "slower")
    browse.toleratesDegraded = true
    #expect(fleet.capabilities == [buy, browse])
  }

  static let table: [(String, [String])] = [
    (
      "breakers: [{metric: x}]",
      ["damcon.yaml:3:12: breakers[0]: 'encoding' is missing"]
    ),
    (
      "breakers: [{metric: x, encoding: numbers}]",
      [
        "damcon.yaml:3:34: breakers[0].encoding: expected {closed: 0, open: 1, half-open: 2} with "
          + "the metric's own numbers, label or ejected, found 'numbers'"
      ]
    ),
    (
      "breakers: [{metric: x, encoding: {closed: 0}}]",
      ["damcon.yaml:3:34: breakers[0].encoding: which number is open? 'open' is missing"]
    ),
    (
      "breakers: [{metric: x, encoding: {closed: 0, open: 0}}]",
      ["damcon.yaml:3:52: breakers[0].encoding: closed and open cannot both be 0"]
    ),
    (
      "breakers: [{metric: x, encoding: {closed: no, open: 1}}]",
      [
        "damcon.yaml:3:43: breakers[0].encoding.closed: expected the number that the metric writes "
          + "for it, found 'no'"
      ]
    ),
    (
      "breakers: [{metric: x, encoding: {opne: 1}}]",
      [
        "damcon.yaml:3:35: unknown key 'opne' in encoding; did you mean 'open'?",
        "damcon.yaml:3:34: breakers[0].encoding: which number is closed? 'closed' is missing",
      ]
    ),
    ("fallbacks: [{name: x}]", ["damcon.yaml:3:13: fallbacks[0]: 'metric' is missing"]),
    (
      "fallbacks: [{metric: x, reading: sum}]",
      [
        "damcon.yaml:3:34: unknown reading 'sum'; expected gauge, counter or age"
      ]
    ),
    (
      "capabilities: [{name: Buy, needs: [z]}]",
      ["damcon.yaml:3:36: 'Buy' needs the unknown service 'z'; did you mean 'a'?"]
    ),
    (
      "capabilities: [{name: Buy}]",
      [
        "damcon.yaml:3:16: capabilities[0]: 'needs' is missing: which services does 'Buy' need?"
      ]
    ),
    (
      "capabilities: [{needs: a}]", ["damcon.yaml:3:16: capabilities[0]: 'name' is missing"]
    ),
    (
      "capabilities: [{name: B, needs: a}, {name: B, needs: a}]",
      ["damcon.yaml:3:44: the capability 'B' is named twice"]
    ),
    (
      "capabilities: [{name: B, needs: [{service: a, optional: maybe}]}]",
      [
        "damcon.yaml:3:57: capabilities[0].needs[0].optional: expected true or false, found 'maybe'"
      ]
    ),
    (
      "capabilities: [{name: B, needs: a, tolerates: {errors: 200%}}]",
      [
        "damcon.yaml:3:56: capabilities[0].tolerates.errors: expected a percentage from 0 to below "
          + "100, such as 2%, found '200%'"
      ]
    ),
  ]

  @Test("What is wrong is said with its place and what to write", arguments: table)
  func mistakes(_ text: String, _ expected: [String]) {
    #expect(problems("services: [{name: a, instances: http://a}]\n" + text) == expected)
  }

  static let plans: [(String, [String])] = [
    ("{mode: cache}", ["damcon.yaml:5:15: services[0].fallbacks[0]: 'name' is missing"]),
    (
      "{name: x, mode: cash}",
      [
        "damcon.yaml:5:31: unknown mode 'cash'; expected cache, static, reduced, queue or stale"
      ]
    ),
    (
      "{name: x, tolerance: 15}",
      [
        "damcon.yaml:5:36: services[0].fallbacks[0].tolerance: expected a duration such as 15m, "
          + "found '15'; did you mean '15s'?"
      ]
    ),
    (
      "{name: x, reading: counter}",
      [
        "damcon.yaml:5:34: services[0].fallbacks[0].reading: 'reading' goes with 'metric' only"
      ]
    ),
    ("{name: x}, {name: x}", ["damcon.yaml:5:33: the fallback 'x' is named twice"]),
    (
      "{name: x, metric: a*b}",
      [
        "damcon.yaml:5:33: services[0].fallbacks[0].metric: '*' stands at either end of a name only"
      ]
    ),
  ]

  @Test("What is wrong with a fallback's plan is said too", arguments: plans)
  func planMistakes(_ text: String, _ expected: [String]) {
    #expect(
      problems("services:\n- name: a\n  instances: http://a\n  fallbacks: [\(text)]") == expected)
  }

  @Test("A condition that cannot be read is shown at its own column")
  func condition() throws {
    let found = problems(
      "services:\n- name: a\n  instances: http://a\n"
        + "  fallbacks: [{name: x, exit_when: p99_ms > soon for}]")
    let problem = try #require(found.first)
    #expect(found.count == 1)
    #expect(problem.hasPrefix("damcon.yaml:5:"), "\(problem)")
    #expect(problem.contains("services[0].fallbacks[0].exit_when: "), "\(problem)")
    #expect(
      !problem.hasPrefix("damcon.yaml:5:36: "), "where the text goes wrong, not where it begins")
  }
}
