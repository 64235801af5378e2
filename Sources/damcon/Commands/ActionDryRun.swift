import ArgumentParser
import Bridge
import Export

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
