import ArgumentParser
import Bridge
import Containment

/// Agrees to somebody else's plan.
struct ApproveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve",
    abstract: "Agree to a plan that somebody else asked for.",
    discussion: """
      Prints the plan and agrees to exactly that one; with --hash only if it is the one that you were \
      shown. Who asked for it never counts, nor do root and nobody, and each person counts once.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("Of the plan.", valueName: "id")) var id: String
  @Option(help: ArgumentHelp("Of the plan that is meant.", valueName: "hash")) var hash: String?
  @OptionGroup var bridge: BridgeOptions

  func run() throws {
    let client = try bridge.connect()
    let seen = try client.run(.status(run: id), bridge.format)
    if bridge.format == .text { try StandardOutput.write(ActionRunText(seen).page) }
    let sight = try client.run(.approve(run: id, hash: hash ?? seen.run.hash), bridge.format)
    try sight.tell(client, bridge.format, isFine: true)
  }
}
