import ArgumentParser
import Bridge
import FleetFile
import Foundation
import Journal
import Settings
import YAMLText

/// Where the process is that watches a fleet and keeps its journal.
struct PlaceOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "The fleet file; else \(FleetSource.defaultPath).", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "The control socket of the process that watches the fleet; else where the fleet file says, or the user's own.",
      valueName: "path"),
    completion: .file(extensions: ["sock"]))
  var socket: String?

  /// Connects to the process that watches the fleet.
  func connect() throws -> BridgeClient {
    let (place, fleet) = try place()
    do {
      let client = try BridgeClient.connect(to: place)
      // Two files may name one socket by mistake: nobody stops another fleet than was meant.
      if let fleet, client.welcome.fleet != fleet {
        throw Failure(
          "\(client.path): what listens there watches \(client.welcome.fleet), not \(fleet)")
      }
      return client
    } catch let error as BridgeError {
      guard error.cause == .nobody else { throw Failure("\(error)") }
      let file = config ?? FleetSource.defaultPath
      throw Failure(
        "nothing that watches this fleet listens (\(error)): start it with `damcon watch --config "
          + "\(file)`, in a terminal of its own or with --linear")
    }
  }

  /// - Returns: and whose it is, where a fleet file says so.
  private func place() throws -> (SocketPlace, fleet: String?) {
    if let socket { return (SocketPlace(chosen: PlaceOptions.whole(socket)), nil) }
    let path = config ?? FleetSource.defaultPath
    guard config != nil || FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        "there is no \(path) here: name the fleet file (--config) or the socket (--socket)",
        .wrongUse)
    }
    let door: FleetDoor
    do { door = try FleetDoor(path: path) } catch {
      throw Failure("\(error.description); or name the socket (--socket)", .wrongUse)
    }
    return (PlaceOptions.place(of: door.name, named: door.socket), door.name)
  }

  /// Where the socket of a fleet is.
  ///
  /// - Parameter path: as its file names it.
  static func place(of fleet: String, named path: String?) -> SocketPlace {
    if let path { return SocketPlace(chosen: whole(path)) }
    let environment = ProcessInfo.processInfo.environment
    return SocketPlace(
      name: JournalPlace.name(fleet), environment: environment,
      state: UserFolders(environment: environment).state)
  }

  private static func whole(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }

  /// Where a daemon of this host puts its socket that everybody who may can find.
  static let shared = "/run/damcon"

  /// Finds the session that is meant; where nothing is named, the only one there is.
  func session() throws -> FoundSession {
    let isNamed =
      socket != nil || config != nil
      || FileManager.default.fileExists(atPath: FleetSource.defaultPath)
    guard isNamed else { return try only() }
    let client = try connect()
    return FoundSession(SocketPlace(chosen: client.path), client.welcome)
  }

  private func only() throws -> FoundSession {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: PlaceOptions.shared)) ?? []
    var found: [FoundSession] = []
    var trouble: BridgeError?
    for file in files.sorted() where file.hasSuffix(".sock") {
      // One that a daemon has left behind is nobody's.
      do throws(BridgeError) {
        found.append(
          try FoundSession.at(SocketPlace(chosen: "\(PlaceOptions.shared)/\(file)")))
      } catch { if error.cause != .nobody { trouble = trouble ?? error } }
    }
    guard found.count <= 1 else {
      let names = found.flatMap(\.place.paths).joined(separator: ", ")
      throw Failure("there are several sessions here: name one with --socket (\(names))", .wrongUse)
    }
    if let found = found.first { return found }
    if let trouble { throw Failure("\(trouble)") }
    throw Failure(
      "no session is found: there is no \(FleetSource.defaultPath) here and nobody listens in "
        + "\(PlaceOptions.shared); name the fleet file (--config) or the socket (--socket)",
      .wrongUse)
  }
}
