import Canvas
import FoundationEssentials
package import YAMLText

/// Finds themes by name in folders, or by path.
///
/// A responder's own file wins over a compiled-in theme of that name, and that over the files shipped
/// beside the program: it looks right from the first frame on, without a file being read.
package struct ThemeLibrary: Sendable, Hashable {
  /// The responder's own folder of themes, where there is one.
  package var own: String?
  /// Folders of the program and of the system, searched in this order.
  package var shipped: [String]

  package init(own: String?, shipped: [String]) {
    self.own = own
    self.shipped = shipped
  }

  /// `damcon/themes` in the responder's configuration, `../share/damcon/themes` beside the executable,
  /// `themes` of the checkout that it was built in, and `damcon/themes` of the system's data folders.
  package static func standard(folders: UserFolders, executable: String?) -> ThemeLibrary {
    var shipped: [String] = []
    if let executable {
      shipped.append(folder(of: folder(of: executable)) + "/share/damcon/themes")
      if let build = executable.firstRange(of: "/.build/") {
        shipped.append(executable[..<build.lowerBound] + "/themes")
      }
    }
    shipped += folders.data.map { $0 + "/damcon/themes" }
    var seen: Set<String> = []
    return ThemeLibrary(
      own: folders.configuration.map { $0 + "/themes" },
      shipped: shipped.filter { seen.insert($0).inserted })
  }

  /// The names of all themes: the compiled-in ones first, then the others from A to Z.
  package func names() -> [String] {
    let compiledIn = Theme.builtIn.map(\.name)
    let found = Set(([own].compactMap(\.self) + shipped).flatMap(ThemeLibrary.names(in:)))
    return compiledIn + found.subtracting(compiledIn).sorted()
  }

  /// The names of the responder's own themes.
  package func ownNames() -> [String] { own.map(ThemeLibrary.names(in:)) ?? [] }

  private static func names(in folder: String) -> [String] {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return files.filter { $0.hasSuffix(".yaml") && !$0.hasPrefix(".") }
      .map { String($0.dropLast(5)) }.sorted()
  }

  /// Reads the theme of this name (`light`) or at this path (`./mine.yaml`).
  package func theme(_ wanted: String) throws(FileProblems) -> ThemeFile.Reading {
    try theme(wanted, depth: 0)
  }

  private func theme(_ wanted: String, depth: Int) throws(FileProblems) -> ThemeFile.Reading {
    if ThemeLibrary.isPath(wanted) { return try read(wanted, depth) }
    if let file = own.flatMap({ file(wanted, in: $0) }) { return try read(file, depth) }
    if let theme = Theme.builtIn.first(where: { $0.name == wanted }) {
      return ThemeFile.Reading(theme: theme, about: nil, warnings: [])
    }
    for folder in shipped {
      if let file = file(wanted, in: folder) { return try read(file, depth) }
    }
    throw FileProblems([
      Problem(file: nil, "no theme '\(wanted)'\(NearestWord.advice(wanted, among: names()))")
    ])
  }

  /// A file is based on another at most so many times over, or it is based on itself.
  private static let deepest = 4

  private func read(_ path: String, _ depth: Int) throws(FileProblems) -> ThemeFile.Reading {
    try ThemeFile.load(path: path) { name in
      guard depth < ThemeLibrary.deepest else { return nil }
      // Its own name means the one that it stands before.
      if name == ThemeFile.name(of: path) { return below(name, depth) }
      return try? theme(name, depth: depth + 1).theme
    }
  }

  /// The theme of this name without the responder's own.
  private func below(_ name: String, _ depth: Int) -> Theme? {
    try? ThemeLibrary(own: nil, shipped: shipped).theme(name, depth: depth + 1).theme
  }

  private func file(_ name: String, in folder: String) -> String? {
    let path = "\(folder)/\(name).yaml"
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  static func isPath(_ wanted: String) -> Bool {
    wanted.contains("/") || wanted.hasSuffix(".yaml") || wanted.hasSuffix(".yml")
  }

  private static func folder(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }
}
