import ArgumentParser
import Console
import Settings

/// The key bindings in force, from the table that the dashboard itself reads.
struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the key bindings, your own included.")

  func run() throws { try StandardOutput.write(try Preferences.read().settings.keys.value.text) }
}
