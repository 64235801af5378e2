import Containment
import Execution
import Foundation
import Testing

/// What is known of a program after who began it, or who ran it, was killed.
@Suite(.timeLimit(.minutes(2)))
struct CommandCrashTests {
  private func wait(for name: String, in shop: Workshop) async -> Bool {
    for _ in 0..<10 {
      if await eventually({ shop.has(name) }) { return true }
    }
    return false
  }

  /// Goes on until there is a file `go`.
  private static let patient =
    "echo one >> $1/count; echo $$ > $1/self; echo $PPID > $1/over; touch $1/begun; "
    + "while [ ! -e $1/go ]; do sleep 0.05; done; echo it is done"

  @Test("A program outlives the death of who began it, and its outcome is found")
  func outlives() async throws {
    let shop = try Workshop()
    let command = try shop.script(CommandCrashTests.patient)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Workshop.supervisor.first))
    process.arguments = ["send", shop.spool, "run-1", "60"] + command.arguments
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    #expect(await wait(for: "begun", in: shop))
    kill(process.processIdentifier, SIGKILL)
    #expect(await eventually { !process.isRunning })

    #expect(await shop.outcome(command) == .running)
    let again = await shop.send(command)
    #expect(again == .unsent("it is running already"))
    #expect(FileManager.default.createFile(atPath: shop.folder + "/go", contents: nil))
    let end = SpooledOutcome.ended(.applied("exit code 0: it is done"))
    #expect(await eventually { await shop.outcome(command) == end })
    #expect(try shop.text("count") == "one\n")
    #expect(await shop.send(command).isUnsent)
  }

  @Test("The death of who runs a program is the program's, and nobody knows what it did")
  func supervisorDies() async throws {
    let shop = try Workshop()
    let command = try shop.script(CommandCrashTests.patient)
    let sending = Task { await shop.send(command, timeout: 60) }
    #expect(await wait(for: "begun", in: shop))
    let supervisor = try #require(shop.number("over"))
    let program = try #require(shop.number("self"))
    #expect(isAlive(supervisor) && isAlive(program))
    kill(supervisor, SIGKILL)
    #expect(
      await sending.value
        == .unknown("what ran it is gone, and said nothing of what came of it"))
    #if os(Linux)
      #expect(await eventually { !isAlive(program) })
    #endif
    #expect(await shop.outcome(command) == .none)
    #expect(await shop.send(command).isUnsent)
    #expect(try shop.text("count") == "one\n")
  }

  @Test("Who calls off waiting calls off nothing else")
  func calledOff() async throws {
    let shop = try Workshop()
    let command = try shop.script(CommandCrashTests.patient)
    let sending = Task { await shop.send(command, timeout: 60) }
    #expect(await wait(for: "begun", in: shop))
    sending.cancel()
    #expect(await sending.value == .unknown("it was called off"))
    #expect(await shop.outcome(command) == .running)
    #expect(FileManager.default.createFile(atPath: shop.folder + "/go", contents: nil))
    let end = SpooledOutcome.ended(.applied("exit code 0: it is done"))
    #expect(await eventually { await shop.outcome(command) == end })
  }
}
