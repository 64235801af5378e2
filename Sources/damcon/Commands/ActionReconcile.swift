import ArgumentParser
import Bridge
import Containment

/// Looks up what is so, where nobody knows.
struct ActionReconcile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reconcile",
    abstract: "Ask the targets what is so, where nobody knows what came of an action.")

  @ArgumentParser.Argument(help: ArgumentHelp("Of the plan.", valueName: "id")) var id: String
  @OptionGroup var bridge: BridgeOptions

  func run() throws {
    let client = try bridge.connect()
    let sight = try client.run(.reconcile(run: id), bridge.format)
    try sight.tell(client, bridge.format, isFine: sight.run.state.isWell)
  }
}
