import ArgumentParser
import Bridge
import Export

/// Which process a command talks to, and how it prints what that says.
struct BridgeOptions: ParsableArguments {
  @OptionGroup var place: PlaceOptions

  @Option(help: "How to print it.") var format: TextOrJSON = .text

  /// What a further command has to be told so that it talks to the same process.
  var words: [String] {
    (place.config.map { ["--config", $0] } ?? []) + (place.socket.map { ["--socket", $0] } ?? [])
  }

  /// Connects to the process that watches the fleet.
  func connect() throws -> BridgeClient { try place.connect() }
}

extension BridgeClient {
  /// Asks; what is refused ends the command with its reason.
  func answer(
    to request: Request, within seconds: Double = 120, _ format: TextOrJSON
  ) throws -> Reply {
    let reply: Reply
    do { reply = try ask(request, patience: seconds) } catch { throw Failure("\(error)") }
    guard case .refused(let reason) = reply else { return reply }
    if format == .json { try StandardOutput.write(document([("refused", .string(reason))])) }
    throw Failure(reason, .notFine)
  }

  /// A run, as a reply brings it.
  func run(_ request: Request, _ format: TextOrJSON) throws -> Sight {
    switch try answer(to: request, format) {
    case .run(let sight), .planned(let sight, _): return sight
    default: throw Failure("\(path): the answer is to another question")
    }
  }

  /// An object with whom it is about first.
  func document(_ members: [(String, JSONText)]) -> String {
    JSONText.object(
      [("fleet", .string(welcome.fleet)), ("environment", .string(welcome.environment))] + members
    ).pretty + "\n"
  }

  /// What has to be named for anything to be done.
  var environment: String { welcome.environment ?? welcome.fleet }
}
