import ArgumentParser
import Bridge
import Export

/// Exactly what would be sent; nothing is.
struct ActionPlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Work out exactly what an action would send; nothing is sent.",
    discussion: """
      The plan has a name and a hash. `damcon action run ID --confirm HASH` does it, for a quarter of an \
      hour; where others have to agree they do so by `damcon approve ID`.
      """)

  @OptionGroup var wish: WishOptions
  @OptionGroup var bridge: BridgeOptions

  func run() throws {
    let request = try wish.request()
    let client = try bridge.connect()
    let (sight, warnings) = try client.plan(request, bridge.format)
    switch bridge.format {
    case .text:
      try StandardOutput.write(
        ActionRunText(sight).page + warnings.map { LineText.clean("note      \($0)") }.joined())
    case .json: try StandardOutput.write(client.document(sight, warnings))
    }
  }
}

extension BridgeClient {
  func plan(
    _ request: Request, _ format: TextOrJSON
  ) throws -> (plan: Sight, warnings: [String]) {
    guard case .planned(let sight, let warnings) = try answer(to: request, within: 300, format)
    else { throw Failure("\(path): the answer is to another question") }
    return (sight, warnings)
  }

  /// A run in the form of a whole answer.
  func document(_ sight: Sight, _ warnings: [String] = [], refused: String? = nil) -> String {
    document([
      ("run", ActionRunJSON.object(of: sight.run, at: sight.at)),
      ("obstacle", .string(sight.obstacle)), ("dependents", .strings(sight.dependents)),
      ("warnings", .strings(warnings)), ("refused", .string(refused)),
    ])
  }
}
