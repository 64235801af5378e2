import ArgumentParser
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
    let (text, isFine) = try Blocking.run {
      await LiveFleet.once(source, after: { await patience(of: source.fleet, with: $0) }) { state in
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

  /// Waits as long as was asked for, else until nothing more is to be learnt from waiting.
  private func patience(of fleet: Fleet, with live: LiveFleet) async {
    if let duration {
      try? await Task.sleep(for: .seconds(duration.seconds))
      return
    }
    let longest =
      fleet.services.flatMap(\.instances)
      .map { $0.polling.interval + $0.polling.timeout }.max() ?? 0
    let deadline = ContinuousClock.now + .seconds(longest + 2)
    while ContinuousClock.now < deadline {
      if await live.session.read({ Snapshot.isSettled($0.present) }) { return }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }

  /// Whether every target has answered twice where metrics tell a rate, or failed.
  private static func isSettled(_ present: Present) -> Bool {
    present.services.allSatisfy { service in
      service.instances.allSatisfy { instance in
        if instance.lastAnswered == nil { return instance.fault != nil }
        guard let routes = instance.routes, routes.metrics != nil else {
          return instance.routes != nil
        }
        return instance.scraping.fault != nil || instance.scraping.successes >= 2
      }
    }
  }
}
