import ArgumentParser

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
}
