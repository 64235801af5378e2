import ArgumentParser
import Canvas
import Fleet
import FleetFile
import Settings
import YAMLText

/// Validates the settings, the themes and the fleet file.
struct Check: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is wrong with a fleet file, with file:line:column.",
    discussion: """
      Looks at your settings and themes too. Exits 0 when nothing is wrong, 1 when something is.
      """)

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The fleet file.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var config: String = FleetSource.defaultPath

  @Flag(
    help: """
      Print each setting and where it came from, and the fleet as it was understood, defaults \
      filled in.
      """)
  var explain = false

  /// To see what a flag would change.
  @OptionGroup(visibility: .hidden) var look: ScreenOptions

  func run() throws {
    var wrong: [String] = []
    do {
      let preferences = try Preferences.read(look.flags)
      wrong += themeProblems(preferences)
      if explain {
        try StandardOutput.write(preferences.settings.explanation(preferences.folders))
      }
    } catch let failure as Failure {
      wrong.append(failure.sentence)
    }
    do {
      let source = try FleetSource.file(config, orFail: .notFine)
      for warning in source.warnings { Damcon.writeError("warning: \(warning)") }
      let instances = source.fleet.services.reduce(0) { $0 + $1.instances.count }
      try StandardOutput.write(
        "\(config): fine. \(source.fleet.services.count) services, \(instances) instances.\n")
      if explain { try StandardOutput.write(FleetExplanation.page(of: source.fleet)) }
    } catch let failure as Failure {
      wrong.append(failure.sentence)
    }
    guard wrong.isEmpty else { throw Failure(wrong.joined(separator: "\n"), .notFine) }
  }

  /// What is wrong with the chosen theme and the responder's own; what is odd is warned of.
  private func themeProblems(_ preferences: Preferences) -> [String] {
    var wrong: [String] = []
    do throws(FileProblems) { _ = try preferences.settings.theme(from: preferences.library) } catch
    {
      wrong += error.problems.map(\.description)
    }
    for name in preferences.library.ownNames() {
      do throws(FileProblems) {
        let reading = try preferences.library.theme(name)
        for warning in reading.warnings { Damcon.writeError("warning: \(warning)") }
        let faint = Legibility(of: reading.theme).faint()
        if let worst = faint.min(by: { $0.contrast < $1.contrast }) {
          Damcon.writeError(
            "warning: the theme \(name) is hard to read: \(worst), below 4.5"
              + (faint.count > 1 ? " (and \(faint.count - 1) more)" : ""))
        }
      } catch {
        wrong += error.problems.map(\.description).filter { !wrong.contains($0) }
      }
    }
    return wrong
  }
}
