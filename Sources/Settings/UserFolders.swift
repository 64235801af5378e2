/// Where a person's and a system's files lie, by the XDG base directory specification.
package struct UserFolders: Sendable, Hashable {
  package var home: String?
  /// `damcon` in the responder's configuration; nil where there is no home.
  package var configuration: String?
  /// `damcon` among what programs remember of a person's use of them; nil where there is no home.
  package var state: String?
  /// The system's data folders.
  package var data: [String]

  /// As the environment says; a path that is not absolute counts as not set.
  package init(environment: [String: String]) {
    func absolute(_ text: String?) -> String? { text.flatMap { $0.hasPrefix("/") ? $0 : nil } }
    home = absolute(environment["HOME"]).map(UserFolders.bare)
    let folder = absolute(environment["XDG_CONFIG_HOME"]).map(UserFolders.bare)
    configuration = (folder ?? home.map { $0 + "/.config" }).map { $0 + "/damcon" }
    let remembered = absolute(environment["XDG_STATE_HOME"]).map(UserFolders.bare)
    state = (remembered ?? home.map { $0 + "/.local/state" }).map { $0 + "/damcon" }
    let listed = environment["XDG_DATA_DIRS"] ?? ""
    data = (listed.isEmpty ? "/usr/local/share:/usr/share" : listed)
      .split(separator: ":").compactMap { absolute(String($0)).map(UserFolders.bare) }
  }

  /// The path with `~` for the home, as a person would write it.
  package func short(_ path: String) -> String {
    guard let home, home.count > 1, path.hasPrefix(home + "/") else { return path }
    return "~" + path.dropFirst(home.count)
  }

  private static func bare(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return path
  }
}
