package import Canvas
package import Console
import FoundationEssentials
package import YAMLText
import Yams

/// `config.yaml`: what a responder has chosen for good. A file with anything wrong in it says so, and
/// counts for nothing.
package struct SettingsFile: Sendable, Hashable {
  package internal(set) var theme: Setting<String>?
  package internal(set) var color: Setting<ColorDepth>?
  package internal(set) var glyphs: Setting<GlyphChoice>?
  package internal(set) var mouse: Setting<Bool>?
  package internal(set) var bell: Setting<Bool>?
  package internal(set) var link: Setting<Int>?
  package internal(set) var linear: Setting<Bool>?
  package internal(set) var columns: Setting<[FleetColumn]>?
  package internal(set) var keys: Setting<KeyMap>?

  package init() {}

  /// Reads the responder's file; one that is not there says nothing.
  package static func load(_ folders: UserFolders) throws(FileProblems) -> SettingsFile {
    guard let path = path(in: folders), FileManager.default.fileExists(atPath: path) else {
      return SettingsFile()
    }
    return try load(path: path, home: folders.home)
  }

  /// Where the responder's file is looked for; nil where there is no home.
  package static func path(in folders: UserFolders) -> String? {
    folders.configuration.map { $0 + "/config.yaml" }
  }

  package static func load(
    path: String, home: String? = nil
  ) throws(FileProblems) -> SettingsFile {
    let text = try YAMLDocument.text(at: path, noun: "settings file", upTo: 1 << 20)
    return try parse(text, path: path, home: home)
  }

  /// Reads `text` as the content of the file at `path`, which is not looked at.
  ///
  /// - Parameter home: what `~/` in a path stands for.
  package static func parse(
    _ text: String, path: String, home: String? = nil
  ) throws(FileProblems) -> SettingsFile {
    // All comments is what a file looks like before the first choice.
    guard let root = try YAMLDocument.root(of: text, path: path) else { return SettingsFile() }
    let log = ProblemLog(file: path)
    let value = YAMLValue(node: root, name: "", log: log)
    if value.isNull { return SettingsFile() }
    guard case .mapping(let mapping) = root else {
      log.error("expected settings, such as theme: light, found \(value.found)", at: root.mark)
      throw FileProblems(log.problems)
    }
    let section = YAMLSection(
      mapping, title: "the settings", name: "", keys: SettingKey.allCases.map(\.rawValue),
      log: log)
    let file = SettingsReader(section, path: path, home: home).file()
    guard log.problems.isEmpty else { throw FileProblems(log.problems) }
    return file
  }
}
