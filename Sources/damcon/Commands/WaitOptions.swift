import ArgumentParser
import Bridge
import Containment
import Foundation

/// Staying until it is known what came of an action.
struct WaitOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How long to wait for what comes of it; else it is begun, and not waited for.",
      valueName: "duration"))
  var wait: DurationArgument?

  private static let pace = 0.5

  /// A run once it is as wanted, or as it is when the time is over; each state that it comes to is told on the way.
  func follow(
    _ sight: Sight, _ client: BridgeClient, _ format: TextOrJSON,
    until isWanted: (ActionRun.State) -> Bool
  ) throws -> Sight {
    guard let seconds = wait?.seconds else { return sight }
    let deadline = ContinuousClock.now + .seconds(seconds)
    var sight = sight
    var told = sight.run.state
    while !isWanted(sight.run.state) {
      guard ContinuousClock.now < deadline else {
        let reason = "it is \(sight.run.state.rawValue) still"
        if format == .json { try StandardOutput.write(client.document(sight, refused: reason)) }
        throw Failure(reason, .notFine)
      }
      Thread.sleep(forTimeInterval: WaitOptions.pace)
      sight = try client.run(.status(run: sight.run.plan.id), format)
      if sight.run.state != told, format == .text {
        told = sight.run.state
        try StandardOutput.write(LineText.clean("\(sight.run.plan.id) is \(told.rawValue)"))
      }
    }
    return sight
  }
}

extension ActionRun.State {
  /// Nothing more comes of it by itself.
  var isDone: Bool { isEnded }

  /// It went as it should, as far as it went.
  var isWell: Bool {
    switch self {
    case .planned, .awaitingApproval, .approved, .confirmed, .intended, .sent, .applied, .verifying,
      .verified, .watching, .recovered, .reverting:
      true
    case .failed, .unknown, .regressed, .inconclusive, .reverted, .expired, .cancelled,
      .revertFailed, .relapsed:
      false
    }
  }

  /// Nobody has to look after it.
  var isFine: Bool {
    switch self {
    case .reverted, .expired, .cancelled: true
    default: isWell
    }
  }
}

extension Sight {
  /// Prints a run as the last word of a command, and ends it with 1 where that did not go well.
  func tell(
    _ client: BridgeClient, _ format: TextOrJSON, warnings: [String] = [], isFine: Bool
  ) throws {
    switch format {
    case .text:
      let why = run.reason.map { ": \($0)" } ?? ""
      try StandardOutput.write(
        LineText.clean("\(run.plan.words) (\(run.plan.id)) is \(run.state.rawValue)\(why)"))
    case .json: try StandardOutput.write(client.document(self, warnings))
    }
    if !isFine { throw ExitCode(Failure.Code.notFine.rawValue) }
  }
}
