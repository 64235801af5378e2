import Foundation
import Testing

/// Secrets that actions need, at targets that tell them to everybody: they are in nothing that Damcon shows or keeps.
@Suite("Secrets", .serialized)
struct CanaryTests {
  @Test(
    "by keys: on no byte of the screen, in no byte of the journal, in no export and no argument")
  func onScreen() throws {
    let fleet = try CanaryFleet()
    let file = fleet.folder.folder.appendingPathComponent("canary.damcon").path
    let log = fleet.folder.folder.appendingPathComponent("screen.log").path
    let watch = ArgumentWatch(for: fleet.canaries.map(\.text))
    let terminal = try Terminal(
      ". \(fleet.environmentFile); XDG_STATE_HOME=\(fleet.folder.state) "
        + "\(Damcon.path) watch --config \(fleet.folder.file) --record \(file)",
      columns: 160, rows: 50)
    terminal.log(to: log)
    try #require(terminal.wait(60) { $0.contains("LIVE") && $0.contains("of-quiet") })
    terminal.type(":arm", "Enter")
    #expect(terminal.wait { $0.contains("ARMED") })
    for name in ["echo-file", "echo-environment", "echo-command", "redirect", "header", "garbage"] {
      terminal.type(":service of-\(name)", "Enter")
      try #require(terminal.wait { $0.contains("of-\(name)") })
      terminal.type("a")
      try #require(
        terminal.wait { $0.contains("What can be done about of-\(name)") }, "\(terminal.screen)")
      terminal.type("Enter")
      try #require(terminal.wait { $0.contains("low risk. y does it.") }, "\(terminal.screen)")
      // A key that comes sooner than anybody reads is not taken.
      let isSent = waitUntil(30) {
        terminal.type("y")
        return terminal.wait(1) { !$0.contains("low risk. y does it.") }
          && fleet.times(name) > 0
      }
      #expect(isSent, "\(name): \(terminal.screen)")
      #expect(fleet.times(name) == 1, "\(name)")
      #expect(
        terminal.wait { $0.contains("failed") || $0.contains("unknown") },
        "\(name): \(terminal.screen)")
      #expect(fleet.leaks(in: terminal.screen, "the screen after \(name)") == [])
    }
    terminal.type(":q!", "Enter")
    #expect(terminal.waitForExit() == 0)
    let seen = watch.stop()
    #expect(seen.found == [])
    #expect(seen.looks > 100)
    #expect((try? Data(contentsOf: URL(fileURLWithPath: log)))?.isEmpty == false)
    try look(fleet, in: file)
  }

  @Test(
    "headless: every executor, every place that a secret is kept in, every way of saying it back")
  func headless() throws {
    let fleet = try CanaryFleet()
    let folder = fleet.folder.folder
    let file = folder.appendingPathComponent("canary.damcon").path
    let watch = ArgumentWatch(for: fleet.canaries.map(\.text))
    let process = try Child(
      "/bin/sh",
      [
        "-c",
        ". \(fleet.environmentFile); XDG_STATE_HOME=\(fleet.folder.state) exec \(Damcon.path) "
          + "watch --linear --config \(fleet.folder.file) --record \(file)",
      ], output: folder.appendingPathComponent("watch.out").path,
      errors: folder.appendingPathComponent("watch.err").path)
    defer { process.signal(SIGKILL) }
    try #require(
      waitUntil(60) {
        (try? fleet.folder.run("action", "list"))?.output.contains("program-command") == true
      })
    for (place, name) in CanaryFleet.actions.enumerated() {
      let format = place.isMultiple(of: 2) ? "text" : "json"
      let run = try fleet.folder.run(
        "action", "run", name, "of-\(name)", "--yes", "--arm", "rehearsal", "--wait", "20s",
        "--format", format)
      // What says it back says that it was not done, but for the quiet one.
      #expect(run.status == (name == "quiet" ? 0 : 1), "\(name): \(run.output) \(run.errors)")
      #expect(fleet.leaks(in: run.output + run.errors, "\(name) as \(format)") == [])
      if !name.hasPrefix("program") { #expect(fleet.times(name) == 1, "\(name)") }
    }
    let status = try fleet.folder.run("action", "status", "--format", "json")
    #expect(status.output.contains("program-command"), "\(status.output) \(status.errors)")
    #expect(fleet.leaks(in: status.output + status.errors, "action status") == [])
    let snapshot = try fleet.folder.run("snapshot", "--format", "json")
    #expect(fleet.leaks(in: snapshot.output + snapshot.errors, "snapshot") == [])
    process.signal(SIGTERM)
    #expect(process.wait(20) == 0)
    let seen = watch.stop()
    #expect(seen.found == [])
    #expect(seen.looks > 100)
    try look(fleet, in: file)
  }

  /// Everything that is kept, and everything that is made of it.
  private func look(_ fleet: CanaryFleet, in file: String) throws {
    #expect(try Damcon.run("verify", file).status == 0)
    var exported = ""
    for format in ["jsonl", "raw"] {
      let export = try Damcon.run("export", file, "--format", format)
      #expect(export.status == 0, "\(format): \(export.errors)")
      #expect(fleet.leaks(in: export.output + export.errors, "export as \(format)") == [])
      exported += export.output
    }
    #expect(exported.contains("echo-file"), "the journal tells of it")
    #expect(
      exported.contains("•••") || exported.contains(#"\u2022"#),
      "what was said back is told, without the secret")
    let log = try Damcon.run("render", file, "--pane", "log", "--size", "200x60")
    #expect(log.status == 0, "\(log.errors)")
    #expect(fleet.leaks(in: log.output, "the log") == [])
    for format in ["text", "ansi", "svg"] {
      for service in ["of-echo-file", "of-redirect", "of-header"] {
        let picture = try Damcon.run(
          "render", file, "--pane", "action", "--service", service, "--size", "160x50", "--format",
          format)
        #expect(picture.status == 0, "\(picture.errors)")
        #expect(fleet.leaks(in: picture.output, "\(service) as \(format)") == [])
      }
    }
    // The journal's own bytes, what is kept of programs, what was printed: packed pages were decoded above.
    #expect(fleet.leaksInFiles() == [])
  }
}
