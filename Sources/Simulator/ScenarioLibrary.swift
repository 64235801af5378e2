import FoundationEssentials

/// Finds scenarios by name in folders, or by path.
package struct ScenarioLibrary: Sendable {
  /// Searched in this order; the first that has the name wins.
  package var folders: [String]

  package init(folders: [String]) { self.folders = folders }

  /// What is looked for, and where it was not.
  package struct NotFound: Error, CustomStringConvertible {
    package var description: String
  }

  /// The folders of an installed or a checked-out program: `../share/damcon/samples/scenarios`
  /// beside the executable, then `samples/scenarios` in the folders above it and above `directory`.
  package static func standard(executable: String?, directory: String) -> ScenarioLibrary {
    var folders: [String] = []
    if let executable {
      let home = above(executable)
      folders.append(above(home) + "/share/damcon/samples/scenarios")
      folders += upward(from: home)
    }
    folders += upward(from: directory)
    var seen: Set<String> = []
    return ScenarioLibrary(folders: folders.filter { seen.insert($0).inserted })
  }

  /// Reads the scenario of this name (`pricing-timeout`) or at this path (`./mine.yaml`).
  package func scenario(_ wanted: String) throws -> Scenario {
    if wanted.contains("/") || wanted.hasSuffix(".yaml") || wanted.hasSuffix(".yml") {
      return try read(wanted)
    }
    for folder in folders {
      let path = "\(folder)/\(wanted).yaml"
      if FileManager.default.fileExists(atPath: path) { return try read(path) }
    }
    let known = names()
    if known.isEmpty {
      throw NotFound(
        description:
          "no scenario \"\(wanted)\": no scenarios are installed; looked in "
          + folders.joined(separator: ", "))
    }
    if let near = NearestWord.to(wanted, among: known) {
      throw NotFound(description: "no scenario \"\(wanted)\"; did you mean \"\(near)\"?")
    }
    throw NotFound(
      description: "no scenario \"\(wanted)\"; there is \(known.joined(separator: ", "))")
  }

  /// The names of all scenarios in the folders, sorted.
  package func names() -> [String] {
    var names: Set<String> = []
    for folder in folders {
      for file in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      where file.hasSuffix(".yaml") {
        names.insert(String(file.dropLast(5)))
      }
    }
    return names.sorted()
  }

  private func read(_ path: String) throws -> Scenario {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw NotFound(description: "cannot read the scenario \(path)")
    }
    guard data.count <= 1 << 20 else {
      throw NotFound(description: "\(path) has more than 1 MiB: that is no scenario")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw NotFound(description: "\(path) is not UTF-8 text")
    }
    return try Scenario(yaml: text, file: path)
  }

  private static func above(_ path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  private static func upward(from directory: String) -> [String] {
    var folders: [String] = []
    var present = directory
    while present.count > 1, present != "." {
      folders.append("\(present)/samples/scenarios")
      present = above(present)
    }
    if present == "." { folders.append("samples/scenarios") }
    return folders
  }
}
