import ArgumentParser
import Export
import Fleet
import Health
import Incident
import Session
import Telemetry

/// One headless evaluation of the fleet.
struct Snapshot: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  static let configuration = CommandConfiguration(
    abstract: "Look once, without a screen, and print what is so.",
    discussion: """
      Watches until every target has been heard and one rate can be told, or for as long as --for \
      says. Exits 0 when every service is healthy, warming or draining, 1 when one is not.
      """)

  @OptionGroup var fleet: FleetOptions

  @Option(
    name: .customLong("for"), help: ArgumentHelp("How long to watch.", valueName: "duration"))
  var duration: DurationArgument?

  @Option(help: "How to print it.") var format: Format = .text

  func run() throws {
    let source = try fleet.source(watchedFor: duration?.seconds)
    let patience = Patience(source.fleet, seconds: duration?.seconds)
    let (text, isFine) = try Blocking.run {
      await LiveFleet.once(source, after: { await patience.wait(for: $0) }) { state in
        (print(state.present), Snapshot.isFine(state.present))
      }
    }
    try StandardOutput.write(text)
    if !isFine { throw ExitCode(Failure.Code.notFine.rawValue) }
  }

  func print(_ present: Present) -> String {
    let window = Snapshot.window(for: duration?.seconds)
    return switch format {
    case .text: SnapshotText.page(of: present, window: window)
    case .json: SnapshotJSON.document(of: present, window: window).pretty + "\n"
    }
  }

  /// The shortest window that holds all that was watched.
  static func window(for seconds: Double?) -> Window {
    Window.allCases.first { $0.seconds >= seconds ?? 0 } ?? .hour
  }

  static func isFine(_ present: Present) -> Bool {
    present.services.allSatisfy { [.healthy, .warming, .draining].contains($0.verdict.state) }
  }
}
