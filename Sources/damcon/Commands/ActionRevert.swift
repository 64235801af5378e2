import ArgumentParser
import Bridge
import Containment

/// Takes back what an action did.
struct ActionRevert: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "revert",
    abstract: "Take back what an action did.",
    discussion: """
      Every target gets what it had before, unless somebody has changed it since: then nothing is sent, \
      and you are told. An emergency stop does not keep anybody from it.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("Of the plan.", valueName: "id")) var id: String
  @OptionGroup var arming: ArmOptions
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var bridge: BridgeOptions

  func run() throws {
    let client = try bridge.connect()
    try arming.check(client, bridge.format)
    var sight = try client.run(.takeBack(run: id, armed: arming.arm), bridge.format)
    sight = try waiting.follow(sight, client, bridge.format) { $0.isDone }
    let state = sight.run.state
    try sight.tell(client, bridge.format, isFine: state == .reverted || state == .reverting)
  }
}
