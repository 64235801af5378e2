package import Canvas
package import YAMLText
import Yams

/// `themes/*.yaml`: reads a theme out of a file, or says everything that is wrong with it.
package enum ThemeFile {
  /// A theme that was read, and what is worth knowing about its file.
  package struct Reading: Sendable, Hashable {
    package var theme: Theme
    /// What the theme is for, in a sentence of its author's.
    package var about: String?
    package var warnings: [Problem]
  }

  package static let keys = ["about", "based_on", "colors", "grounds", "roles"]
  package static let colorKeys = ["rgb", "ansi", "indexed"]
  static let largestFile = 1 << 20

  /// Reads the file at `path`; its name without the ending is the theme's.
  ///
  /// - Parameter base: finds the theme that a file is based on.
  package static func load(
    path: String, base: (String) -> Theme? = { _ in nil }
  ) throws(FileProblems) -> Reading {
    let text = try YAMLDocument.text(at: path, noun: "theme file", upTo: largestFile)
    return try parse(text, path: path, base: base)
  }

  /// Reads `text` as the content of the file at `path`, which is not looked at.
  package static func parse(
    _ text: String, path: String, base: (String) -> Theme? = { _ in nil }
  ) throws(FileProblems) -> Reading {
    guard let root = try YAMLDocument.root(of: text, path: path) else {
      throw FileProblems([Problem(file: path, "the file is empty; a theme has roles:")])
    }
    let log = ProblemLog(file: path)
    let value = YAMLValue(node: root, name: "", log: log)
    guard case .mapping(let mapping) = root else {
      log.error("expected the keys of a theme, such as roles:, found \(value.found)", at: root.mark)
      throw FileProblems(log.problems)
    }
    let section = YAMLSection(mapping, title: "the theme", name: "", keys: keys, log: log)
    let theme = ThemeReader(section, log: log).theme(named: name(of: path), base: base)
    let about = section["about"]?.text("a sentence")
    guard log.problems.isEmpty else { throw FileProblems(log.problems) }
    return Reading(theme: theme, about: about, warnings: log.warnings)
  }

  /// `/a/b/war-room.yaml`: `war-room`.
  static func name(of path: String) -> String {
    let file = path.split(separator: "/").last ?? ""
    for ending in [".yaml", ".yml"] where file.hasSuffix(ending) {
      return String(file.dropLast(ending.count))
    }
    return String(file)
  }
}
