import ArgumentParser
import Fleet
import FleetFile
import Foundation
import YAMLText

/// Which fleet a command is about: addresses on the command line, or a fleet file.
struct FleetOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      "Base addresses of services to watch; Damcon works out the rest.", valueName: "url"))
  var urls: [String] = []

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The fleet file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String?

  @Option(
    help: ArgumentHelp(
      "Seconds from one poll to the next, where only addresses are given.", valueName: "seconds"))
  var interval: Double?

  func validate() throws {
    if config != nil, !urls.isEmpty {
      throw ValidationError("Give addresses or --config, not both.")
    }
    if let interval, !(0.2...3600).contains(interval) {
      throw ValidationError("--interval is from 0.2 to 3600 seconds.")
    }
  }

  /// The fleet that is meant. With addresses alone and little time to watch them, they are asked
  /// often enough for a rate to be told.
  ///
  /// - Parameter warn: told what is odd about a file that can be read; else standard error is.
  func source(
    watchedFor seconds: Double? = nil,
    warn: (String) -> Void = { Damcon.writeError("warning: \($0)") }
  ) throws -> FleetSource {
    if urls.isEmpty {
      let path = config ?? FleetSource.defaultPath
      guard config != nil || FileManager.default.fileExists(atPath: path) else {
        throw Failure(
          "there is no \(path) here: name addresses to watch (damcon watch http://host:8080), a "
            + "fleet file (--config), or see `damcon demo`", .wrongUse)
      }
      let source = try FleetSource.file(path)
      for warning in source.warnings { warn(warning) }
      return source
    }
    var fleet: Fleet
    do { fleet = try FleetFile.fromURLs(urls) } catch {
      throw Failure(error.description, .wrongUse)
    }
    let usual = PollPolicy().interval
    let pace = interval ?? seconds.map { min(usual, max(0.5, $0 / 6)) } ?? usual
    for service in fleet.services.indices {
      for instance in fleet.services[service].instances.indices {
        fleet.services[service].instances[instance].polling.interval = pace
      }
    }
    return .fixed(fleet)
  }
}
