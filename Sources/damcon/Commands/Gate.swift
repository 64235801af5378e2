import ArgumentParser
import Fleet
import Incident
import Session

/// May this service be released now?
struct Gate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Ask whether a service may be released now; for pipelines.",
    discussion: """
      Looks at the service's error budgets as the ledger remembers them, its alerts, its release \
      schedule, its rollback triggers and its health. Prints one line with the reason and exits 0 \
      for go, 1 for hold. What is not known holds a release.
      """)

  @Argument(help: "The service, as the fleet file names it.") var service: String

  @Option(
    name: [.short, .long], help: ArgumentHelp("The fleet file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String = FleetSource.defaultPath

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp("How long to watch before answering.", valueName: "duration"))
  var duration: DurationArgument?

  func run() throws {
    let source = try FleetSource.file(config)
    let names = source.fleet.services.map(\.name)
    guard names.contains(service) else {
      throw Failure(
        "\(config) has no service '\(service)'; it has \(names.joined(separator: ", "))", .wrongUse)
    }
    let patience = Patience(source.fleet, seconds: duration?.seconds)
    let (sentence, isOpen) = try Blocking.run { [service] in
      await LiveFleet.once(source, after: { await patience.wait(for: $0) }) { state in
        guard let watched = state.present.service(named: service) else {
          return ("hold: \(service): it is watched no more", false)
        }
        let advice = watched.releaseAdvice(at: state.present.now)
        return (advice.answer(for: service), advice.kind == .go)
      }
    }
    try StandardOutput.write(sentence + "\n")
    if !isOpen { throw ExitCode(Failure.Code.notFine.rawValue) }
  }
}
