import Foundation
import Testing

/// Runbooks as pipelines and their authors meet them.
@Suite("Runbooks without a screen")
struct RunbookCommandTests {
  private static let samples = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("samples")
  private static let books = samples.appendingPathComponent("runbooks").path

  /// A folder with these files, in which commands are run.
  private final class Folder {
    let url: URL
    var path: String { url.path }

    init(_ files: [String: String] = [:]) throws {
      url = FileManager.default.temporaryDirectory
        .appendingPathComponent("damcon-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
      for (name, text) in files {
        let file = url.appendingPathComponent(name)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
      }
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func run(_ arguments: String...) throws -> Command {
      try Command.run(Damcon.path, arguments, in: url)
    }
  }

  private static let fleet = """
    version: 1
    fleet: shop
    runbooks: [runbooks/]
    services:
      - name: pay
        tier: critical
        language: go
        owner: {team: pay-team, primary: "@ana", channel: "#pay"}
        instances: "http://127.0.0.1:9"
        slos: [{name: availability, objective: 99.9, window: 30d}]
        fallbacks: [{name: cached, tolerance: 15m}]
      - {name: cart, instances: "http://127.0.0.1:9"}

    """

  private static let wrong = """
    ---
    services: [pay]
    owner: pay-team
    match: p99_mss > 2s
    reviewed: 2020-01-01
    ---
    # Pay is slow

    See [this](gone.md).

    """

  private func json(_ text: String) throws -> [String: Any] {
    try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
  }

  // MARK: check

  @Test("check lints the runbooks of the fleet file: a line each with place, fix and rule, exit 1")
  func checkText() throws {
    let folder = try Folder(["damcon.yaml": Self.fleet, "runbooks/slow.md": Self.wrong])
    let result = try folder.run("check")
    #expect(result.status == 1)
    #expect(result.output == "damcon.yaml: fine. 2 services, 2 instances.\n")
    let lines = result.errors.split(separator: "\n").map(String.init)
    #expect(lines.count == 3, "\(result.errors)")
    #expect(
      lines.first
        == "runbooks/slow.md:4:8: unknown signal 'p99_mss'; did you mean p99_ms? [unknown-signal]")
    #expect(
      lines.dropFirst().first?.hasPrefix("runbooks/slow.md:5:1: was reviewed ") == true
        && lines.last?.hasPrefix(
          "runbooks/slow.md:9:12: the link 'gone.md' leads to no file") == true
    )
  }

  @Test(
    "without a fleet file --runbooks checks what needs none; a fleet file that is named must be there"
  )
  func checkAlone() throws {
    let folder = try Folder(["books/slow.md": Self.wrong])
    let alone = try folder.run("check", "--runbooks", "books")
    #expect(alone.status == 1 && alone.output.isEmpty)
    #expect(!alone.errors.contains("damcon.yaml") && !alone.errors.contains("p99_mss"))
    #expect(alone.errors.contains("books/slow.md:9:12:"))
    let named = try folder.run("check", "--runbooks", "books", "--config", "damcon.yaml")
    #expect(named.status == 1 && named.errors.contains("damcon.yaml"))
    let absent = try folder.run("check", "--runbooks", "nowhere")
    #expect(absent.status == 1 && absent.errors.hasPrefix("nowhere: cannot be read"))
    #expect(try folder.run("check").status == 1)
  }

  @Test("check --format json tells each finding with its place; nothing found is an empty list")
  func checkJSON() throws {
    let folder = try Folder(["damcon.yaml": Self.fleet, "runbooks/slow.md": Self.wrong])
    let result = try folder.run("check", "--format", "json")
    #expect(result.status == 1 && result.errors.isEmpty)
    let document = try json(result.output)
    #expect(document["runbooks"] as? Int == 1)
    let findings = try #require(document["findings"] as? [[String: Any]])
    #expect(
      findings.map { $0["rule"] as? String } == ["unknown-signal", "not-reviewed", "dead-link"])
    let first = try #require(findings.first)
    #expect(first["severity"] as? String == "error")
    #expect(first["file"] as? String == "runbooks/slow.md")
    #expect(first["line"] as? Int == 4 && first["column"] as? Int == 8)
    #expect(first["message"] as? String == "unknown signal 'p99_mss'")
    #expect(first["fix"] as? String == "did you mean p99_ms?")
    let fine = try Folder(["damcon.yaml": Self.fleet, "runbooks/_x.md": ""])
      .run("check", "--format", "json")
    #expect(fine.status == 0)
    #expect((try json(fine.output)["findings"] as? [Any])?.isEmpty == true)
  }

  @Test("check --format sarif is SARIF 2.1.0: rules described, levels, relative addresses, regions")
  func checkSARIF() throws {
    let folder = try Folder(["damcon.yaml": Self.fleet, "runbooks/two words.md": Self.wrong])
    let result = try folder.run("check", "--format", "sarif")
    #expect(result.status == 1)
    let document = try json(result.output)
    #expect(document["version"] as? String == "2.1.0")
    #expect((document["$schema"] as? String)?.hasSuffix("sarif-2.1.0.json") == true)
    let runs = try #require(document["runs"] as? [[String: Any]])
    #expect(runs.count == 1)
    let driver = try #require((runs[0]["tool"] as? [String: Any])?["driver"] as? [String: Any])
    #expect(driver["name"] as? String == "damcon")
    let rules = try #require(driver["rules"] as? [[String: Any]])
    #expect(rules.allSatisfy { ($0["shortDescription"] as? [String: String])?["text"] != nil })
    let results = try #require(runs[0]["results"] as? [[String: Any]])
    #expect(results.map { $0["level"] as? String } == ["error", "warning", "error"])
    for result in results {
      let place = try #require(result["ruleIndex"] as? Int)
      #expect(rules[place]["id"] as? String == result["ruleId"] as? String)
    }
    let location = try #require((results[0]["locations"] as? [[String: Any]])?.first)
    let physical = try #require(location["physicalLocation"] as? [String: Any])
    #expect(
      (physical["artifactLocation"] as? [String: String])?["uri"] == "runbooks/two%20words.md")
    #expect(physical["region"] as? [String: Int] == ["startLine": 4, "startColumn": 8])
  }

  @Test("a wrong fleet file is a finding too, so that a report is never empty where the exit is 1")
  func checkFleetFile() throws {
    let folder = try Folder(["damcon.yaml": "version: 1\nservces: []\n"])
    let result = try folder.run("check", "--format", "json")
    #expect(result.status == 1)
    let findings = try #require(try json(result.output)["findings"] as? [[String: Any]])
    #expect(findings.contains { $0["rule"] as? String == "fleet-file" }, "\(result.output)")
  }

  // MARK: list and new

  @Test("list prints a row each, and those that words are found in; none is exit 1")
  func list() throws {
    let all = try Damcon.run("runbook", "list", "--runbooks", Self.books)
    #expect(all.status == 0, "\(all.errors)")
    #expect(all.output.split(separator: "\n").count >= 10)
    #expect(all.output.hasPrefix("id "))
    let found = try Damcon.run(
      "runbook", "list", "goroutine", "leak", "--runbooks", Self.books, "--format", "json")
    let books = try #require(try json(found.output)["runbooks"] as? [[String: Any]])
    #expect(books.first?["id"] as? String == "goroutine-leak")
    let none = try Damcon.run("runbook", "list", "no-such-word", "--runbooks", Self.books)
    #expect(none.status == 1 && none.output == "no runbook\n")
  }

  @Test("new writes a skeleton that check accepts, and never over one that is there")
  func new() throws {
    let folder = try Folder(["damcon.yaml": Self.fleet])
    let made = try folder.run("runbook", "new", "pay-slow", "--service", "pay")
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.hasPrefix("runbooks/pay-slow.md is written"))
    let check = try folder.run("check")
    #expect(check.status == 0, "\(check.errors)")
    let again = try folder.run("runbook", "new", "pay-slow")
    #expect(again.status == 2)
    #expect(
      again.errors == "runbooks/pay-slow.md is there already; --force writes over it\n")
    // What nobody can know but its author is what is still to be filled in.
    let bare = try folder.run("runbook", "new", "pay-slow", "--force")
    #expect(bare.status == 0)
    let rest = try folder.run("check", "--format", "json")
    let findings = try #require(try json(rest.output)["findings"] as? [[String: Any]])
    #expect(
      Set(findings.compactMap { $0["rule"] as? String })
        == ["no-owner", "escalation-without-contact"], "\(rest.output)")
    let stranger = try folder.run("runbook", "new", "x", "--service", "pya")
    #expect(
      stranger.status == 2 && stranger.errors == "there is no service 'pya'; there is pay, cart\n")
    #expect(try folder.run("runbook", "new", "../x").status == 2)
  }

  // MARK: match

  private struct Found {
    var status: Int32
    /// The first that holds, by service.
    var first: [String: String] = [:]
  }

  private func matches(_ incident: String, at time: String) throws -> Found {
    let file = Self.samples.appendingPathComponent("incidents/\(incident)/incident.damcon").path
    let result = try Damcon.run(
      "runbook", "match", file, "--at", time, "--runbooks", Self.books, "--format", "json")
    var found = Found(status: result.status)
    let services = try #require(try json(result.output)["services"] as? [[String: Any]])
    for service in services {
      let rows = try #require(service["matches"] as? [[String: Any]])
      guard let name = service["service"] as? String, let best = rows.first,
        best["kind"] as? String == "holds"
      else { continue }
      found.first[name] = best["id"] as? String
      #expect((best["because"] as? [String])?.isEmpty == false)
    }
    return found
  }

  /// Trouble begins in the eighth second of the recordings or later, and is contained in their second half.
  @Test(
    "of a recorded incident the right runbook is first within a minute, and none while all is well",
    arguments: [
      ("pricing-timeout", 6, ["pricing": "pricing-timeout", "checkout": "dependency-timeout"]),
      ("bad-rollout", 5, ["checkout": "bad-deploy"]),
      (
        "dependency-outage", 5,
        [
          "payments": "dependency-timeout", "checkout": "dependency-timeout",
          "inventory": "panic-loop",
        ]
      ),
    ])
  func recorded(incident: String, minutes: Int, right: [String: String]) throws {
    let calm = try matches(incident, at: "-\(minutes - 1)m57s")
    #expect(calm.status == 1 && calm.first.isEmpty, "\(calm.first)")
    let found = try matches(incident, at: "-\(minutes - 2)m55s")
    #expect(found.status == 0)
    for (service, runbook) in right {
      #expect(found.first[service] == runbook, "\(service): \(found.first)")
    }
  }

  @Test("a flag that was turned up is told from the release beside it")
  func flag() throws {
    #expect(try matches("bad-rollout", at: "-2m").first["cart"] == "flag-gone-wrong")
  }

  @Test(
    "a recording with runbooks of its own needs none, one service can be asked for, text says why")
  func ownRunbooks() throws {
    let file = Self.samples.appendingPathComponent("incidents/pricing-timeout/incident.damcon").path
    let folder = try Folder()
    let result = try folder.run("runbook", "match", file, "--at", "-3m", "--service", "pricing")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("  1. pricing-timeout  Pricing answers too late ("))
    #expect(result.output.contains(#/     p99 [0-9.]+s over 2\.0s for /#), "\(result.output)")
    #expect(!result.output.contains("checkout\n"))
    let stranger = try folder.run("runbook", "match", file, "--service", "nobody")
    #expect(stranger.status == 2 && stranger.errors.contains("no service 'nobody'"))
  }

  @Test(
    "of real programs the runbooks of their own fleet match: none, the worker's, the killed etcd's")
  func realPrograms() throws {
    let file = Self.samples.appendingPathComponent("incidents/real-programs/incident.damcon").path
    let folder = try Folder()
    let calm = try folder.run("runbook", "match", file, "--at", "-4m57s")
    #expect(calm.status == 1 && calm.output.contains("of 2 runbooks"), "\(calm.output)")
    let late = try folder.run("runbook", "match", file, "--at", "-3m50s", "--service", "router")
    #expect(late.status == 0)
    #expect(late.output.contains("  1. broken-worker  A worker behind the router answers late"))
    let killed = try folder.run("runbook", "match", file, "--at", "-1m", "--service", "etcd")
    #expect(killed.status == 0)
    #expect(killed.output.contains("  1. etcd-down  etcd does not answer"), "\(killed.output)")
  }

  // MARK: coverage

  @Test("coverage names what is critical and has no runbook, and exits 1; covered is 0")
  func coverage() throws {
    let folder = try Folder(["damcon.yaml": Self.fleet, "runbooks/_none": ""])
    let bare = try folder.run("runbook", "coverage")
    #expect(bare.status == 1)
    #expect(
      bare.output == """
        service  what                runbooks
        pay      the service         NONE
        pay      alert availability  NONE
        pay      fallback cached     NONE

        3 of 3 have no runbook

        """)
    try """
    ---
    services: [pay]
    slos: [availability]
    match: fallback(cached) is active
    ---
    # Pay

    """.write(
      to: folder.url.appendingPathComponent("runbooks/pay.md"), atomically: true, encoding: .utf8)
    let covered = try folder.run("runbook", "coverage", "--format", "json")
    #expect(covered.status == 0, "\(covered.output)")
    let document = try json(covered.output)
    #expect(document["uncovered"] as? Int == 0)
    let rows = try #require(document["rows"] as? [[String: Any]])
    #expect(rows.map { $0["runbooks"] as? [String] } == [["pay"], ["pay"], ["pay"]])
  }

  @Test("the samples have nothing wrong with them")
  func samplesAreFine() throws {
    let folder = try Folder()
    let result = try folder.run("check", "--runbooks", Self.books)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output == "runbooks: fine. 10 runbooks.\n")
  }
}
