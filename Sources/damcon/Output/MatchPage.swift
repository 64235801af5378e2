import Export
import Fleet
import Health
import Incident

/// The answer of `damcon runbook match`.
struct MatchPage {
  let present: Present
  let services: [RankedMatches]

  private var at: String { CivilTime(unixNanoseconds: present.now.wall).rfc3339 }

  // MARK: Text

  var text: String {
    var lines = ["at \(at), of \(present.runbooks.count) runbooks"]
    if services.allSatisfy(\.rows.isEmpty) { lines.append("none matches") }
    for service in services where !service.rows.isEmpty {
      lines += ["", service.service]
      for row in service.rows {
        let tied = row.isTied ? "=" : "."
        lines.append(
          "  \(row.rank)\(tied) \(row.match.id)  \(row.match.title) (\(row.match.score), \(time(row.match)))"
        )
        lines += row.match.because.map { "     \($0)" }
      }
      if service.rows.contains(where: \.isTied) {
        lines.append("  = fit equally well: choose by what you see")
      }
    }
    return lines.map { LineText.clean($0) }.joined()
  }

  private func time(_ match: RunbookMatch) -> String {
    switch match.kind {
    case .holds:
      match.since.map { "since \(CivilTime(unixNanoseconds: $0.wall).clock)" } ?? "now"
    case .named: "its report names it"
    case .coming(let seconds): "would hold in \(Words.wholeDuration(seconds))"
    }
  }

  // MARK: JSON

  var document: JSONText {
    .object([
      ("at", .string(at)), ("runbooks", .number(present.runbooks.count)),
      (
        "services",
        .array(
          services.map {
            .object([
              ("service", .string($0.service)), ("matches", .array($0.rows.map(object))),
            ])
          })
      ),
    ])
  }

  private func object(_ row: RankedMatches.Row) -> JSONText {
    let match = row.match
    var kind = "holds"
    var seconds: Double?
    switch match.kind {
    case .holds: break
    case .named: kind = "named"
    case .coming(let left): (kind, seconds) = ("coming", left)
    }
    return .object([
      ("id", .string(match.id)), ("title", .string(match.title)), ("rank", .number(row.rank)),
      ("tied", .bool(row.isTied)), ("score", .number(match.score)), ("kind", .string(kind)),
      ("since", .string(match.since.map { CivilTime(unixNanoseconds: $0.wall).rfc3339 })),
      ("holds_in_seconds", .number(seconds)), ("because", .strings(match.because)),
    ])
  }
}
