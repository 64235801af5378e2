import ArgumentParser
import Fleet
import FleetFile
import Foundation
import Simulator

/// Which story a simulated fleet lives, and how.
struct ScenarioOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp("A scenario of samples/scenarios, or a file.", valueName: "scenario"))
  var scenario = "pricing-timeout"

  @Option(help: "Another seed tells the same story with other requests.") var seed: UInt64?

  @Option(help: "The first of the ports to listen on; else the system chooses.")
  var port: Int?

  @Option(help: ArgumentHelp("How far into the story to begin.", valueName: "duration"))
  var from: DurationArgument?

  @Option(help: "Seconds of the story in one of the wall's.") var speed = 1.0

  func validate() throws {
    guard speed > 0, speed <= 100 else {
      throw ValidationError("--speed is above 0 and at most 100.")
    }
  }

  /// The fleet as it is watched: with what its scenario says is at stake.
  func watched(_ simulated: SimulatedFleet) throws -> Fleet {
    guard let source = simulated.scenario.source else { return simulated.fleet }
    do {
      return try FleetFile.amend(
        simulated.fleet, by: source.text, under: "fleet", path: source.file)
    } catch {
      throw Failure("\(error)", .wrongUse)
    }
  }

  /// Starts the fleet; `near` begins it shortly before things go wrong.
  func start(near: Bool) throws -> SimulatedFleet {
    let story: Scenario
    let library = ScenarioLibrary.standard(
      executable: Bundle.main.executablePath,
      directory: FileManager.default.currentDirectoryPath)
    do { story = try library.scenario(scenario) } catch {
      throw Failure("\(error)", .wrongUse)
    }
    let offset = from?.seconds ?? (near ? max(0, (story.incidentOffset ?? 0) - 8) : 0)
    do {
      return try Blocking.run { [port, seed, speed] in
        try await SimulatedFleet.start(
          scenario: story, portBase: port, seed: seed, from: offset, speed: speed)
      }
    } catch {
      throw Failure("\(error)")
    }
  }
}
