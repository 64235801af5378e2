import ArgumentParser
import Export
import Exposition
import Fleet
import FleetFile
import Health

/// What Damcon understands of a target: its exposition, its roles, its health.
struct Inspect: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }
  enum Syntax: String, ExpressibleByArgument, CaseIterable { case text, openmetrics }

  static let configuration = CommandConfiguration(
    abstract: "Say what Damcon understands of a service or of a saved exposition.",
    discussion: """
      The format of an exposition comes from --as, else from its Content-Type, else from its \
      content. With --strict any violation of that format exits 1.
      """)

  @Argument(
    help: ArgumentHelp("An address, or a file (`-` for standard input).", valueName: "url|file"))
  var target: String

  @Option(name: .customLong("as"), help: "Read the exposition as this format.")
  var syntax: Syntax?

  @Flag(help: "Hold the exposition to the letter of its format.") var strict = false
  @Flag(help: "List every sample.") var samples = false
  @Option(help: "How to print it.") var format: Format = .text

  func run() throws {
    var inspection = try looked()
    inspection.showsSamples = samples
    switch format {
    case .json: try StandardOutput.write(InspectionJSON.document(of: inspection).pretty + "\n")
    case .text: try StandardOutput.write(InspectionText.page(of: inspection))
    }
    if strict, inspection.exposition?.isValid == false {
      throw ExitCode(Failure.Code.notFine.rawValue)
    }
    if inspection.isSilent {
      let fault = inspection.fault.map { "\($0.kind.rawValue): \($0.detail)" } ?? "no answer"
      throw Failure("\(target) could not be inspected: \(fault)")
    }
  }

  private var asked: ExpositionFormat? {
    switch syntax {
    case .text: .text
    case .openmetrics: .openMetrics
    case nil: nil
    }
  }

  private func looked() throws -> Inspection {
    let manner: Parser.Manner = strict ? .strict : .tolerant
    let looksLikeFile = target == "-" || !target.contains("://") && FileBytes.exists(target)
    if looksLikeFile {
      let bytes = try FileBytes.read(target)
      var inspection = Inspection()
      inspection.read(bytes, contentType: nil, as: asked, manner: manner)
      return inspection
    }
    let fleet: Fleet
    do { fleet = try FleetFile.fromURLs([target]) } catch {
      throw Failure(
        "\(target) is neither a file nor an address: \(error)", .wrongUse)
    }
    guard let instance = fleet.services.first?.instances.first else {
      throw Failure("\(target) names no instance", .wrongUse)
    }
    return try Blocking.run { [asked] in
      await Visit(to: instance, of: fleet).inspection(as: asked, manner: manner)
    }
  }
}
