import ArgumentParser
import Conditions
import Export
import Fleet
import Runbooks

/// The runbooks there are.
struct RunbookList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the runbooks, or those that words are found in.",
    discussion: """
      Words are looked for in names first, then in tags, then anywhere. Exits 1 where none is found.
      """)

  @Argument(help: "What to look for.") var words: [String] = []
  @OptionGroup var runbooks: RunbookOptions
  @Option(help: "How to print it.") var format: TextOrJSON = .text

  func run() throws {
    let library = try runbooks.shelf(try runbooks.source()).library
    let found = library.search(words.joined(separator: " "))
    switch format {
    case .text: try StandardOutput.write(RunbookList.table(found))
    case .json: try StandardOutput.write(RunbookList.document(found).pretty + "\n")
    }
    if found.isEmpty { throw ExitCode(Failure.Code.notFine.rawValue) }
  }

  private static func table(_ runbooks: [Runbook]) -> String {
    guard !runbooks.isEmpty else { return "no runbook\n" }
    var table = TextTable([
      ("id", .left), ("title", .left), ("for", .left), ("owner", .left), ("reviewed", .left),
      ("revision", .left),
    ])
    for runbook in runbooks {
      table.add([
        runbook.card.id, runbook.card.title, runbook.card.scope.words, owner(of: runbook) ?? "-",
        reviewed(runbook) ?? "-", runbook.card.revision ?? "-",
      ])
    }
    return table.lines.map { $0 + "\n" }.joined()
  }

  private static func document(_ runbooks: [Runbook]) -> JSONText {
    .object([
      (
        "runbooks",
        .array(
          runbooks.map { runbook in
            let scope = runbook.card.scope
            return .object([
              ("id", .string(runbook.card.id)), ("title", .string(runbook.card.title)),
              ("path", .string(runbook.path)),
              ("services", .strings(scope.services)),
              ("languages", .strings(scope.languages.map(\.rawValue))),
              ("tiers", .strings(scope.tiers.map(\.rawValue))),
              ("match", .string(runbook.card.match?.text)),
              ("owner", .string(owner(of: runbook))), ("tags", .strings(runbook.tags)),
              ("reviewed", .string(reviewed(runbook))),
              ("revision", .string(runbook.card.revision)),
            ])
          })
      )
    ])
  }

  private static func owner(of runbook: Runbook) -> String? {
    runbook.owner?.team ?? runbook.owner?.primary
  }

  /// `2026-11-22`
  private static func reviewed(_ runbook: Runbook) -> String? {
    runbook.reviewed.map { Today.day($0) }
  }
}
