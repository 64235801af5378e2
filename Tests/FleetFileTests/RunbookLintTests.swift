import Fleet
import FleetFile
import Runbooks
import Testing
import YAMLText

/// Each rule is told of at its place, with what would mend it, and of nothing else.
@Suite struct RunbookLintTests {
  private static let good = """
    ---
    id: a
    title: A
    services: [pricing]
    owner: {team: t, primary: "@m"}
    match: p99_ms > 800ms for 1m
    indicators:
      - {signal: tokio_busy_ratio, above: 90%}
      - {when: breaker(postgres) is open}
    verification: [error_ratio < 1%]
    escalation: [{after: 10m, to: "@jon"}]
    reviewed: 2026-10-01
    actions: {cap: {kind: custom, http: {url: "{instance}/x"}, verification: [rate > 0], read: {url: "{instance}/x", pointer: /on, expect: true}, revert: {method: DELETE}}}
    ---
    # A

    See [b](b.md#meaning), [below](#containment), [out](https://example.com/x#y), [top](/x).

    ```sh
    echo "[no link](nowhere.md)"
    ```

    ## Diagnosis
    1. `when: readiness is pass` Look at {{ signal p50_ms }}.

    ## Containment
    1. [Cap](action:cap) the load.

    ## Escalation
    Call.

    """

  private static let other = """
    ---
    owner: {team: t}
    reviewed: 2026-10-01
    ---
    # B

    ## Meaning
    Text.

    """

  private static func fleet() throws -> Fleet {
    try FleetFile.parse(
      """
      version: 1
      fleet: shop
      services:
        - {name: pricing, language: rust, tier: critical, instances: "http://127.0.0.1:1"}
        - {name: cart, language: go, instances: "http://127.0.0.1:2"}
      """, path: "damcon.yaml"
    ).fleet
  }

  private static let today = 20_779  // 2026-11-22

  private static func file(_ source: String, _ name: String = "a.md") -> RunbookFile {
    RunbookFile(source, path: "books/\(name)", name: name)
  }

  private static func findings(
    _ files: [RunbookFile], exported: [String: Set<String>]? = nil
  ) throws -> [RunbookFinding] {
    RunbookLint.findings(
      files, fleet: try fleet(), actions: [], today: today, exported: exported)
  }

  @Test func nothingIsWrongWithAGoodOne() throws {
    let exported = ["pricing": ["tokio_busy_ratio", "breaker(postgres)"] as Set]
    let found = try Self.findings(
      [Self.file(Self.good), Self.file(Self.other, "b.md")], exported: exported)
    #expect(found == [])
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var rule: RunbookFinding.Rule
    /// What is written instead of what.
    var edits: [(String, String)]
    /// What the finding points at; nil for the beginning of the file.
    var at: String?
    var says: String
    var testDescription: String { "\(rule.rawValue): \(edits.map(\.1))" }

    init(
      _ rule: RunbookFinding.Rule, _ edits: [(String, String)], at: String?, _ says: String
    ) {
      self.rule = rule
      self.edits = edits
      self.at = at
      self.says = says
    }
  }

  static let cases: [Case] = [
    Case(
      .deadLink, [("b.md#meaning", "bb.md")], at: "bb.md",
      "the link 'bb.md' leads to no file; did you mean 'b.md'?"),
    Case(
      .deadAnchor, [("b.md#meaning", "b.md#meanin")], at: "b.md#meanin",
      "no heading is called '#meanin'; did you mean '#meaning'?"),
    Case(
      .deadAnchor, [("(#containment)", "(#nowhere)")], at: "#nowhere",
      "no heading is called '#nowhere'"),
    Case(
      .unknownSignal, [("p99_ms > 800ms", "rate > 1 and p98_mss > 800ms")], at: "p98_mss",
      "unknown signal 'p98_mss'"),
    Case(
      .unknownSignal,
      [("match: p99_ms > 800ms for 1m", "match: {all: [rate > 1, tokio_bsy_ratio > 1%]}")],
      at: "tokio_bsy_ratio", "unknown signal 'tokio_bsy_ratio'; did you mean tokio_busy_ratio?"),
    Case(
      .unknownSignal, [("error_ratio < 1%", "eror_ratio < 1%")], at: "eror_ratio",
      "unknown signal 'eror_ratio'; did you mean error_ratio?"),
    Case(
      .unknownSignal, [("signal: tokio_busy_ratio", "signal: tokio_buzy_ratio")],
      at: "tokio_buzy_ratio", "did you mean tokio_busy_ratio?"),
    Case(
      .unknownSignal, [("p50_ms }}", "p50_mss }}")], at: "p50_mss",
      "unknown signal 'p50_mss'; did you mean p50_ms?"),
    Case(
      .unknownSignal, [("when: readiness is pass", "when: readyness is pass")],
      at: "readyness", "unknown signal 'readyness'; did you mean readiness?"),
    Case(
      .unknownSignal, [("p99_ms > 800ms", "prizing.p99_ms > 800ms")], at: "prizing",
      "unknown service 'prizing'; did you mean 'pricing'?"),
    Case(
      .unknownSignal, [("readiness is pass", "readiness is passing")], at: "readiness",
      "'readiness' is never 'passing'"),
    Case(
      .unknownService, [("[pricing]", "[prcing]")], at: "prcing",
      "unknown service 'prcing'; did you mean 'pricing'?"),
    Case(
      .unknownService, [("services: [pricing]", "service: prcing")], at: "prcing",
      "unknown service 'prcing'; did you mean 'pricing'?"),
    Case(
      .unknownAction, [("(action:cap)", "(action:capp)"), ("## Esc", "## Rollback\nx\n\n## Esc")],
      at: "action:capp", "unknown action 'capp'; did you mean 'cap'?"),
    Case(
      .unverified,
      [("verification: [error_ratio < 1%]\n", ""), (", verification: [rate > 0]", "")],
      at: "## Containment", "nothing says what proves that containment worked"),
    Case(
      .irreversible, [(", revert: {method: DELETE}", "")], at: "## Containment",
      "nothing says how containment is taken back"),
    Case(.noOwner, [("owner: {team: t, primary: \"@m\"}\n", "")], at: nil, "nobody keeps it"),
    Case(
      .noContact, [("\"@jon\"", "the boss")], at: "the boss",
      "'the boss' is called, but nothing says how"),
    Case(
      .noContact, [("escalation: [{after: 10m, to: \"@jon\"}]\n", "")], at: "## Escalation",
      "nothing says who is called"),
    Case(
      .notReviewed, [("2026-10-01", "2026-05-25")], at: "reviewed:",
      "was reviewed 181 days ago, more than 180"),
    Case(
      .notReviewed, [("reviewed: 2026-10-01\n", "")], at: nil,
      "nothing says when it was reviewed last"),
    Case(
      .order, [("## Diagnosis", "## Review"), ("## Containment", "## Meaning\n\n## Containment")],
      at: "## Meaning", "Meaning stands after Review"),
    Case(
      .slip, [("verification: [error", "verfication: [error")], at: "verfication",
      "did you mean 'verification'?"),
    Case(.unreadable, [("p99_ms > 800ms for 1m", "p99_ms >")], at: " >", "a number"),
    Case(.unreadable, [("kind: custom", "kind: costum")], at: "costum", "did you mean 'custom'?"),
    Case(
      .unknownSignal, [("[rate > 0]", "[rat > 0]")], at: "rat > 0",
      "unknown signal 'rat'; did you mean rate?"),
  ]

  @Test(arguments: cases)
  func eachIsToldOfAtItsPlace(_ one: Case) throws {
    var source = Self.good
    for (old, new) in one.edits {
      #expect(source.contains(old))
      source = source.replacing(old, with: new)
    }
    let found = try Self.findings([Self.file(source), Self.file(Self.other, "b.md")])
    let rules = Set(found.map(\.rule))
    #expect(rules.contains(one.rule), "\(found)")
    let own = found.filter { $0.rule == one.rule }
    #expect(own.contains { "\($0)".contains(one.says) }, "\(found)")
    if one.rule != .unreadable, one.rule != .order {
      #expect(
        own.contains { Self.place(of: $0) == Self.place(of: one.at, in: source) },
        "\(found) not at \(Self.place(of: one.at, in: source))")
    }
    // What was not touched is not complained of: a mistake has one finding, or those that follow from it.
    // What stands first and belongs last leaves every section after it out of order.
    #expect(found.count <= (one.rule == .order ? 3 : 2), "\(found)")
  }

  private static func place(of finding: RunbookFinding) -> [Int?] {
    [finding.problem.line, finding.problem.column]
  }

  private static func place(of text: String?, in source: String) -> [Int?] {
    guard let text, let range = source.firstRange(of: text) else { return [1, 1] }
    let before = source[..<range.lowerBound]
    let line = before.count { $0 == "\n" } + 1
    let column = before.reversed().prefix { $0 != "\n" }.count + 1
    return [line, column]
  }

  @Test func oneOfHalfAYearToTheDayIsStillReviewed() throws {
    let source = Self.good.replacing("2026-10-01", with: "2026-05-26")
    #expect(try Self.findings([Self.file(source), Self.file(Self.other, "b.md")]) == [])
  }

  @Test(arguments: ["\"@lead\"", "\"#ops\"", "ops@example.com", "https://pager.example/x"])
  func whoCanBeReachedByTheNameNeedsNoChannel(to: String) throws {
    let source = Self.good.replacing("\"@jon\"", with: to)
    #expect(try Self.findings([Self.file(source), Self.file(Self.other, "b.md")]) == [])
  }

  // MARK: What is exported

  @Test func indicatorsThatNoTargetExportsAreToldOf() throws {
    let files = [Self.file(Self.good), Self.file(Self.other, "b.md")]
    let found = try Self.findings(
      files, exported: ["pricing": ["tokio_workers", "breaker(postgre)"]])
    #expect(
      found.map(\.description) == [
        "books/a.md:8:14: no target of pricing exports 'tokio_busy_ratio'; look at what it exports "
          + "with damcon inspect [indicator-not-exported]",
        "books/a.md:9:12: no target of pricing exports 'breaker(postgres)'; did you mean "
          + "'breaker(postgre)'? [indicator-not-exported]",
      ])
    // Of a service that nobody has heard nothing can be said.
    #expect(try Self.findings(files, exported: ["cart": []]) == [])
  }

  // MARK: Two of them

  @Test func twoThatMatchTheSameAreToldOf() throws {
    let second = Self.good.replacing("id: a\n", with: "id: c\n")
      .replacing("p99_ms > 800ms for 1m", with: "p99_ms > 0.8s for 60s")
    let found = try Self.findings(
      [Self.file(Self.good), Self.file(Self.other, "b.md"), Self.file(second, "c.md")])
    #expect(
      found.map(\.description) == [
        "books/c.md:6:1: matches the same as a (books/a.md); say what tells them apart, or make one "
          + "of them [same-match]"
      ])
    let elsewhere = second.replacing("[pricing]", with: "[cart]")
    #expect(
      try Self.findings(
        [Self.file(Self.good), Self.file(Self.other, "b.md"), Self.file(elsewhere, "c.md")])
        .isEmpty)
  }

  @Test func twoOfOneNameAreToldOf() throws {
    let second = Self.good.replacing("800ms", with: "900ms")
    let found = try Self.findings(
      [Self.file(Self.good), Self.file(Self.other, "b.md"), Self.file(second, "c.md")])
    #expect(found.map(\.rule) == [.sameName])
    #expect(found.first?.problem.line == 2)
    #expect(found.first?.rule.isError == true)
  }

  // MARK: Without a fleet, and of others

  @Test func withoutAFleetOnlyWhatNeedsNoneIsChecked() {
    let source = Self.good.replacing("[pricing]", with: "[whatever]")
      .replacing("p99_ms > 800ms", with: "my_own_signal > 8")
    let files = [Self.file(source), Self.file(Self.other, "b.md")]
    #expect(
      RunbookLint.findings(files, fleet: nil, actions: [], today: Self.today) == [])
  }

  @Test func markdownOfOthersIsAskedForLinksAndAnOwnerAlone() throws {
    let found = try Self.findings([
      Self.file("# X\n\n## Mitigation\n- do [it](gone.md)\n\n## Meaning\ntext\n")
    ])
    #expect(
      found.map(\.description) == [
        "books/a.md:1:1: nobody keeps it; add owner: with a team [no-owner]",
        "books/a.md:4:11: the link 'gone.md' leads to no file [dead-link]",
      ])
  }

  @Test func anActionOfTheFleetFileMayBeNamed() throws {
    let source = Self.good.replacing("(action:cap)", with: "(action:drain)")
    let action = try #require(
      FleetFile.parse(
        """
        version: 1
        services: [{name: pricing, instances: "http://127.0.0.1:1"}]
        actions:
          drain: {kind: drain, http: {url: "{instance}/drain"}, verification: rate > 0, read: {url: "{instance}/drain", pointer: /on, expect: true}, revert: {method: DELETE}}
        """, path: "damcon.yaml"
      ).actions.first)
    let found = RunbookLint.findings(
      [Self.file(source), Self.file(Self.other, "b.md")], fleet: try Self.fleet(),
      actions: [action], today: Self.today)
    #expect(found == [])
  }

  @Test func everyRuleSaysWhatItIsAbout() {
    let rules = RunbookFinding.Rule.allCases
    #expect(Set(rules.map(\.words)).count == rules.count)
    #expect(rules.allSatisfy { $0.words.hasSuffix(".") })
  }
}
