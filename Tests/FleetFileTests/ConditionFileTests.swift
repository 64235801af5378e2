import Conditions
import Fleet
import FleetFile
import Telemetry
import Testing
import YAMLText

@Suite("Conditions, releases and signals of a fleet file")
struct ConditionFileTests {
  private func fleet(_ release: String, more: String = "") throws -> Fleet {
    try FleetFile.parse(text(release, more), path: "f.yaml").fleet
  }

  private func text(_ release: String, _ more: String = "") -> String {
    """
    version: 1
    \(more)
    services:
      - name: pricing
        instances: [http://10.0.0.1]
        release:
    \(release.split(separator: "\n").map { "      " + $0 }.joined(separator: "\n"))
      - name: cart
        instances: [http://10.0.0.2]
    """
  }

  private func problems(_ release: String, more: String = "") -> [String] {
    FleetText.problems(text(release, more), path: "f.yaml")
  }

  @Test("texts and mappings come to the same conditions")
  func mappings() throws {
    let release = try #require(
      fleet(
        """
        rollback:
          - p99_ms > 800 for 5m
          - all: [error_ratio >= 5%, {not: health is warming}]
          - any:
              - cart.rate < 1
              - all: [readiness is fail, age < 1m]
        """
      ).services[0].release)
    #expect(
      release.rollback == [
        try Condition("p99_ms > 800 for 5m"),
        try Condition("error_ratio >= 5% and not health is warming"),
        try Condition("cart.rate < 1 or readiness is fail and age < 1m"),
      ])
  }

  @Test("whether a budget heals is yes or no, of an SLO")
  func healing() throws {
    let release = try #require(
      fleet("rollback: [budget_healing(fast) is yes, budget_healing(fast) is not no]").services[0]
        .release)
    #expect(
      release.rollback == [
        try Condition("budget_healing(fast) is yes"),
        try Condition("budget_healing(fast) is not no"),
      ])
    for (text, reason) in [
      ("budget_healing is yes", "'budget_healing' needs an SLO: budget_healing(name)"),
      ("budget_healing(fast) > 1", "'budget_healing' is a word, not a number"),
      ("budget_healing(fast) is true", "'budget_healing' is never 'true'"),
      ("budget_heal(fast) is yes", "did you mean budget_healing?"),
    ] {
      #expect(problems("rollback: [\(text)]").contains { $0.contains(reason) }, "\(text)")
    }
  }

  @Test(
    "an error stands at its own line and column within the text",
    arguments: [
      (
        "rollback: [p99_ms > fast]",
        "f.yaml:7:27: … expected a number after '>', found 'fast'"
      ),
      (
        "rollback: [\"p99_ms > 800msec\"]",
        "f.yaml:7:31: … unknown unit 'msec'; did you mean ms?"
      ),
      (
        "rollback: p99ms > 800",
        "f.yaml:7:17: … unknown signal 'p99ms'; did you mean p99_ms?"
      ),
      (
        "rollback: rate > 1 and carts.rate > 1",
        "f.yaml:7:30: … unknown service 'carts'; did you mean 'cart'?"
      ),
      (
        "rollback: health is sick",
        "f.yaml:7:17: … 'health' is never 'sick'; expected healthy, warming, degraded, "
          + "draining, not-ready, unhealthy, unreachable or stale"
      ),
      (
        "rollback: rate is high",
        "f.yaml:7:17: … 'rate' is a number; compare it with > or <"
      ),
      (
        "rollback: fallback is active",
        "f.yaml:7:17: … 'fallback' needs a fallback: fallback(name)"
      ),
      (
        "rollback: burn(fast) > 1",
        "f.yaml:7:17: … 'burn' needs an SLO and a window: burn(fast, 1h)"
      ),
      (
        "gate: much",
        "f.yaml:7:13: … expected a percentage from 0 to 100, such as 25%, found 'much'"
      ),
      (
        "schedule: {days: funday}",
        "f.yaml:7:24: … unknown day 'funday'; expected mon, tue, wed, thu, fri, sat, sun or weekdays"
      ),
      (
        "schedule: {freeze: [{from: 2027-01-02, until: 2026-12-20}]}",
        "f.yaml:7:27: … it ends before it begins"
      ),
      (
        "schedule: {freeze: [{from: 2026-02-30, until: 2026-12-20}]}",
        "f.yaml:7:34: … expected a day such as 2026-12-20, or 2026-12-20T18:00Z, found '2026-02-30'"
      ),
      (
        "shedule: weekdays",
        "f.yaml:7:7: … unknown key 'shedule' in release; did you mean 'schedule'?"
      ),
    ])
  func errors(_ release: String, _ sentence: String) {
    let found = problems(release)
    let parts = sentence.split(separator: " … ").map(String.init)
    #expect(found.count == 1, "\(found)")
    #expect(found.first?.hasPrefix(parts[0] + " ") == true, "\(found)")
    #expect(found.first?.hasSuffix(parts[1]) == true, "\(found)")
  }

  @Test("a schedule in words, days and hours")
  func schedule() throws {
    let words = try #require(fleet("schedule: weekdays 9:00-17:00").services[0].release?.schedule)
    #expect(words == ReleaseSchedule(days: [0, 1, 2, 3, 4], hours: .init(from: 540, until: 1020)))
    let listed = try #require(
      fleet(
        "schedule: {days: [mon, fri-sat], freeze: [{from: 2026-12-20, until: 2026-12-20, reason: r}]}"
      ).services[0].release?.schedule)
    #expect(listed.days == [0, 4, 5])
    #expect(listed.freezes[0].until - listed.freezes[0].from == 86_400)
    #expect(
      CivilTime(unixNanoseconds: Int64(listed.freezes[0].from) * 1_000_000_000).rfc3339Seconds
        == "2026-12-20T00:00:00Z")
  }

  @Test("signals of the file and of a service can be used in conditions, wrong ones are said")
  func signals() throws {
    let fleet = try fleet(
      "rollback: wait_ms > 250 for 1m",
      more: """
        signals:
          - {name: wait_ms, metric: shop_wait_seconds, as: quantile, quantile: 0.95, unit: ms, scale: 1000, match: {queue: [a, b]}}
        """)
    #expect(
      fleet.signals == [
        SignalRule(
          name: "wait_ms", metrics: ["shop_wait_seconds"],
          match: [.init("queue", "a"), .init("queue", "b")], reading: .quantile, quantile: 0.95,
          unit: "ms", scale: 1000)
      ])
    for (signal, part) in [
      ("{name: p99_ms, metric: x}", "'p99_ms' means something already"),
      ("{name: Wait, metric: x}", "expected small letters"),
      ("{name: x}", "'metric' is missing"),
      ("{name: x, metric: x, as: guage}", "did you mean 'gauge'?"),
      ("{name: x, metric: x, quantile: 0.9}", "goes with as: quantile only"),
    ] {
      let found = problems("gate: 25%", more: "signals: [\(signal)]")
      #expect(found.count == 1 && found[0].contains(part), "\(found)")
    }
  }
}
