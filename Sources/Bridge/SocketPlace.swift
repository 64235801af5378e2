import Foundation

/// Where a fleet's control socket is, so that both sides find it.
package struct SocketPlace: Sendable, Hashable {
  /// In the order in which they are tried.
  package var paths: [String]
  /// Somebody chose it: nothing else will do, and its folder may be shared with a group.
  package var isChosen: Bool
  /// The folder that is made with those above it, where it is not there.
  private(set) var home: String?

  /// The one that a fleet file or a command line names.
  package init(chosen path: String) {
    paths = [path]
    isChosen = true
  }

  /// A user's own: what the login gives them for as long as it lasts, else where Damcon remembers things.
  ///
  /// - Parameters:
  ///   - name: of the fleet, as that of a file.
  ///   - state: Damcon's folder among what programs remember of a person's use of them.
  package init(
    name: String, environment: [String: String], state: String?, user: UInt32 = geteuid()
  ) {
    var folders: [String] = []
    if let runtime = environment["XDG_RUNTIME_DIR"], runtime.hasPrefix("/") {
      folders.append(runtime + "/damcon")
    }
    folders.append("/run/user/\(user)/damcon")
    if let state { folders.append(state) }
    home = state
    paths = []
    for folder in folders {
      let path = "\(folder)/\(name).sock"
      if !paths.contains(path) { paths.append(path) }
    }
    isChosen = false
  }
}
