import ArgumentParser
import Canvas

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The terminal an on-call engineer opens when paged.
@main
struct Damcon: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "damcon",
    abstract: "The terminal you open when you are paged.",
    discussion: """
      Shows which services are healthy, how slow, how wrong and since when. `damcon` alone is \
      `damcon watch` with the damcon.yaml of this folder; `damcon demo` needs nothing at all. \
      With --linear both print a line for each change, for screen readers, pipes and dumb terminals.

      Exit codes: 0 fine, 1 what was asked about is not fine, 2 wrong use, 3 could not run.
      """,
    version: Version.current,
    subcommands: [
      Watch.self, Demo.self, Serve.self, Attach.self, ReplayCommand.self, Snapshot.self,
      Render.self, Inspect.self,
      Check.self, Gate.self, RunbookCommand.self, ActionCommand.self, ApproveCommand.self,
      RejectCommand.self, Cut.self, Verify.self, ExportCommand.self,
      Simulate.self, Keys.self, Manual.self, Supervise.self,
    ],
    defaultSubcommand: Watch.self)

  static func main() {
    // Dispatch tells the system's log that an ordinary user's threads cannot be raised: nothing is wrong with that.
    setenv("LIBDISPATCH_LOG", "NO", 0)
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      leave(with: error)
    }
  }

  /// Ends the program with the exit code of the house; help goes to standard output, an error is
  /// one plain sentence on standard error.
  private static func leave(with error: any Error) -> Never {
    switch error {
    case let failure as Failure:
      writeError(failure.sentence)
      end(failure.code.rawValue)
    case let code as ExitCode where code != .validationFailure:
      end(code.rawValue)
    default:
      let code = exitCode(for: error)
      guard code == .validationFailure else { exit(withError: error) }
      writeError(fullMessage(for: error))
      end(Failure.Code.wrongUse.rawValue)
    }
  }

  /// Lines for a person; what a file or an argument holds that a terminal must not get is made visible.
  static func writeError(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var line = lines.map { DisplayText.sanitised(String($0)) }.joined(separator: "\n")
    if !line.hasSuffix("\n") { line += "\n" }
    line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }
}

/// A reason to stop, as one plain sentence and the code to stop with.
struct Failure: Error {
  enum Code: Int32 {
    case notFine = 1
    case wrongUse = 2
    case couldNotRun = 3
  }

  var sentence: String
  var code: Code

  init(_ sentence: String, _ code: Code = .couldNotRun) {
    self.sentence = sentence
    self.code = code
  }
}

/// The system's `exit`, by a name that ArgumentParser has not taken.
private func end(_ code: Int32) -> Never { exit(code) }
