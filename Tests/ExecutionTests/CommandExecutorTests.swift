import Containment
import Execution
import Foundation
import Synchronization
import Testing

/// What runs, how often, what it gets, and what is said of it.
@Suite(.timeLimit(.minutes(2)))
struct CommandExecutorTests {
  @Test("A program is run once, told of before it is, and its last words are told")
  func runs() async throws {
    let shop = try Workshop()
    let command = try shop.script("echo one >> $1/count; echo first; echo it is done")
    let isTold = Mutex(false)
    let answer = await shop.send(command) {
      #expect(!shop.has("count"))
      isTold.withLock { $0 = true }
      return nil
    }
    #expect(answer == .applied("exit code 0: first it is done"))
    #expect(isTold.withLock { $0 })
    #expect(try shop.text("count") == "one\n")
    #expect(await shop.outcome(command) == .ended(answer))
  }

  @Test("What was run under a name is never run again under it, whatever came of it")
  func neverTwice() async throws {
    for code in [0, 1] {
      let shop = try Workshop()
      let command = try shop.script("echo one >> $1/count; exit \(code)")
      let first = await shop.send(command)
      #expect(first == (code == 0 ? .applied("exit code 0") : .failed("exit code 1")))
      let again = await shop.send(command) {
        Issue.record("nothing can be run")
        return nil
      }
      #expect(again == .unsent("it was run before, and is run once"))
      #expect(again.isUnsent)
      #expect(try shop.text("count") == "one\n")
      // Another step of the same run is another program.
      let next = await shop.send(command, as: SendingName(run: "run-1", place: 1))
      #expect(next == first)
    }
  }

  @Test("Of many that begin the same at once, one does")
  func oneOfMany() async throws {
    let shop = try Workshop()
    let command = try shop.script("echo one >> $1/count; sleep 0.2")
    let answers = await withTaskGroup(of: ActionAnswer.self) { group in
      for _ in 0..<6 { group.addTask { await shop.send(command) } }
      return await group.reduce(into: [ActionAnswer]()) { $0.append($1) }
    }
    #expect(answers.filter { $0 == .applied("exit code 0") }.count == 1)
    #expect(answers.filter(\.isUnsent).count == 5)
    #expect(try shop.text("count") == "one\n")
  }

  @Test("Taking back may be tried again until it was done")
  func revertsAgain() async throws {
    let shop = try Workshop()
    let name = SendingName(run: "run-1", place: 0, isRevert: true)
    let failing = try shop.script("exit 1")
    let working = try shop.script("echo back")
    #expect(await shop.send(failing, as: name) == .failed("exit code 1"))
    #expect(await shop.outcome(failing, as: name) == .ended(.failed("exit code 1")))
    #expect(await shop.send(working, as: name) == .applied("exit code 0: back"))
    #expect(await shop.outcome(working, as: name) == .ended(.applied("exit code 0: back")))
    #expect(
      await shop.send(working, as: name) == .unsent("it was taken back before"))
  }

  @Test("Which exit codes say done is the plan's to say; any other is a failure, in its last words")
  func exitCodes() async throws {
    let shop = try Workshop()
    var command = try shop.script("echo out; echo \"oh \u{1b}[31mno\" >&2; exit $2", "3")
    #expect(await shop.send(command) == .failed("exit code 3: out oh [31mno"))
    command.success = [0...0, 3...4]
    let name = SendingName(run: "run-2", place: 0)
    #expect(await shop.send(command, as: name) == .applied("exit code 3: out oh [31mno"))
  }

  @Test("A program that is killed may have done it: nobody knows")
  func killed() async throws {
    let shop = try Workshop()
    #expect(
      await shop.send(try shop.script("kill -9 $$"))
        == .unknown("it was ended by signal 9"))
  }

  @Test("A program whose time is over is stopped with all that it began, whether it listens or not")
  func stopped() async throws {
    for trap in ["", "trap '' TERM; "] {
      let shop = try Workshop()
      let command = try shop.script(
        "\(trap)sleep 300 & echo $! > $1/child; echo $$ > $1/self; echo begun; wait; sleep 300")
      let answer = await shop.send(command, timeout: 3)
      #expect(answer == .unknown("it did not end in 3.0s and was stopped: begun"))
      let child = try #require(shop.number("child"))
      let own = try #require(shop.number("self"))
      #expect(await eventually { !isAlive(child) && !isAlive(own) })
      #expect(await shop.outcome(command) == .ended(answer))
    }
  }

  @Test("However much it says, the last of it is kept")
  func flood() async throws {
    let shop = try Workshop()
    let command = try shop.script(
      "head -c 100000000 /dev/zero | tr '\\0' x; echo; echo the end")
    let answer = await shop.send(command, timeout: 100)
    #expect(answer.words.hasPrefix("done, exit code 0: …xxx"), "\(answer)")
    #expect(answer.words.hasSuffix("xxx the end"), "\(answer)")
    let output = try shop.output()
    #expect(output.utf8.count <= 64 << 10)
    #expect(output.hasSuffix("xxx\nthe end\n"))
  }

  @Test("What it is to read it reads, however long that is; who reads nothing is not waited for")
  func input() async throws {
    let shop = try Workshop()
    var command = try shop.script("cat > $1/got")
    command.input = String(repeating: "0123456789\n", count: 30_000)
    #expect(await shop.send(command) == .applied("exit code 0"))
    #expect(try shop.text("got") == command.input)
    var deaf = try shop.script("exec < /dev/null; sleep 0.1; echo done")
    deaf.input = command.input
    let name = SendingName(run: "run-2", place: 0)
    #expect(await shop.send(deaf, as: name) == .applied("exit code 0: done"))
    let silent = try shop.script("cat; echo nothing")
    #expect(
      await shop.send(silent, as: SendingName(run: "run-3", place: 0))
        == .applied("exit code 0: nothing"))
  }

  @Test("It gets a fixed PATH, HOME and LANG and what is declared, and nothing else of ours")
  func environment() async throws {
    let shop = try Workshop()
    var command = PlannedCommand(arguments: ["env"])
    command.environment = [.init(name: "X", value: .text("a b=c"))]
    #expect(await !shop.send(command).isFailed)
    let lines = try shop.output().split(separator: "\n")
    #expect(lines.map { $0.prefix { $0 != "=" } } == ["HOME", "LANG", "PATH", "X"])
    #expect(
      lines.contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"))
    #expect(lines.contains("LANG=C.UTF-8") && lines.contains("X=a b=c"))
  }

  @Test("It has no file of ours open, and a session and a folder that are not ours")
  func surroundings() async throws {
    let shop = try Workshop()
    let command = try shop.script(
      "for f in /proc/$$/fd/*; do [ -e $f ] && echo ${f##*/} >> $1/files; done; pwd > $1/place; cut -d ' ' -f 6 /proc/$$/stat > $1/session; "
        + "echo $$ > $1/self")
    #expect(await shop.send(command) == .applied("exit code 0"))
    // Beside the three, the shell has its script open, under a number of its own choice; what it looks with is closed
    // again before it tells.
    let files = try shop.text("files").split(separator: "\n").compactMap { Int($0) }
    #expect(files.filter { $0 < 3 } == [0, 1, 2])
    #expect(files.count <= 4, "\(files)")
    #expect(try shop.text("place") == "/\n")
    #expect(shop.number("session") == shop.number("self"))
  }

  @Test("A secret is in its environment, and in no argument, answer or file")
  func secrets() async throws {
    let shop = try Workshop()
    let canary = "canary-7f3a-Zq81"
    try Data((canary + "\n").utf8).write(to: URL(fileURLWithPath: shop.folder + "/key"))
    var command = try shop.script(
      "tr '\\0' ' ' < /proc/$$/cmdline > $1/own; tr '\\0' ' ' < /proc/$PPID/cmdline > $1/over; "
        + "printf %s \"$TOKEN\" > $1/got; echo \"I say $TOKEN\"; exit 7")
    command.environment = [
      .init(name: "TOKEN", value: .secret(.file(shop.folder + "/key")))
    ]
    let answer = await shop.send(command)
    #expect(answer == .failed("exit code 7: I say •••"))
    #expect(try shop.text("got") == canary)
    for name in ["own", "over"] {
      let words = try shop.text(name)
      #expect(!words.isEmpty && !words.contains("7f3a"))
    }
    for name in try FileManager.default.contentsOfDirectory(atPath: shop.spool) {
      let text = try String(contentsOfFile: "\(shop.spool)/\(name)", encoding: .utf8)
      #expect(!text.contains("7f3a"), "\(name)")
    }
  }

  @Test("A secret whose beginning is beyond what is kept is told as little as a whole one")
  func cutSecret() async throws {
    let shop = try Workshop()
    let canary = (0..<300).map { "canary-\($0)-" }.joined()
    try Data(canary.utf8).write(to: URL(fileURLWithPath: shop.folder + "/key"))
    var command = try shop.script(
      "i=0; while [ $i -lt 60 ]; do printf %s \"$TOKEN\"; i=$((i+1)); done; echo; echo end")
    command.environment = [
      .init(name: "TOKEN", value: .secret(.file(shop.folder + "/key")))
    ]
    #expect(await shop.send(command).words.hasSuffix("••• end"))
    #expect(try !shop.output().contains("canary"))
  }

  @Test("Where it may not be run after all, nothing is, and that is known afterwards")
  func mayNotRun() async throws {
    let shop = try Workshop()
    let command = try shop.script("echo one >> $1/count")
    #expect(
      await shop.send(command) { "the disk is full" }
        == .unsent("the disk is full"))
    #expect(!shop.has("count"))
    #expect(await shop.outcome(command) == .ended(.unsent("it was not begun")))
  }

  @Test("What cannot be run is not begun")
  func cannotRun() async throws {
    let shop = try Workshop()
    let began: @Sendable () async -> String? = {
      Issue.record("nothing can be run")
      return nil
    }
    for arguments in [[], [""], ["no-such-program"], ["/no/such/program"], ["/tmp"], ["sh", "\0"]] {
      let answer = await shop.send(PlannedCommand(arguments: arguments), began: began)
      #expect(answer.isUnsent, "\(arguments) \(answer)")
    }
    var command = try shop.script("true")
    for (name, value) in [("PATH", "/tmp"), ("A B", "1"), ("", "1"), ("X", "1\n2"), ("X", "\0")] {
      command.environment = [.init(name: name, value: .text(value))]
      #expect(await shop.send(command, began: began).isUnsent)
    }
    command.environment = [.init(name: "X", value: .secret(.environment("DAMCON_NO_SUCH")))]
    #expect(
      await shop.send(command, began: began)
        == .unsent("no secret from the environment, DAMCON_NO_SUCH: it is not set"))
    let homeless = CommandExecutor(spool: nil, supervisor: Workshop.supervisor)
    let answer = await homeless.send(
      .command(command), as: SendingName(run: "run-1", place: 0), key: nil, timeout: 10,
      began: began)
    #expect(
      answer == .unsent("there is no folder to keep what comes of programs"))
    #expect(await shop.outcome(command) == .none)
  }

  @Test("Where there is nobody to supervise, nothing is run")
  func noSupervisor() async throws {
    let shop = try Workshop()
    for program in ["/no/such/program", "/bin/false"] {
      let executor = CommandExecutor(spool: shop.spool, supervisor: [program])
      let answer = await executor.send(
        .command(PlannedCommand(arguments: ["true"])), as: SendingName(run: "run-1", place: 0),
        key: nil, timeout: 10
      ) {
        Issue.record("nothing can be run")
        return nil
      }
      #expect(answer == .unsent("what runs programs cannot be begun"))
    }
  }

  @Test("The spool is for nobody else, and what is a week old is removed from it")
  func spool() async throws {
    let shop = try Workshop()
    let command = try shop.script("true")
    #expect(await shop.send(command) == .applied("exit code 0"))
    #expect(
      await shop.send(command, as: SendingName(run: "run-2", place: 0)) == .applied("exit code 0"))
    let files = FileManager.default
    #expect(
      try files.attributesOfItem(atPath: shop.spool)[.posixPermissions] as? NSNumber == 0o700)
    for name in ["run-1-1", "run-1-1.outcome"] {
      try files.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -8 * 86_400)],
        ofItemAtPath: "\(shop.spool)/\(name)")
    }
    _ = CommandExecutor(spool: shop.spool, supervisor: Workshop.supervisor)
    #expect(
      try files.contentsOfDirectory(atPath: shop.spool).sorted() == ["run-2-1", "run-2-1.outcome"])
  }
}
