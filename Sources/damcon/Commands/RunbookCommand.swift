import ArgumentParser

/// What to do when: the runbooks without the screen.
struct RunbookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runbook",
    abstract: "List runbooks, begin one, see which match and what has none.",
    discussion: """
      `damcon check` says what is wrong with them.
      """,
    subcommands: [
      RunbookList.self, RunbookNew.self, RunbookMatchCommand.self, RunbookCoverageCommand.self,
    ])
}
