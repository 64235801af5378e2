package import Fleet
import Foundation
import Yams

/// `damcon.yaml`: reads a fleet out of it, or says everything that is wrong with it.
package enum FleetFile {
  /// A fleet that was read, and what is worth knowing about its file.
  package struct Reading: Sendable, Hashable {
    package var fleet: Fleet
    package var warnings: [Problem]
  }

  package static let largestFile = 4 << 20

  /// Reads the file at `path`; relative paths inside it are relative to it.
  package static func load(path: String) throws(FleetFileError) -> Reading {
    try parse(try text(at: path), path: path)
  }

  /// Reads `text` as the content of the file at `path`, which is not looked at.
  package static func parse(_ text: String, path: String) throws(FleetFileError) -> Reading {
    let log = ProblemLog(file: path)
    guard let root = try document(text, path: path) else {
      throw FleetFileError([Problem(file: path, "the file is empty; it needs services:")])
    }
    let reader = FleetReader(folder: folder(of: path), log: log)
    let fleet = reader.fleet(YAMLValue(node: root, name: "", log: log))
    if log.budget <= 0 {
      log.error("the file unfolds to too many values: are its aliases nested?", at: nil)
    }
    guard let fleet, log.problems.isEmpty else { throw FleetFileError(log.problems) }
    return Reading(fleet: fleet, warnings: log.warnings)
  }

  /// Seconds of `5s`, `300ms`, `1m30s`, `30d`; nil where it is no such length of time.
  package static func seconds(_ text: String) -> Double? { Quantity.seconds(text) }

  /// What stands before the last slash; nothing where there is none.
  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  static func text(at path: String) throws(FleetFileError) -> String {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw FleetFileError([Problem(file: path, "cannot be read: \(reason(error))")])
    }
    guard data.count <= largestFile else {
      throw FleetFileError([Problem(file: path, "is larger than 4 MiB: this is no fleet file")])
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw FleetFileError([Problem(file: path, "is not UTF-8 text")])
    }
    return text
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile: "there is no such file"
    case .fileReadNoPermission: "permission denied"
    default: "it is no readable file"
    }
  }

  // MARK: YAML

  private static func document(_ text: String, path: String) throws(FleetFileError) -> Node? {
    do {
      return try compose(yaml: text, .basic)
    } catch {
      throw FleetFileError([problem(error, in: text, path: path)])
    }
  }

  private static func problem(_ error: any Error, in text: String, path: String) -> Problem {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    func at(_ mark: Mark, _ sentence: String) -> Problem {
      Problem(file: path, line: mark.line, column: mark.column, sentence)
    }
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _)?,
      .parser(let context, let problem, let mark, _)?,
      .composer(let context, let problem, let mark, _)?:
      if lines.indices.contains(mark.line - 1) {
        let rest = lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1)
        if rest.first == "\t" { return at(mark, "tabs cannot indent YAML; use spaces") }
      }
      let during = context.map { " \($0.text)" } ?? ""
      return at(mark, "not YAML: \(problem)\(during)")
    case .reader(let problem, _, _, _)?: return Problem(file: path, "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context)?:
      let key = keys.first ?? ""
      let second = second(key, after: context.mark, in: lines)
      return Problem(
        file: path, line: second ?? context.mark.line, column: context.mark.column,
        "the key '\(key)' is written twice"
          + (second == nil ? "" : "; it is also on line \(context.mark.line)"))
    default: return Problem(file: path, "not YAML that can be read")
    }
  }

  /// The line on which `key` is written again: Yams tells the first place only.
  private static func second(_ key: String, after first: Mark, in lines: [Substring]) -> Int? {
    for index in lines.indices.dropFirst(first.line) {
      let scalars = lines[index].unicodeScalars
      let before = scalars.prefix(first.column - 1)
      let rest = String(String.UnicodeScalarView(scalars.dropFirst(first.column - 1)))
      if before.count == first.column - 1, before.allSatisfy({ $0 == " " }),
        ["\(key):", "\"\(key)\":", "'\(key)':", "\(key) :"].contains(where: rest.hasPrefix)
      {
        return index + 1
      }
    }
    return nil
  }
}
