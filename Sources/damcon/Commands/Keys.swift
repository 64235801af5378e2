import ArgumentParser
import Console

/// The key bindings, from the table that the dashboard itself reads.
struct Keys: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the key bindings.")

  func run() throws { try StandardOutput.write(KeyMap.standard.text) }
}
