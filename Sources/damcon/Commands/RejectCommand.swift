import ArgumentParser
import Bridge
import Containment

/// Says no to a plan; one no is enough.
struct RejectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reject",
    abstract: "Say no to a plan that is not sent yet; one no is enough.")

  @ArgumentParser.Argument(help: ArgumentHelp("Of the plan.", valueName: "id")) var id: String
  @Option(help: "Why, for who asked and for the journal.") var reason: String
  @OptionGroup var bridge: BridgeOptions

  func validate() throws {
    if reason.isEmpty { throw ValidationError("--reason says why.") }
  }

  func run() throws {
    let client = try bridge.connect()
    let sight = try client.run(.reject(run: id, reason: reason), bridge.format)
    try sight.tell(client, bridge.format, isFine: true)
  }
}
