import ArgumentParser
import Export
import Runbooks

/// What has no runbook.
struct RunbookCoverageCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "coverage",
    abstract: "Say which critical services, alerts and fallbacks have no runbook.",
    discussion: """
      A service has one that is for it; an alert one that names its objective, under slos: or in a \
      condition such as alert(fast) is page; a fallback one that looks at fallback(cached-prices). \
      Exits 1 where anything critical has none.
      """)

  @OptionGroup var runbooks: RunbookOptions
  @Option(help: "How to print it.") var format: TextOrJSON = .text

  func run() throws {
    guard let source = try runbooks.source() else {
      throw Failure(
        "there is no \(FleetSource.defaultPath) here: name the fleet file (--config)", .wrongUse)
    }
    // A fleet without a runbook is the first that should hear of it.
    let hasSome = !runbooks.folders.isEmpty || !source.shelf.folders.isEmpty
    let library = hasSome ? try runbooks.shelf(source).library : source.shelf.library
    let coverage = RunbookCoverage(source.fleet, library.runbooks)
    switch format {
    case .text: try StandardOutput.write(text(coverage))
    case .json: try StandardOutput.write(document(coverage).pretty + "\n")
    }
    if !coverage.uncovered.isEmpty { throw ExitCode(Failure.Code.notFine.rawValue) }
  }

  private func text(_ coverage: RunbookCoverage) -> String {
    guard !coverage.rows.isEmpty else { return "nothing of this fleet is critical\n" }
    var table = TextTable([("service", .left), ("what", .left), ("runbooks", .left)])
    for row in coverage.rows {
      let what = row.kind == .service ? "the service" : "\(row.kind.rawValue) \(row.name)"
      table.add([
        row.service, what, row.runbooks.isEmpty ? "NONE" : row.runbooks.joined(separator: ", "),
      ])
    }
    let missing = coverage.uncovered.count
    let last =
      missing == 0
      ? "each has a runbook" : "\(missing) of \(coverage.rows.count) have no runbook"
    return (table.lines + ["", last]).map { $0 + "\n" }.joined()
  }

  private func document(_ coverage: RunbookCoverage) -> JSONText {
    .object([
      ("uncovered", .number(coverage.uncovered.count)),
      (
        "rows",
        .array(
          coverage.rows.map {
            .object([
              ("service", .string($0.service)), ("kind", .string($0.kind.rawValue)),
              ("name", .string($0.name)), ("runbooks", .strings($0.runbooks)),
            ])
          })
      ),
    ])
  }
}
