import Foundation
import Testing

/// What is watched is recorded, gone back through, cut, checked and given to others.
@Suite("Recordings", .serialized)
struct RecordingTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("damcon-recording-\(UUID().uuidString)")

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// A recorded quarter of a minute of the demo.
  private func record(_ name: String = "demo.damcon") throws -> String {
    let file = path(name)
    let demo = try Damcon.run("demo", "--for", "15s", "--record", file)
    try #require(demo.status == 0, "\(demo.errors)")
    return file
  }

  @Test("the live view goes back into its past, says so, and one key returns to LIVE")
  func rewind() throws {
    let terminal = try Terminal("\(Damcon.path) demo", columns: 100, rows: 30)
    #expect(terminal.wait(40) { $0.contains("LIVE") && $0.contains("degraded") })
    terminal.type("Space")
    #expect(
      terminal.wait { $0.contains("PAST") && $0.contains("paused") && !$0.contains("LIVE  ") })
    terminal.type("Left")
    terminal.type("Left")
    #expect(
      terminal.wait { screen in
        screen.range(of: #"\(1[0-9]s ago\)"#, options: .regularExpression) != nil
      })
    terminal.type("n")
    #expect(terminal.wait { $0.contains("PAST") })
    terminal.type("Escape")
    #expect(terminal.wait { $0.contains("LIVE") && !$0.contains("PAST") })
    terminal.type("q")
    #expect(terminal.waitForExit() == 0)
  }

  @Test("a recording replays on a terminal, and its list, its frames and its check need none")
  func replays() throws {
    let file = try record()
    let verified = try Damcon.run("verify", file)
    #expect(verified.status == 0)
    #expect(verified.output.contains("consistent"))
    #expect(verified.output.contains("head "))
    let list = try Damcon.run("replay", file)
    #expect(list.status == 0)
    #expect(list.output.contains("began: Damcon began to watch"))
    #expect(list.output.contains("worse pricing"))
    let early = try Damcon.run("render", file, "--at", "-14s", "--size", "80x24")
    let late = try Damcon.run("render", file, "--size", "80x24")
    #expect(early.output.contains("PAST") && late.output.contains("PAST"))
    #expect(early.output != late.output)
    #expect(late.output.contains("pricing"))
    // The same file gives the same frame whatever the place and the language of the machine.
    for place in [["TZ=Asia/Kolkata", "LC_ALL=C"], ["TZ=America/St_Johns", "LC_ALL=C.UTF-8"]] {
      let elsewhere = try Command.run(
        "/usr/bin/env", place + [Damcon.path, "render", file, "--at", "-14s", "--size", "80x24"])
      #expect(elsewhere.output == early.output)
    }

    let terminal = try Terminal("\(Damcon.path) replay \(file)", columns: 100, rows: 30)
    #expect(terminal.wait { $0.contains("PAST") && $0.contains("recording intact") })
    terminal.type(":at +14s", "Enter")
    #expect(terminal.wait { $0.contains("degraded") })
    terminal.type(":note looked at by nobody", "Enter")
    #expect(terminal.wait { $0.contains("looked at by nobody") })
    terminal.type("C-c")
    #expect(terminal.waitForExit() == 0)
    let notes = try String(contentsOfFile: path("demo.notes.jsonl"), encoding: .utf8)
    #expect(notes.contains("looked at by nobody"))
    #expect(try Damcon.run("verify", file).output == verified.output)
    #expect(try Damcon.run("replay", file).output.contains("looked at by nobody"))
  }

  @Test("a cut stands by itself, says what it is, and carries no address out of the house")
  func cut() throws {
    let file = try record()
    let cut = path("cut.damcon")
    let made = try Damcon.run("cut", file, "--from", "-8s", "-o", cut, "--redact")
    #expect(made.status == 0, "\(made.errors)")
    #expect(made.output.contains("replaced: addresses"))
    let verified = try Damcon.run("verify", cut)
    #expect(verified.status == 0)
    #expect(verified.output.contains("cut out of the journal of"))
    let lines = try Damcon.run("export", cut, "--format", "jsonl")
    #expect(lines.status == 0, "\(lines.errors)")
    #expect(lines.output.contains("address-1"))
    #expect(!lines.output.contains("127.0.0.1"))
    let bytes = try Data(contentsOf: URL(fileURLWithPath: cut))
    #expect(bytes.range(of: Data("127.0.0.1".utf8)) == nil)
    // Named twice, it is made once.
    #expect(try Damcon.run("cut", file, "--from", "-8s", "-o", cut).status != 0)
  }

  @Test("a recording that was altered, cut short or is none is told of, never shown as whole")
  func damaged() throws {
    let file = try record()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    let cut = path("short.damcon")
    try bytes.prefix(bytes.count * 2 / 3).write(to: URL(fileURLWithPath: cut))
    let short = try Damcon.run("verify", cut)
    #expect(short.status == 1)
    #expect(short.output.contains("cut"))
    #expect(try Damcon.run("replay", cut).status != -SIGSEGV)
    for place in stride(from: 40_000, to: bytes.count, by: 97) {
      bytes[place] ^= 0x55
    }
    let altered = path("altered.damcon")
    try bytes.write(to: URL(fileURLWithPath: altered))
    #expect(try Damcon.run("verify", altered).status == 1)
    let none = path("none.damcon")
    try "not a recording".write(toFile: none, atomically: true, encoding: .utf8)
    let refused = try Damcon.run("replay", none)
    #expect(refused.status == 3)
    #expect(refused.errors.contains("none.damcon"))
    #expect(try Damcon.run("verify", path("nowhere.damcon")).status == 2)
  }

  @Test(
    "every incident that is shipped verifies, tells what happened and can be looked at",
    arguments: [
      ("pricing-timeout", "shop-simulated", "checkout"),
      ("bad-rollout", "shop-simulated", "checkout"),
      ("dependency-outage", "shop-simulated", "checkout"),
      ("real-programs", "real-programs", "router"),
    ])
  func shipped(_ name: String, of fleet: String, with service: String) throws {
    let samples = URL(filePath: #filePath).appending(path: "../../../samples/incidents")
      .standardized
    let folder = samples.appending(path: name)
    let file = folder.appending(path: "incident.damcon").path
    let verified = try Damcon.run("verify", file)
    #expect(verified.status == 0)
    #expect(verified.output.contains("cut out of the journal of \(fleet), "))
    let list = try Damcon.run("replay", file)
    #expect(list.output.contains("page: burning"))
    for instant in ["-4m", "-1s"] {
      let frame = try Damcon.run("render", file, "--at", instant, "--size", "80x24")
      #expect(frame.status == 0, "\(frame.errors)")
      #expect(frame.output.contains("PAST") && frame.output.contains(service))
    }
    #expect(FileManager.default.fileExists(atPath: folder.appending(path: "README.md").path))
    // Somebody contained it by a plan that somebody else agreed to, and it was proved.
    #expect(list.output.contains("ines: approved it"))
    #expect(list.output.contains("mira: confirmed it"))
    let end = try Damcon.run(
      "render", file, "--at", "-0s", "--pane", "log", "--size", "120x60")
    #expect(end.output.contains("is verified"), "\(end.output)")
  }
}
