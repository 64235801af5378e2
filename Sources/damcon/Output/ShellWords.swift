import Containment

/// A command as somebody can paste it into a shell.
enum ShellWords {
  static func text(_ words: [String]) -> String {
    PlannedOrder.command(PlannedCommand(arguments: words)).words
  }
}
