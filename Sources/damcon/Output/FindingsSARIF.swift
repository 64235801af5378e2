import Export
import Foundation
import YAMLText

/// Findings as SARIF 2.1.0 (OASIS), which code hosts show beside the lines of a change.
struct FindingsSARIF {
  /// Files below it are told of by where they are from it.
  var folder: String

  func document(_ findings: [Finding]) -> JSONText {
    let rules = Finding.rules
    return .object([
      ("$schema", .string("https://json.schemastore.org/sarif-2.1.0.json")),
      ("version", .string("2.1.0")),
      (
        "runs",
        .array([
          .object([
            (
              "tool",
              .object([
                (
                  "driver",
                  .object([
                    ("name", .string("damcon")), ("version", .string(Version.current)),
                    ("rules", .array(rules.map(rule))),
                  ])
                )
              ])
            ),
            ("columnKind", .string("unicodeCodePoints")),
            (
              "results",
              .array(
                findings.map { finding in
                  result(finding, place: rules.firstIndex { $0.name == finding.rule })
                })
            ),
          ])
        ])
      ),
    ])
  }

  private func rule(_ rule: (name: String, words: String, isError: Bool)) -> JSONText {
    .object([
      ("id", .string(rule.name)),
      ("shortDescription", .object([("text", .string(rule.words))])),
      ("defaultConfiguration", .object([("level", .string(level(rule.isError)))])),
    ])
  }

  private func result(_ finding: Finding, place: Int?) -> JSONText {
    let text = finding.problem.text + (finding.fix.map { "; \($0)" } ?? "")
    return .object([
      ("ruleId", .string(finding.rule)),
      ("ruleIndex", .number(place ?? -1)),
      ("level", .string(level(finding.isError))),
      ("message", .object([("text", .string(text))])),
      ("locations", .array(finding.problem.file.map { [location(finding, in: $0)] } ?? [])),
    ])
  }

  private func location(_ finding: Finding, in file: String) -> JSONText {
    var place: [(String, JSONText)] = [
      ("artifactLocation", .object([("uri", .string(address(of: file)))]))
    ]
    if let line = finding.problem.line {
      var region: [(String, JSONText)] = [("startLine", .number(line))]
      if let column = finding.problem.column { region.append(("startColumn", .number(column))) }
      place.append(("region", .object(region)))
    }
    return .object([("physicalLocation", .object(place))])
  }

  private func level(_ isError: Bool) -> String { isError ? "error" : "warning" }

  /// A relative address where the file is below the folder, else one of its whole path.
  func address(of file: String) -> String {
    let whole = file.hasPrefix("/") ? file : "\(folder)/\(file)"
    let path = URL(fileURLWithPath: whole).standardizedFileURL.path
    let base = URL(fileURLWithPath: folder).standardizedFileURL.path
    let isBelow = path.hasPrefix(base == "/" ? base : base + "/")
    let named = isBelow ? String(path.dropFirst(base == "/" ? 1 : base.count + 1)) : path
    let spelled =
      named.addingPercentEncoding(withAllowedCharacters: FindingsSARIF.plain) ?? named
    return isBelow ? spelled : "file://" + spelled
  }

  /// What stands in the path of an address as it is (RFC 3986); a colon could be taken for a scheme.
  private static let plain = CharacterSet(
    charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/")
}
