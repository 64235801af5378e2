import Export
import YAMLText

/// The JSON of `damcon check`.
enum FindingsJSON {
  static func document(_ findings: [Finding], runbooks: Int) -> JSONText {
    .object([
      ("findings", .array(findings.map(object))),
      ("runbooks", .number(runbooks)),
    ])
  }

  private static func object(_ finding: Finding) -> JSONText {
    .object([
      ("rule", .string(finding.rule)),
      ("severity", .string(finding.isError ? "error" : "warning")),
      ("file", .string(finding.problem.file)),
      ("line", finding.problem.line.map { .number($0) } ?? .null),
      ("column", finding.problem.column.map { .number($0) } ?? .null),
      ("message", .string(finding.problem.text)),
      ("fix", .string(finding.fix)),
    ])
  }
}
