/// Why there can be no screen here, as one sentence that says what to do instead.
package enum ScreenError: Error, Sendable, Hashable, CustomStringConvertible {
  case notATerminal
  case termUnset
  case termUnknown(String)
  /// The terminal cannot place its cursor.
  case termCannot(String)
  /// What the system said when it was asked for something the screen needs.
  case system(String)

  package var description: String {
    let instead =
      "`damcon snapshot` prints the same facts as plain text, "
      + "and `--linear` prints a line for each change"
    return switch self {
    case .notATerminal:
      "the dashboard needs a terminal, and standard output is none; \(instead)"
    case .termUnset:
      "TERM is not set, so Damcon cannot know what this terminal understands: "
        + "set it (such as TERM=xterm-256color); \(instead)"
    case .termUnknown(let term):
      "this system has no description of the terminal TERM=\(term): install ncurses-term or set "
        + "TERM to one it knows (such as xterm-256color); \(instead)"
    case .termCannot(let term):
      "a terminal of the kind TERM=\(term) cannot show a dashboard; \(instead)"
    case .system(let what): "the terminal could not be taken over: \(what); \(instead)"
    }
  }
}
