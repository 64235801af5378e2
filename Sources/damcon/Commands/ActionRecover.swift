import ArgumentParser
import Bridge
import Containment

/// Says that what was lost is back.
struct ActionRecover: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "Say that what was lost is as it was, where a person has to.")

  @ArgumentParser.Argument(help: ArgumentHelp("Of the plan.", valueName: "id")) var id: String
  @OptionGroup var bridge: BridgeOptions

  func run() throws {
    let client = try bridge.connect()
    let seen = try client.run(.status(run: id), bridge.format)
    let sight = try client.run(.recover(run: id, hash: seen.run.hash), bridge.format)
    try sight.tell(client, bridge.format, isFine: sight.run.state.isWell)
  }
}
