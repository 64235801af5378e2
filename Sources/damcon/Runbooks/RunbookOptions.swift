import ArgumentParser
import Fleet
import FleetFile
import Foundation
import Runbooks

/// Which runbooks a command is about: a fleet file's, or those of folders.
struct RunbookOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "The fleet file; else \(FleetSource.defaultPath), where there is one.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    name: .customLong("runbooks"),
    help: ArgumentHelp(
      "A folder of runbooks, instead of the fleet file's; may be given again.", valueName: "folder"
    ),
    completion: .directory)
  var folders: [String] = []

  /// The fleet file that is meant; nil where none is named and there is none.
  func source() throws -> FleetSource? { try RunbookOptions.source(config) }

  static func source(_ config: String?) throws -> FleetSource? {
    let path = config ?? FleetSource.defaultPath
    guard config != nil || FileManager.default.fileExists(atPath: path) else { return nil }
    return try FleetSource.file(path)
  }

  /// The runbooks of the folders, else of the fleet file.
  func shelf(_ source: FleetSource?) throws -> RunbookShelf {
    if folders.isEmpty, source == nil {
      throw Failure(
        "there is no \(FleetSource.defaultPath) here: name a fleet file (--config) or a folder of "
          + "runbooks (--runbooks)", .wrongUse)
    }
    if folders.isEmpty, source?.shelf.folders.isEmpty != false {
      throw Failure(
        "\(config ?? FleetSource.defaultPath) names no folder of runbooks: add runbooks: to it, or "
          + "give one (--runbooks)", .wrongUse)
    }
    for folder in folders where !FileManager.default.fileExists(atPath: folder) {
      throw Failure("--runbooks: there is no \(folder)", .wrongUse)
    }
    let shelf = folders.isEmpty ? source?.shelf : RunbookShelf(folders)
    for problem in shelf?.problems ?? [] { Damcon.writeError("warning: \(problem)") }
    return shelf ?? RunbookShelf([])
  }
}

enum TextOrJSON: String, ExpressibleByArgument, CaseIterable { case text, json }
