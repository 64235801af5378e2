import Containment
import Execution
import Foundation

/// A process of its own for the tests of programs that are run: a supervisor, or a Damcon that is killed while
/// what it began goes on.
@main
struct SupervisorProbe {
  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "supervise": exit(CommandSupervisor.main(Array(arguments.dropFirst())))
    case "send": await send(Array(arguments.dropFirst()))
    default: exit(2)
    }
  }

  /// Sends a command by the supervisor that is this same program, and says what came of it.
  ///
  /// - Parameter arguments: the spool's folder, the run, seconds, then the program with its arguments.
  private static func send(_ arguments: [String]) async {
    // Whoever started it may be gone.
    alarm(60)
    guard arguments.count >= 4, let timeout = Double(arguments[2]) else { exit(2) }
    let executor = CommandExecutor(
      spool: arguments[0], supervisor: ["/proc/self/exe", "supervise"])
    let answer = await executor.send(
      .command(PlannedCommand(arguments: Array(arguments.dropFirst(3)))),
      as: SendingName(run: arguments[1], place: 0), key: nil, timeout: timeout
    ) {
      print("began")
      fflush(nil)
      return nil
    }
    print(answer.words)
  }
}
