import ArgumentParser
import Fleet
import FleetFile

/// Validates the fleet file.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is wrong with a fleet file, with file:line:column.",
    discussion: "Exits 0 when nothing is, 1 when something is.")

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The fleet file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String = FleetSource.defaultPath

  @Flag(help: "Print the fleet as it was understood, defaults filled in.") var explain = false

  func run() throws {
    let source = try FleetSource.file(config, orFail: .notFine)
    for warning in source.warnings { Damcon.writeError("warning: \(warning)") }
    let instances = source.fleet.services.reduce(0) { $0 + $1.instances.count }
    try StandardOutput.write(
      "\(config): fine. \(source.fleet.services.count) services, \(instances) instances.\n")
    if explain { try StandardOutput.write(FleetExplanation.page(of: source.fleet)) }
  }
}
