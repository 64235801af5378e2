import ArgumentParser
import Bridge
import Containment
import Export

/// Does it, with the guards of the dialog as a command line can have them: never by a question that a pipe could
/// answer.
struct ActionRunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Do it: plan it and confirm the plan.",
    discussion: """
      An action of low risk is planned, printed and done with --yes. Any other takes two steps, so that \
      what is confirmed was seen: `run ACTION SERVICE` prints the plan, and `run ID --confirm HASH --yes` \
      does it; one of high risk needs --type-name with the service's name too.

      Nothing is done unless --arm names the fleet's environment. With --wait it ends once the action is \
      verified, or is not: exit code 0 or 1.
      """)

  @OptionGroup var wish: WishOptions

  @Option(
    help: ArgumentHelp(
      "Do exactly this plan; its ID stands in the place of the action.", valueName: "hash"))
  var confirm: String?

  @Flag(help: "Do it.") var yes = false

  @Option(
    help: ArgumentHelp(
      "The service that a plan of high risk is for, once more.", valueName: "service"))
  var typeName: String?

  @OptionGroup var arming: ArmOptions
  @OptionGroup var waiting: WaitOptions
  @OptionGroup var bridge: BridgeOptions

  func validate() throws {
    if confirm != nil, wish.service != nil || !wish.reason.isEmpty {
      throw ValidationError("--confirm goes with the ID of a plan alone: run ID --confirm HASH")
    }
  }

  func run() throws {
    if let confirm { return try finish(confirm) }
    let request = try wish.request()
    let client = try bridge.connect()
    if yes { try arming.check(client, bridge.format) }
    let (sight, warnings) = try client.plan(request, bridge.format)
    if bridge.format == .text {
      try StandardOutput.write(
        ActionRunText(sight).page + warnings.map { LineText.clean("note      \($0)") }.joined())
    }
    if let objection = objection(to: sight, client) {
      if bridge.format == .json {
        try StandardOutput.write(client.document(sight, warnings, refused: objection))
      }
      throw Failure("nothing is sent: \(objection)", .notFine)
    }
    try confirm(sight, hash: sight.run.hash, warnings, client)
  }

  /// Why it is not done in the same breath.
  private func objection(to sight: Sight, _ client: BridgeClient) -> String? {
    let plan = sight.run.plan
    let again =
      ShellWords.text(
        ["damcon", "action", "run", plan.id, "--confirm", sight.run.hash, "--yes"]
          + ["--arm", client.environment] + bridge.words)
      + (plan.risk == .high ? " --type-name SERVICE" : "")
    let agree = ShellWords.text(["damcon", "approve", plan.id] + bridge.words)
    if plan.policy.approvals > sight.run.standing(at: sight.at).count {
      return "others have to agree first (\(agree)), then: \(again)"
    }
    if let obstacle = sight.obstacle { return obstacle }
    if plan.risk == .low, yes { return nil }
    return "look at the plan, then: \(again)"
  }

  /// The second step: a plan that somebody has seen.
  private func finish(_ hash: String) throws {
    let client = try bridge.connect()
    try arming.check(client, bridge.format)
    let sight = try client.run(.status(run: wish.action), bridge.format)
    if bridge.format == .text { try StandardOutput.write(ActionRunText(sight).page) }
    let plan = sight.run.plan
    if plan.risk != .low, !yes {
      throw Failure(
        "nothing is sent: \(plan.words) is of \(plan.risk.rawValue) risk (--yes)", .notFine)
    }
    try confirm(sight, hash: hash, [], client)
  }

  private func confirm(
    _ sight: Sight, hash: String, _ warnings: [String], _ client: BridgeClient
  ) throws {
    let run = sight.run.plan.id
    let done = try client.run(
      .confirm(run: run, hash: hash, armed: arming.arm, target: typeName), bridge.format)
    let end = try waiting.follow(done, client, bridge.format) { $0.isDone }
    try end.tell(client, bridge.format, warnings: warnings, isFine: end.run.state.isWell)
  }
}

/// Saying which environment is meant.
struct ArmOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The environment that is meant, as the fleet file names it; without it nothing is done.",
      valueName: "environment"))
  var arm: String?

  /// Ends the command where it is another; it is asked for again where it is done.
  func check(_ client: BridgeClient, _ format: TextOrJSON) throws {
    guard arm != client.environment else { return }
    let reason =
      arm.map { "this is \(client.environment), not \($0): nothing is done" }
      ?? "read-only: this is \(client.environment), and nobody has said that it is meant "
      + "(--arm \(client.environment))"
    if format == .json {
      try StandardOutput.write(client.document([("refused", .string(reason))]))
    }
    throw Failure(reason, .notFine)
  }
}
