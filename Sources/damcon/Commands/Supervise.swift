import ArgumentParser
import Execution

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What Damcon begins by itself to run a program of an action: nobody types it.
struct Supervise: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run a program of an action, and keep what came of it.", shouldDisplay: false)

  @Argument(parsing: .captureForPassthrough, help: .hidden)
  var arguments: [String] = []

  func run() throws { leave(CommandSupervisor.main(arguments)) }
}

/// The system's `exit`, by a name that ArgumentParser has not taken.
private func leave(_ code: Int32) -> Never { exit(code) }
