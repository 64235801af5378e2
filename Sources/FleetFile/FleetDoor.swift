package import YAMLText
import Yams

/// What of a fleet file has to be read to talk to who watches it: whatever else is wrong with it, somebody who is in
/// the middle of something is not kept from acting.
package struct FleetDoor: Sendable, Hashable {
  /// Of the fleet.
  package var name: String
  /// As the file names it; nil where it does not.
  package var socket: String?

  /// Reads these of the file at `path` alone; throws where it is no YAML, or where one of them is no text.
  package init(path: String) throws(FileProblems) {
    let text = try FleetFile.text(at: path)
    let log = ProblemLog(file: path)
    guard let root = try YAMLDocument.root(of: text, path: path) else {
      throw FileProblems([Problem(file: path, "the file is empty; it needs services:")])
    }
    func value(_ key: String) -> YAMLValue? {
      root[key].map { YAMLValue(node: $0, name: key, log: log) }
    }
    name = value("fleet")?.text("the fleet's name") ?? "fleet"
    socket = value("socket").flatMap(SocketReader.path)
    guard log.problems.isEmpty else { throw FileProblems(log.problems) }
  }
}
