import Containment
import Execution
import Foundation

/// A process of its own for the tests of what becomes of an action when Damcon dies: it does one, and is killed.
///
///     ContainmentProbe live JOURNAL TARGET RUN KILL-POINT     what was left, then one action, then death
///     ContainmentProbe recover JOURNAL TARGET                 only what was left
///     ContainmentProbe full JOURNAL TARGET RUN                one action on a disk that is full
///     ContainmentProbe supervise …                            runs a program, as Damcon itself would be asked to
@main
struct ContainmentProbe {
  static func main() async {
    let arguments = CommandLine.arguments
    guard arguments.count >= 4 else { exit(2) }
    if arguments[1] == "supervise" { exit(CommandSupervisor.main(Array(arguments.dropFirst(2)))) }
    // Whoever started it may be gone.
    alarm(120)
    do {
      let (path, target) = (arguments[2], arguments[3])
      switch (arguments[1], arguments.count) {
      case ("live", 6):
        guard let killPoint = KillPoint(arguments[5]) else { exit(2) }
        let life = try await Life(journal: path, target: target, killPoint)
        try await life.recover()
        killPoint.enter(.act)
        try await life.act(arguments[4])
        say("survived")
        // Whoever dies by himself tells more than he could.
        KillPoint.die()
      case ("recover", 4):
        let life = try await Life(journal: path, target: target, never)
        try await life.recover()
        await life.end()
      case ("full", 5):
        let life = try await Life(journal: path, target: target, never)
        try await life.fillDisk()
        // More than the room that is left in the file.
        let reason = (0..<40_000).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }
        try await life.act(arguments[4], reason: reason.joined())
      default: exit(2)
      }
    } catch let error as Failed {
      say("failed \(error.sentence)")
      exit(1)
    } catch {
      say("failed \(error)")
      exit(1)
    }
  }

  private static var never: KillPoint {
    get throws {
      guard let point = KillPoint("never") else { throw Failed(sentence: "never is a point") }
      return point
    }
  }
}

/// A line at once: what was said before a kill has been heard.
func say(_ line: String) {
  var bytes = Array((line + "\n").utf8)
  bytes.withUnsafeMutableBytes { _ = write(STDOUT_FILENO, $0.baseAddress, $0.count) }
}
