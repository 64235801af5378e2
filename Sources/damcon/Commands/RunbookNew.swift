import ArgumentParser
import Export
import Fleet
import FleetFile
import Foundation

/// A runbook to begin with.
struct RunbookNew: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a runbook to fill in, with every key and every section.",
    discussion: """
      It goes to --folder, else to the first folder of runbooks of the fleet file, else to runbooks/. \
      Its owner is the service's. `damcon check` then says what is still to be filled in.
      """)

  @Argument(help: ArgumentHelp("Its name, such as pricing-timeout.", valueName: "id"))
  var id: String

  @Option(help: ArgumentHelp("The service that it is for.", valueName: "name"))
  var service: String?

  @Option(help: ArgumentHelp("Where to write it.", valueName: "folder"), completion: .directory)
  var folder: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "The fleet file; else \(FleetSource.defaultPath), where there is one.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Flag(help: "Write over a runbook that is there.") var force = false

  @Option(help: "How to print where it was written.") var format: TextOrJSON = .text

  func validate() throws {
    guard id.utf8.count <= 120, id.first?.isLetter == true || id.first?.isNumber == true,
      id.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }),
      !id.lowercased().hasPrefix("readme")
    else {
      throw ValidationError(
        "'\(id)' is no name for a runbook: letters, digits, '-', '_' and '.', such as pricing-timeout."
      )
    }
  }

  func run() throws {
    let source = try RunbookOptions.source(config)
    if let service, let fleet = source?.fleet,
      !fleet.services.contains(where: { $0.name == service })
    {
      throw Failure(
        "there is no service '\(service)'; there is "
          + fleet.services.map(\.name).joined(separator: ", "), .wrongUse)
    }
    let folder = folder ?? source?.shelf.folders.first ?? "runbooks"
    let path = (folder.hasSuffix("/") ? folder : folder + "/") + id + ".md"
    guard force || !FileManager.default.fileExists(atPath: path) else {
      throw Failure("\(path) is there already; --force writes over it", .wrongUse)
    }
    let skeleton = RunbookSkeleton(
      id: id, service: service,
      owner: source?.fleet.services.first { $0.name == service }?.owner,
      today: Today.day)
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      try Data(skeleton.text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch { throw Failure("\(path) cannot be written: \(error.localizedDescription)") }
    switch format {
    case .text:
      try StandardOutput.write(
        LineText.clean("\(path) is written: fill it in, then ask damcon check"))
    case .json:
      try StandardOutput.write(
        JSONText.object([("id", .string(id)), ("path", .string(path))]).pretty + "\n")
    }
  }
}
