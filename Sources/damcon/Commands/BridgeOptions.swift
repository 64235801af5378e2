import ArgumentParser
import Bridge
import Export
import Fleet
import FleetFile
import Foundation
import Journal
import Settings
import YAMLText

/// Which process a command talks to: the one that watches a fleet and keeps its journal.
struct BridgeOptions: ParsableArguments {
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

  @Option(help: "How to print it.") var format: TextOrJSON = .text

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
    if let socket { return (SocketPlace(chosen: BridgeOptions.whole(socket)), nil) }
    let path = config ?? FleetSource.defaultPath
    guard config != nil || FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        "there is no \(path) here: name the fleet file (--config) or the socket (--socket)",
        .wrongUse)
    }
    let reading: FleetFile.Reading
    do { reading = try FleetFile.load(path: path) } catch {
      throw Failure("\(error.description); or name the socket (--socket)", .wrongUse)
    }
    return (BridgeOptions.place(of: reading.fleet, named: reading.socket), reading.fleet.name)
  }

  /// Where the socket of a fleet is.
  ///
  /// - Parameter path: as its file names it.
  static func place(of fleet: Fleet, named path: String?) -> SocketPlace {
    if let path { return SocketPlace(chosen: whole(path)) }
    let environment = ProcessInfo.processInfo.environment
    return SocketPlace(
      name: JournalPlace.name(fleet.name), environment: environment,
      state: UserFolders(environment: environment).state)
  }

  private static func whole(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}

extension BridgeClient {
  /// Asks; what is refused ends the command with its reason.
  func answer(
    to request: Request, within seconds: Double = 120, _ format: TextOrJSON
  ) throws -> Reply {
    let reply: Reply
    do { reply = try ask(request, patience: seconds) } catch { throw Failure("\(error)") }
    guard case .refused(let reason) = reply else { return reply }
    if format == .json { try StandardOutput.write(document([("refused", .string(reason))])) }
    throw Failure(reason, .notFine)
  }

  /// A run, as a reply brings it.
  func run(_ request: Request, _ format: TextOrJSON) throws -> Sight {
    switch try answer(to: request, format) {
    case .run(let sight), .planned(let sight, _): return sight
    default: throw Failure("\(path): the answer is to another question")
    }
  }

  /// An object with whom it is about first.
  func document(_ members: [(String, JSONText)]) -> String {
    JSONText.object(
      [("fleet", .string(welcome.fleet)), ("environment", .string(welcome.environment))] + members
    ).pretty + "\n"
  }

  /// What has to be named for anything to be done.
  var environment: String { welcome.environment ?? welcome.fleet }
}
