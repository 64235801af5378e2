import Conditions
import Containment
import Fleet
import FleetFile
import Foundation
import Markdown
import Runbooks
import Testing
import YAMLText

/// A runbook is a Markdown file with a head; what of it is wrong is said with its place.
@Suite struct RunbookFileTests {
  private static let whole = """
    ---
    id: pricing-timeout
    title: Pricing times out
    services: [pricing]
    owner: {team: pricing-team, primary: "@mira", channel: "#pricing"}
    impact: prices may be old
    match:
      all: [p99_ms > 800ms for 1m, breaker(postgres) is open]
    indicators:
      - {name: p99, signal: p99_ms, above: 800ms, for: 1m, dashboard: "https://grafana/x", query: "up"}
      - error_ratio > 5%
    verification: {all: [p99_ms < 800ms, readiness is pass], for: 2m}
    escalation:
      - {after: 30m, to: "@lead"}
      - {after: 10m, to: "@jon", channel: "#pricing"}
    triage: {within: 10m, decide: contain or roll back, otherwise: roll back}
    criteria: {customers: error_ratio > 10% for 5m}
    tags: [tokio]
    reviewed: 2026-10-01
    actions:
      cap: {kind: cap-concurrency, http: {url: "{instance}/cap", body: {on: true}}, read: {url: "{instance}/cap", pointer: /on, expect: true}, revert: {body: {on: false}}}
    ---
    # Heading

    ## Containment
    1. [Cap](action:cap)
    """

  @Test func everythingOfAHeadIsRead() throws {
    let file = RunbookFile(Self.whole, path: "books/a.md", name: "a.md", revision: "abc")
    #expect(file.problems == [])
    #expect(file.isOurs)
    let card = file.runbook.card
    #expect(card.id == "pricing-timeout")
    #expect(card.title == "Pricing times out")
    #expect(card.revision == "abc")
    #expect(card.scope == RunbookScope(services: ["pricing"]))
    #expect(card.match == (try Condition("p99_ms > 800ms for 1m and breaker(postgres) is open")))
    #expect(card.indicators.map(\.name) == ["p99", "error_ratio > 5%"])
    #expect(card.indicators[0].condition == (try Condition("p99_ms > 800ms for 1m")))
    #expect(card.verification?.window == 120)
    #expect(card.escalation.map(\.to) == ["@jon", "@lead"])
    #expect(card.triage?.within == 600)
    #expect(card.criteria.customers == (try Condition("error_ratio > 10% for 5m")))
    #expect(file.runbook.reviewed == CivilDay("2026-10-01")?.number)
    #expect(file.actions.map(\.name) == ["cap"])
    #expect(
      file.runbook.actions == [
        ActionOutline(
          name: "cap", kind: "cap-concurrency", isVerified: false, isReversible: true)
      ])
    #expect(card.hash == RunbookFile.hash(of: Self.whole))
    #expect(card.hash.count == 32)
  }

  /// A head that is wrong costs what is wrong, and its sentence says where in the file.
  @Test(arguments: [
    ("match: p99_ms >", "a.md:2:16:"),
    ("escalation: [{after: soon, to: x}]", "a.md:2:22:"),
    ("reviewed: yesterday", "a.md:2:11:"),
    ("tier: [critical, mild]", "a.md:2:18:"),
    ("triage: {decide: x}", "a.md:2:9:"),
    ("indicators: [{name: x}]", "a.md:2:14:"),
    ("id: 'a b'", "a.md:2:5:"),
    ("owner: {team: x", "a.md:3:"),
    ("actions: {cap: {kind: cap-concurrency}}", "a.md:2:16:"),
  ])
  func whatIsWrongIsSaidWithItsPlace(head: String, place: String) throws {
    let file = RunbookFile("---\n\(head)\n---\n# Title\n\ntext\n", path: "a.md", name: "a.md")
    let first = try #require(file.problems.first)
    #expect(first.description.hasPrefix(place), "\(first)")
    #expect(file.runbook.text.title == "Title")
  }

  @Test func headsOfOtherProgramsAreNoComplaint() {
    let file = RunbookFile(
      "---\ntitle: X\nweight: 20\nexternalUrl: https://x\ntags: {a: b}\n---\n# X\n", path: "x.md",
      name: "x.md")
    #expect(file.problems == [])
    #expect(file.warnings == [])
    #expect(!file.isOurs)
  }

  @Test func aKeyThatIsNearlyOneIsWarnedOf() {
    let file = RunbookFile("---\nmatch: rate > 1\nindicator: []\n---\n", path: "x.md", name: "x.md")
    #expect(
      file.warnings.map(\.description) == [
        "x.md:3:1: unknown key 'indicator' in a runbook; did you mean 'indicators'?"
      ])
  }

  @Test func withoutAHeadItGoesByItsFileAndHeading() {
    let file = RunbookFile("# Kube Pod\n\n## Mitigation\n- wait\n", path: "k/A.md", name: "k/A.md")
    #expect(file.runbook.card.id == "A")
    #expect(file.runbook.card.title == "Kube Pod")
    #expect(file.runbook.card.match == nil)
  }

  @Test(arguments: [
    ("1970-01-01", 0), ("2000-03-01", 11_017), ("2026-11-22", 20_779), ("1969-12-31", -1),
  ])
  func daysAreCounted(text: String, number: Int) {
    #expect(CivilDay(text)?.number == number)
  }

  @Test(arguments: ["2026-02-29", "2026-13-01", "2026-1-1", "yesterday", "2026-11-22x"])
  func whatIsNoDayIsNone(text: String) { #expect(CivilDay(text) == nil) }

  // MARK: Hostile

  @Test(arguments: [
    "---\na: &a [1]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a]\n---\n",
    "---\n: : :\n---\n", "---\n\0\u{202e}\n---\n", "---\n- a list\n---\n", "---\n---\n", "---\n",
    "", "\u{feff}---\nmatch: rate > 1\n---\n", "---\r\nmatch: rate > 1\r\n---\r\n# X\r\n",
  ])
  func strangeHeadsAreNoCrash(source: String) {
    let file = RunbookFile(source, path: "x.md", name: "x.md")
    #expect(file.runbook.card.id == "x")
    if source.contains("match") { #expect(file.runbook.card.match != nil) }
  }

  @Test func aliasesOfAliasesEnd() {
    var head = "a: &a [x, x, x, x, x, x, x, x]\n"
    for (name, next) in zip("abcdefgh", "bcdefghi") {
      head += "\(next): &\(next) [*\(name), *\(name), *\(name), *\(name), *\(name), *\(name)]\n"
    }
    head += "match: {all: *i}\ntags: *i\nservices: *i\n"
    let began = ContinuousClock.now
    let file = RunbookFile("---\n\(head)---\n", path: "x.md", name: "x.md")
    #expect(!file.problems.isEmpty)
    #expect(ContinuousClock.now - began < .seconds(20))
  }
}
