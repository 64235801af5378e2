import Fleet
import FleetFile
import Telemetry
import Testing
import YAMLText

@Suite("Objectives of a fleet file")
struct SLOReaderTests {
  private func reading(_ slo: String) throws(FileProblems) -> FleetFile.Reading {
    try FleetFile.parse(
      "version: 1\nservices: [{name: a, instances: ['http://a']}, {name: b, instances: ['http://b'], slos: [\n\(slo)]}]\n",
      path: "damcon.yaml")
  }

  private func slo(_ text: String) throws -> SLO {
    try #require(try reading(text).fleet.services[1].slos.first)
  }

  private func problem(_ text: String) -> String {
    do {
      let fleet = try reading(text).fleet
      return "read: \(fleet.services[1].slos)"
    } catch { return error.problems.map(\.description).joined(separator: "\n") }
  }

  @Test("availability by default, with the usual alerts, floor and policy")
  func usual() throws {
    let read = try slo("{name: x, objective: 99.95, window: 30d}")
    #expect(read == SLO(name: "x", objective: 99.95, window: 30 * 86_400))
    #expect(read.burn == .usual(window: 30 * 1440))
    #expect(read.policy == BudgetPolicy(warn: 0.25, freeze: 0))
    #expect(try slo("{name: x, objective: '99.9 %', window: 7d}").objective == 99.9)
  }

  @Test("speed, an endpoint, or both")
  func recognised() throws {
    #expect(
      try slo("{name: x, objective: 99, threshold: 300ms, endpoint: POST /pay, window: 7d}").counts
        == .latency(threshold: 0.3, endpoint: "POST /pay"))
    #expect(
      try slo("{name: x, objective: 99, endpoint: pay, window: 7d}").counts
        == .requests(endpoint: "pay"))
  }

  @Test("selectors of events: a name, a mapping, or a list of either")
  func selectors() throws {
    let read = try slo(
      "{name: x, objective: 99, window: 28d, bad: [errors_total, {metric: r_total, labels: {code: ['5*', 429]}}], total: r_total}"
    )
    #expect(
      read.counts
        == .selected(
          EventSelectors(
            bad: [
              MetricSelector("errors_total"),
              MetricSelector("r_total", [.init("code", ["5*", "429"])]),
            ], total: [MetricSelector("r_total")])))
  }

  @Test("alerts, floor and policy of one's own; shares of a budget and factors are exact")
  func own() throws {
    let read = try slo(
      """
      {name: x, objective: 99, window: 7d, floor: 0, policy: {warn: 40%, freeze: never},
       burn: [{alert: ticket, long: 1d, short: 2h, factor: 1.4}, {alert: page, long: 1h, short: 5m, budget: 12.5%}]}
      """)
    #expect(read.burn.pairs.map(\.severity) == [.page, .ticket])
    #expect(read.burn.pairs[0].factor == BurnFactor(21, over: 1))
    #expect(read.burn.pairs[1].factor == BurnFactor(7, over: 5))
    #expect(read.burn.floor == 0)
    #expect(read.policy == BudgetPolicy(warn: 0.4, freeze: nil))
  }

  @Test(
    "what is wrong is said with its place and what was expected",
    arguments: [
      (
        "{name: x, objective: 99.123456789, window: 30d}",
        "objective: expected a percentage with at most seven digits after the point, such as 99.99, found '99.123456789'"
      ),
      (
        "{name: x, objective: 99, window: 90s}",
        "window: expected whole minutes, found '90s'"
      ),
      (
        "{name: x, objective: 99, window: 100h30m}",
        "window: expected whole hours, for more than 3d, found '100h30m'"
      ),
      (
        "{name: x, objective: 99, window: 30d, good: a_total}",
        "give two of good, bad and total, found good"
      ),
      (
        "{name: x, objective: 99, window: 30d, good: a, bad: b, threshold: 1s}",
        "'threshold' speaks of the recognised requests; with good or bad the labels say which events count"
      ),
      (
        "{name: x, objective: 99, window: 30d, bad: 'r{code=\"5xx\"}', total: r}",
        "bad: expected a metric's name alone, found 'r{code=\"5xx\"}'; write {metric: …, labels: {code: \"5*\"}} for labels"
      ),
      (
        "{name: x, objective: 99, window: 30d, burn: [{alert: page, long: 5m, short: 1h, factor: 2}]}",
        "short: expected a window shorter than the long one, found '1h'"
      ),
      (
        "{name: x, objective: 99, window: 7d, burn: [{alert: page, long: 8d, short: 1h, factor: 2}]}",
        "long: expected no more than the objective's own window, 7d, found '8d'"
      ),
      (
        "{name: x, objective: 99, window: 7d, burn: [{alert: page, long: 1h, short: 5m}]}",
        "say how fast is too fast with either 'factor', such as 14.4, or 'budget', such as 2%"
      ),
      (
        "{name: x, objective: 99, window: 7d, burn: [{alert: pager, long: 1h, short: 5m, factor: 1}]}",
        "unknown alert 'pager'; expected page or ticket; did you mean 'page'?"
      ),
      (
        "{name: x, objective: 99, window: 7d, policy: {warn: 5%, freeze: 10%}}",
        "warn: expected no less than where releases freeze, found '5%'"
      ),
      ("{name: x, objective: 99, window: 7d, treshold: 1s}", "did you mean 'threshold'?"),
    ])
  func problems(_ text: String, _ said: String) {
    let told = problem(text)
    #expect(told.contains(said), "\(told)")
    #expect(told.hasPrefix("damcon.yaml:3:"), "\(told)")
  }

  @Test("a window that the usual alerts were not made for is warned of")
  func shortWindow() throws {
    let warnings = try reading("{name: x, objective: 99, window: 1d}").warnings.map(\.text)
    #expect(warnings.count == 1)
    #expect(warnings.first?.contains("say with 'burn' what should page over 1d") == true)
  }

  @Test("a capability's objective says at which services its users' requests enter")
  func capability() throws {
    func read(_ slo: String) throws(FileProblems) -> [CapabilitySLO] {
      try FleetFile.parse(
        """
        version: 1
        services: [{name: web, instances: ['http://a']}, {name: app, instances: ['http://b']}]
        capabilities:
          - {name: Buy, needs: [web], slos: [\(slo)]}
        """, path: "damcon.yaml"
      ).fleet.capabilitySLOs
    }
    let plain = SLO(name: "x", objective: 99, window: 30 * 86_400)
    #expect(
      try read("{name: x, objective: 99, window: 30d, at: [web, app]}")
        == [CapabilitySLO(capability: "Buy", slo: plain, services: ["web", "app"])])
    #expect(try read("{name: x, objective: 99, window: 30d}").first?.services == ["web"])
    do {
      _ = try read("{name: x, objective: 99, window: 30d, at: wep}")
      Issue.record("an unknown service was taken")
    } catch {
      #expect(error.description.contains("there is no service 'wep'; did you mean 'web'?"))
    }
  }
}
