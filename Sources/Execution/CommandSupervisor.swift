import CProcess
import Containment
import Foundation

/// A process of its own that runs one program on Damcon's behalf, and outlives it: it keeps a lock for as long as
/// the program runs, and writes down what came of it.
///
/// It says `ready` once the name is its own, and then reads what to run. Where it is told nothing, or only half of
/// it, nothing is run.
package enum CommandSupervisor {
  /// Bytes of the longest order.
  private static let longest = 4 << 20
  /// Seconds that it waits for somebody to hear why it refuses.
  private static let patience: UInt32 = 10

  /// The whole life of the process.
  ///
  /// - Parameter arguments: the spool's folder, and the file in it.
  /// - Returns: its exit code: 0 where something was run.
  package static func main(_ arguments: [String]) -> Int32 {
    damcon_close_from(3)
    signal(SIGPIPE, SIG_IGN)
    signal(SIGHUP, SIG_IGN)
    signal(SIGINT, SIG_IGN)
    guard arguments.count == 2 else { return refuse("expected a folder and a name") }
    do throws(Spool.Flaw) {
      let spool = try Spool(arguments[0])
      let handle = try spool.claim(arguments[1])
      say("ready")
      guard let command = order() else { return 1 }
      // Whoever ends Damcon politely with all that it started does not mean what is to be known of the program. The
      // program itself hears it as any does.
      signal(SIGTERM, SIG_IGN)
      try Spool.begin(handle)
      let end = run(command)
      // Without an outcome nobody knows: then that is what is said of it.
      return spool.end(arguments[1], end) ? 0 : 1
    } catch {
      return refuse(error.description)
    }
  }

  private static func run(_ command: SupervisedCommand) -> SpooledEnd {
    let mask = SecretMask(command.secrets)
    do throws(SupervisedProgram.Flaw) {
      var program = try SupervisedProgram(command)
      let end = program.run(for: command.timeout)
      let output = AnswerText.lines(end.tail.text(mask))
      return SpooledEnd(
        answer: ProgramEnd(end.status, wasStopped: end.wasStopped).answer(
          command.success, command.allowed, AnswerText.last(output)),
        output: output)
    } catch {
      return SpooledEnd(answer: .unsent(error.reason), output: "")
    }
  }

  /// What to run; nil where that is not said to its end.
  private static func order() -> SupervisedCommand? {
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= longest {
      let count = read(STDIN_FILENO, &room, room.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { break }
      bytes += room[..<count]
    }
    return try? JSONDecoder().decode(SupervisedCommand.self, from: Data(bytes))
  }

  private static func refuse(_ reason: String) -> Int32 {
    say("refused \(reason)")
    // Until it was heard, and never for long.
    alarm(patience)
    var room = [UInt8](repeating: 0, count: 4096)
    while read(STDIN_FILENO, &room, room.count) > 0 {}
    return 1
  }

  private static func say(_ words: String) {
    let line = Array((words + "\n").utf8)
    _ = line.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
  }
}
