import Containment
import YAMLText
import Yams

/// The files that `actions:` of a fleet file names, each with more actions in it: `- file: actions/haproxy.yaml`.
struct ActionFiles {
  /// The services that an action may be for, by name.
  let services: [String]
  /// What relative paths are relative to.
  let folder: String
  let log: ProblemLog
  /// What was read, each with what is wrong with it.
  private(set) var parts: [(section: YAMLSection, log: ProblemLog)] = []

  /// The names of those that cannot be read.
  private(set) var unread: [String] = []

  static let most = 32
  private static let largest = 1 << 20

  init(services: [String], folder: String, log: ProblemLog) {
    self.services = services
    self.folder = folder
    self.log = log
  }

  /// Whether an item of the list is a file, and no action.
  static func isFile(_ node: Node) -> Bool {
    guard case .mapping = node else { return false }
    return node["file"] != nil && node["name"] == nil
  }

  /// The paths that a list names, from where the fleet file was read.
  static func paths(_ node: Node?, in folder: String) -> [String] {
    guard case .sequence(let items)? = node else { return [] }
    return items.filter(isFile).prefix(most).compactMap { $0["file"]?.scalar?.string }
      .map { resolve($0, in: folder) }
  }

  /// - Parameter own: the actions of the fleet file itself.
  mutating func actions(_ value: YAMLValue, besides own: [Action]) -> [Action] {
    guard case .sequence = value.node else { return [] }
    let items = value.list().filter { ActionFiles.isFile($0.node) }
    if items.count > ActionFiles.most {
      log.error(
        "\(value.name): at most \(ActionFiles.most) files, found \(items.count)", at: value.mark)
    }
    var names = Set(own.map(\.name))
    var all: [Action] = []
    for item in items.prefix(ActionFiles.most) {
      guard let section = item.section("a file of actions", keys: Keys.actionFile),
        let place = section["file"], let name = place.text("the path of a file")
      else { continue }
      for action in actions(ofFile: resolve(name, in: folder), place) {
        if names.insert(action.name).inserted {
          all.append(action)
        } else {
          log.error("\(place.name): the action '\(action.name)' is there already", at: place.mark)
        }
      }
    }
    return all
  }

  private mutating func actions(ofFile path: String, _ place: YAMLValue) -> [Action] {
    let root: Node?
    do throws(FileProblems) {
      let text = try YAMLDocument.text(
        at: path, noun: "file of actions", upTo: ActionFiles.largest)
      root = try YAMLDocument.root(of: text, path: path)
    } catch {
      // What is wrong inside of it has a place of its own.
      for problem in error.problems {
        if problem.line == nil {
          log.error("\(place.name): \(path) \(problem.text)", at: place.mark)
        } else {
          log.take(problem)
        }
      }
      return []
    }
    let own = ProblemLog(file: path)
    guard let root, case .mapping(let mapping) = root else {
      log.error("\(place.name): expected actions: in \(path), found none", at: place.mark)
      return []
    }
    let section = YAMLSection(
      mapping, title: "a file of actions", name: "", keys: ["actions"], log: own)
    parts.append((section, own))
    guard let value = section["actions"] else {
      log.error("\(place.name): expected actions: in \(path), found none", at: place.mark)
      return []
    }
    var reader = ActionReader(
      services: services, folder: FleetFile.folder(of: path), log: own)
    let actions = reader.actions(value)
    unread += reader.unread
    return actions
  }
}
