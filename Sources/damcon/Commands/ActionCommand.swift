import ArgumentParser

/// Containment without the screen.
struct ActionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "action",
    abstract: "Plan, run, watch and take back actions without the screen.",
    discussion: """
      Talks to the process that watches the fleet and keeps its journal (`damcon watch`), over a Unix \
      socket of this host: who you are is what the operating system says, and what you may is what the \
      fleet file says. What the dashboard refuses is refused here.

      Exit codes: 0 done, 1 refused or it did not go well, 2 wrong use, 3 nobody listens.
      """,
    subcommands: [
      ActionList.self, ActionPlanCommand.self, ActionRunCommand.self, ActionStatus.self,
      ActionRevert.self, ActionRecover.self, ActionDryRun.self, ActionCancel.self,
      ActionReconcile.self, ActionStop.self,
    ])
}
