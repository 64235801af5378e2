package import Containment
package import Fleet
package import YAMLText
import Yams

/// `damcon.yaml`: reads a fleet out of it, or says everything that is wrong with it.
package enum FleetFile {
  /// A fleet that was read, and what is worth knowing about its file.
  package struct Reading: Sendable, Hashable {
    package var fleet: Fleet
    /// What it was read from.
    package var text: String
    package var warnings: [Problem]
    /// Where its runbooks are, from where it was read.
    package var runbookFolders: [String] = []
    /// What may be triggered, and what runbooks may be bound to.
    package var actions: [Action] = []
    /// Plans of several of them.
    package var maneuvers: [Maneuver] = []
    /// Files with more of them, from where it was read.
    package var actionFiles: [String] = []
    /// Where other logins talk to who watches it; nil: at the user's own place.
    package var socket: String?
    /// What may be triggered without a person.
    package var rules: [Rule] = []
  }

  package static let largestFile = 4 << 20

  /// Reads the file at `path`; relative paths inside it are relative to it.
  package static func load(path: String) throws(FileProblems) -> Reading {
    try parse(try text(at: path), path: path)
  }

  /// Reads `text` as the content of the file at `path`, which is not looked at.
  package static func parse(_ text: String, path: String) throws(FileProblems) -> Reading {
    let log = ProblemLog(file: path)
    guard let root = try YAMLDocument.root(of: text, path: path) else {
      throw FileProblems([Problem(file: path, "the file is empty; it needs services:")])
    }
    var reader = FleetReader(folder: folder(of: path), log: log)
    let fleet = reader.fleet(YAMLValue(node: root, name: "", log: log))
    if log.budget <= 0 {
      log.error("the file unfolds to too many values: are its aliases nested?", at: nil)
    }
    guard let fleet, log.problems.isEmpty else { throw FileProblems(log.problems) }
    var reading = Reading(fleet: fleet, text: text, warnings: log.warnings)
    let silent = ProblemLog(file: path)
    if let node = root["runbooks"] {
      let folder = folder(of: path)
      reading.runbookFolders = YAMLValue(node: node, name: "runbooks", log: silent).texts(
        "a folder"
      )
      .map { $0.hasPrefix("/") || folder.isEmpty ? $0 : "\(folder)/\($0)" }
    }
    reading.actions = reader.actions
    reading.actionFiles = ActionFiles.paths(root["actions"], in: folder(of: path))
    reading.maneuvers = reader.maneuvers
    reading.socket = reader.socket
    reading.rules = reader.rules
    return reading
  }

  /// Reads what the mapping under `key` of a text says of a fleet that is there already, in the
  /// fleet file's own words: objectives, capabilities, journeys. Nothing to read changes nothing.
  package static func amend(
    _ fleet: Fleet, by text: String, under key: String, path: String
  ) throws(FileProblems) -> Fleet {
    let log = ProblemLog(file: path)
    guard let root = try YAMLDocument.root(of: text, path: path), let part = root[key]
    else { return fleet }
    var reader = FleetReader(folder: folder(of: path), log: log)
    reader.base = fleet
    let amended = reader.fleet(YAMLValue(node: part, name: "", log: log))
    guard let amended, log.problems.isEmpty else { throw FileProblems(log.problems) }
    return amended
  }

  /// Seconds of `5s`, `300ms`, `1m30s`, `30d`; nil where it is no such length of time.
  package static func seconds(_ text: String) -> Double? { Quantity.seconds(text) }

  /// Files with more actions that the text of a fleet file names, whatever else is wrong with it.
  static func actionFiles(of text: String, path: String) -> [String] {
    let root = try? YAMLDocument.root(of: text, path: path)
    return ActionFiles.paths(root?["actions"], in: folder(of: path))
  }

  static func text(at path: String) throws(FileProblems) -> String {
    try YAMLDocument.text(at: path, noun: "fleet file", upTo: largestFile)
  }

  /// What stands before the last slash; nothing where there is none.
  static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
