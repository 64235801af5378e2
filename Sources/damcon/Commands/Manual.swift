import ArgumentParser

/// The man page, from the same text as `--help`.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the man page.", shouldDisplay: false)

  func run() throws {
    var page = """
      .TH DAMCON 1 "" "damcon \(Version.current)" "User Commands"
      .SH NAME
      damcon \\- the terminal you open when you are paged
      .SH SYNOPSIS
      .B damcon
      [command] [options]
      .SH DESCRIPTION

      """
    page += Manual.verbatim(Damcon.helpMessage(columns: 78))
    for command in Damcon.configuration.subcommands where command.configuration.shouldDisplay {
      let name = command.configuration.commandName ?? "\(command)".lowercased()
      page += ".SH \"DAMCON \(name.uppercased())\"\n"
      page += Manual.verbatim(Damcon.helpMessage(for: command, columns: 78))
      for part in command.configuration.subcommands {
        let own = part.configuration.commandName ?? "\(part)".lowercased()
        page += ".SH \"DAMCON \(name.uppercased()) \(own.uppercased())\"\n"
        page += Manual.verbatim(Damcon.helpMessage(for: part, columns: 78))
      }
    }
    page += ".SH KEYS\nSee\n.BR \"damcon keys\" .\n"
    try StandardOutput.write(page)
  }

  /// Lines as they stand; what roff would read as a request is made plain.
  private static func verbatim(_ text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let escaped = line.replacing("\\", with: "\\\\").replacing("-", with: "\\-")
      return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }
    return ".nf\n" + lines.joined(separator: "\n") + "\n.fi\n"
  }
}
