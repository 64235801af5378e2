import Foundation
import Testing

/// An incident of the simulated fleet is contained from the dashboard, by keys, over real HTTP.
@Suite("Containment", .serialized)
struct ContainmentTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("damcon-containment-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func demo(recording file: String) throws -> Terminal {
    try Terminal(
      "\(Damcon.path) demo pricing-timeout --record \(file)", columns: 120, rows: 40)
  }

  /// Until its runbook matches: another service may look worse for a while.
  private func lookAtPricing(_ terminal: Terminal) throws {
    try #require(terminal.wait(60) { $0.contains("LIVE") && $0.contains("checkout") })
    terminal.type(":service pricing", "Enter")
    try #require(
      terminal.wait(90) { $0.contains("pricing-timeout  matched") }, "\(terminal.screen)")
  }

  @Test("from the runbook in at most eight keys, proved, and the whole story is in the journal")
  func contained() throws {
    let file = path("contained.damcon")
    let terminal = try demo(recording: file)
    try lookAtPricing(terminal)
    // r, three steps down, Enter for the step, Enter for its usual argument, y.
    terminal.type("r")
    #expect(terminal.wait { $0.contains("Pricing answers too late") && $0.contains("CONTAINMENT") })
    terminal.type(":arm", "Enter")
    #expect(terminal.wait { $0.contains("ARMED") })
    for _ in 0..<3 { terminal.type("j") }
    terminal.type("Enter")
    #expect(terminal.wait { $0.contains("cap-concurrency: limit=32") })
    terminal.type("Enter")
    #expect(
      terminal.wait {
        $0.contains("was 256 → will be 32") && $0.contains("low risk. y does it.")
          && $0.contains("nothing is sent until somebody confirms it")
      })
    // A key that comes sooner than anybody reads is not taken: it is pressed as a person would.
    #expect(
      waitUntil(20) {
        terminal.type("y")
        return terminal.wait(1) { $0.contains("verifying") }
      })
    #expect(terminal.wait(240) { $0.contains("✔ verified") })
    terminal.type(":q!", "Enter")
    #expect(terminal.waitForExit() == 0)
    #expect(try Damcon.run("verify", file).status == 0)
    let story = try Damcon.run("export", file, "--format", "jsonl").output
    try tellsAll(story)
    let picture = try Damcon.run(
      "render", file, "--pane", "action", "--service", "pricing", "--size", "120x40"
    ).output
    #expect(picture.contains("verified") && picture.contains("PAST"))
    // What came of it is what the entries come to, told in the log of the replay.
    let log = try Damcon.run("render", file, "--pane", "log", "--size", "160x60").output
    #expect(log.contains("cap-concurrency limit=32 on pricing is verified"), "\(log)")
  }

  /// Every step of it with who, what, where and when, in the order in which it happened; and why.
  private func tellsAll(_ story: String) throws {
    let lines = story.split(separator: "\n").compactMap { line in
      try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
    }
    let moves = lines.filter { $0["type"] as? String == "action" }
      .compactMap { line in
        (line["by"] as? String).flatMap { by in
          (line["text"] as? String).map { (by: by, text: $0, line: line) }
        }
      }
    let plan = try #require(
      moves.first { $0.text.hasPrefix("planned cap-concurrency limit=32 on pricing") })
    let run = try #require(plan.line["run"] as? String)
    let own = moves.filter { $0.line["run"] as? String == run }
    // Who: the person for what they asked and confirmed, the program for what it did by itself.
    let person = plan.by
    #expect(!person.isEmpty && person != "damcon")
    let places = [
      (person, "planned cap-concurrency limit=32 on pricing"), (person, "confirmed it"),
      ("damcon", "it is being sent"), ("damcon", "sent to http://127.0.0.1:"),
      ("damcon", "done, HTTP 200"),
    ].map { by, text in own.firstIndex { $0.by == by && $0.text.contains(text) } }
    #expect(!places.contains(nil), "\(own.map { "\($0.by): \($0.text)" })")
    #expect(places.compactMap(\.self) == places.compactMap(\.self).sorted())
    // When: each with its time, none before the one before it.
    let times = own.compactMap { $0.line["at"] as? String }
    #expect(times.count == own.count && times == times.sorted())
    // Why: the runbook that asked for it.
    #expect(story.contains("pricing-timeout"))
  }

  @Test("keys that were held down, pasted or typed ahead confirm nothing")
  func notByAccident() throws {
    let terminal = try demo(recording: path("accident.damcon"))
    try lookAtPricing(terminal)
    // Nothing is confirmed before it is armed.
    terminal.type("a")
    #expect(terminal.wait { $0.contains("read-only until :arm") })
    terminal.type("Enter")
    #expect(terminal.wait { $0.contains("cap-concurrency: limit=") })
    terminal.type("Enter")
    #expect(terminal.wait { $0.contains("low risk. y does it.") })
    terminal.type("y")
    #expect(terminal.wait { $0.contains(":arm first: this is read-only") })
    // All of it in one go, as from a paste, and then a key that is held down for longer than the question has to
    // stand there.
    terminal.type(":arm", "Enter", "y", "y", "y", "y", "y", "y", "y", "y")
    let end = ContinuousClock.now + .seconds(2)
    while ContinuousClock.now < end { terminal.type("y") }
    #expect(terminal.wait { $0.contains("ARMED") })
    #expect(terminal.screen.contains("nothing is sent until somebody confirms it"))
    #expect(!terminal.screen.contains("confirmed by"))
    terminal.type(":q!", "Enter")
    #expect(terminal.waitForExit() == 0)
    let story = try Damcon.run("export", path("accident.damcon"), "--format", "jsonl").output
    #expect(story.contains("planned cap-concurrency"))
    #expect(!story.contains("confirmed it"))
  }

  @Test("what was begun goes on after kill -9: the incident, the steps, the plan")
  func goesOn() throws {
    let file = path("killed.damcon")
    var terminal = try demo(recording: file)
    try lookAtPricing(terminal)
    terminal.type("r")
    #expect(terminal.wait { $0.contains("DIAGNOSIS  0 of") })
    terminal.type("x")
    #expect(terminal.wait { $0.contains("DIAGNOSIS  1 of") })
    let process = try #require(terminal.processID)
    #expect(kill(process, SIGKILL) == 0)
    #expect(terminal.waitForExit() == 137)
    terminal = try demo(recording: file)
    try lookAtPricing(terminal)
    terminal.type(":runbook pricing-timeout", "Enter")
    #expect(terminal.wait { $0.contains("DIAGNOSIS  1 of") })
    terminal.type(":handover", "Enter")
    #expect(terminal.wait { $0.contains("Look at the database") })
    terminal.type(":q!", "Enter")
    #expect(terminal.waitForExit() == 0)
  }
}
