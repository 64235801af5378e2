import ArgumentParser
import Bridge
import Containment
import Export
import Fleet

/// What was asked for, and what has come of it.
struct ActionStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Say what has come of an action, or list all that were asked for.",
    discussion: """
      With an ID it exits 1 where that failed, regressed, is inconclusive, or where nobody knows what \
      came of it.
      """)

  @ArgumentParser.Argument(help: ArgumentHelp("Of one plan.", valueName: "id")) var id: String?
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var bridge: BridgeOptions

  func validate() throws {
    if id == nil, waiting.wait != nil { throw ValidationError("--wait is for one plan: name it.") }
  }

  func run() throws {
    let client = try bridge.connect()
    guard let id else { return try all(client) }
    var sight = try client.run(.status(run: id), bridge.format)
    sight = try waiting.follow(sight, client, bridge.format) { $0.isDone }
    switch bridge.format {
    case .text: try StandardOutput.write(ActionRunText(sight).page)
    case .json: try StandardOutput.write(client.document(sight))
    }
    if !sight.run.state.isFine { throw ExitCode(Failure.Code.notFine.rawValue) }
  }

  private func all(_ client: BridgeClient) throws {
    guard case .runs(let runs, let left) = try client.answer(to: .status(run: nil), bridge.format)
    else { throw Failure("\(client.path): the answer is to another question") }
    switch bridge.format {
    case .json:
      try StandardOutput.write(
        client.document([
          ("halted", .string(client.welcome.halt)),
          ("actions", .array(runs.map { ActionRunJSON.object(of: $0.run, at: $0.at) })),
          ("left", .number(left)),
        ]))
    case .text:
      if let halt = client.welcome.halt { try StandardOutput.write(LineText.clean(halt)) }
      guard !runs.isEmpty else {
        try StandardOutput.write("nothing was asked for\n")
        return
      }
      var table = TextTable([
        ("id", .left), ("action", .left), ("state", .left), ("since", .left), ("by", .left),
        ("because", .left),
      ])
      for sight in runs {
        let run = sight.run
        table.add([
          run.plan.id, run.plan.words, run.state.rawValue,
          CivilTime(unixNanoseconds: run.since.wall).clock, run.plan.by, run.reason ?? "",
        ])
      }
      let more = left > 0 ? ["\(left) older ones"] : []
      try StandardOutput.write((table.lines + more).map { $0 + "\n" }.joined())
    }
  }
}
