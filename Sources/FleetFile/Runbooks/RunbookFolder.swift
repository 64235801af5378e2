import Foundation
package import Runbooks
package import YAMLText

/// The runbooks below a folder.
package struct RunbookFolder: Sendable {
  package private(set) var files: [RunbookFile] = []
  /// What could not be read at all.
  package private(set) var problems: [Problem] = []

  /// More than any fleet has; a folder named by mistake must not be read for ever.
  package static let fileLimit = 5000
  private static let entryLimit = 100_000

  /// Reads every file below `path` that is a runbook, in the order of their names; `path` may be a file.
  ///
  /// A file is one where its name ends in `.md`, or has no ending and its text begins as Markdown does.
  /// What begins with a dot or an underscore, and what is called README, is none.
  ///
  /// - Parameter revision: of the file at a path, where the folder is kept in git.
  package init(_ path: String, revision: (String) -> String? = { _ in nil }) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      problems.append(Problem(file: path, "cannot be read: there is no such file or folder"))
      return
    }
    guard isFolder.boolValue else {
      let name = path.split(separator: "/").last.map(String.init) ?? path
      read(path, name, revision)
      return
    }
    let base = path.hasSuffix("/") ? String(path.dropLast()) : path
    for name in RunbookFolder.names(below: base) {
      guard files.count < RunbookFolder.fileLimit else {
        problems.append(
          Problem(file: path, "has more than \(RunbookFolder.fileLimit) runbooks: the rest is left")
        )
        return
      }
      read("\(base)/\(name)", name, revision)
    }
  }

  /// Names of files below a folder, sorted.
  package static func names(below folder: String) -> [String] {
    guard let walk = FileManager.default.enumerator(atPath: folder) else { return [] }
    var names: [String] = []
    var entries = 0
    while let name = walk.nextObject() as? String {
      entries += 1
      guard entries < entryLimit else { break }
      let last = name.split(separator: "/").last ?? ""
      let isFolder = walk.fileAttributes?[.type] as? FileAttributeType == .typeDirectory
      if last.hasPrefix(".") || last.hasPrefix("_") {
        if isFolder { walk.skipDescendants() }
      } else if !isFolder, isRunbook(last) {
        names.append(name)
      }
    }
    return names.sorted()
  }

  private static func isRunbook(_ name: Substring) -> Bool {
    let small = name.lowercased()
    if small.hasPrefix("readme") || small == "license" || small == "makefile" { return false }
    return small.hasSuffix(".md") || small.hasSuffix(".markdown") || !small.contains(".")
  }

  private mutating func read(
    _ path: String, _ name: String, _ revision: (String) -> String?
  ) {
    do throws(FileProblems) {
      let source = try YAMLDocument.text(at: path, noun: "runbook", upTo: RunbookFile.largest)
      if !name.contains("."), !source.hasPrefix("---"), !source.hasPrefix("#") { return }
      files.append(RunbookFile(source, path: path, name: name, revision: revision(path)))
    } catch {
      problems += error.problems
    }
  }

  package var runbooks: [Runbook] { files.map(\.runbook) }
}
