import ArgumentParser
import Bridge
import Export

/// The emergency stop.
struct ActionStop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "stop",
    abstract: "Stop everything that runs or waits, and refuse what is new; or allow it again.",
    discussion: "What was done can still be taken back. --lift allows actions again.")

  @Flag(help: "Allow actions again.") var lift = false
  @Option(help: "Why, for the journal.") var reason = ""
  @OptionGroup var bridge: BridgeOptions

  func run() throws {
    let client = try bridge.connect()
    let request = lift ? Request.lift : .halt(reason: reason)
    guard case .done(let words) = try client.answer(to: request, bridge.format) else {
      throw Failure("\(client.path): the answer is to another question")
    }
    switch bridge.format {
    case .json:
      try StandardOutput.write(
        client.document([("halted", .bool(!lift)), ("words", .string(words))]))
    case .text: try StandardOutput.write(LineText.clean(words))
    }
  }
}
