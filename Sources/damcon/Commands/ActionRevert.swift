import ArgumentParser
import Bridge
import Containment
import Export

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

/// Asks what a plan would do.
struct ActionDryRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dry-run",
    abstract: "Ask what a plan would do, where that can be asked; nothing is changed.")

  @ArgumentParser.Argument(help: ArgumentHelp("Of the plan.", valueName: "id")) var id: String
  @OptionGroup var bridge: BridgeOptions

  func run() throws {
    let client = try bridge.connect()
    guard
      case .tried(let answers) = try client.answer(
        to: .tryOut(run: id), within: 300, bridge.format)
    else { throw Failure("\(client.path): the answer is to another question") }
    switch bridge.format {
    case .json: try StandardOutput.write(client.document([("answers", .strings(answers))]))
    case .text: try StandardOutput.write(answers.map { LineText.clean($0) }.joined())
    }
  }
}

/// Not after all.
struct ActionCancel: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Give up a plan that is not sent yet, or say what you saw where nobody knew.")

  @ArgumentParser.Argument(help: ArgumentHelp("Of the plan.", valueName: "id")) var id: String
  @Option(help: "Why, for the journal.") var reason: String
  @OptionGroup var bridge: BridgeOptions

  func run() throws {
    let client = try bridge.connect()
    let sight = try client.run(.cancel(run: id, reason: reason), bridge.format)
    try sight.tell(client, bridge.format, isFine: true)
  }
}

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
