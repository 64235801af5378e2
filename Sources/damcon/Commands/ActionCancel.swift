import ArgumentParser
import Bridge

/// Not after all.
struct ActionCancel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract:
      "Give up a plan that is not sent yet, or say what is so where it is left to a person.",
    discussion: """
      Where nobody knows what came of it, and nothing says how to look it up, say what you saw. What was to be \
      taken back by now, and is somebody else's since, stays as it is from then on.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("Of the plan.", valueName: "id")) var id: String
  @Option(help: "Why, for the journal.") var reason: String
  @OptionGroup var bridge: BridgeOptions

  func run() throws {
    let client = try bridge.connect()
    let sight = try client.run(.cancel(run: id, reason: reason), bridge.format)
    try sight.tell(client, bridge.format, isFine: true)
  }
}
