import Incident

/// What matches for a service, with the place of each; equal ones share theirs.
struct RankedMatches {
  let service: String
  let rows: [Row]

  struct Row {
    var match: RunbookMatch
    /// From 1.
    var rank: Int
    /// Another one fits equally well: only a person can choose.
    var isTied: Bool
  }

  init(service: String, _ matches: [RunbookMatch]) {
    self.service = service
    var rows: [Row] = []
    for (place, match) in matches.enumerated() {
      let rank = rows.last.flatMap { $0.match.fits(like: match) ? $0.rank : nil } ?? place + 1
      rows.append(
        Row(match: match, rank: rank, isTied: matches.count { $0.fits(like: match) } > 1))
    }
    self.rows = rows
  }

  /// What is only about to hold does not match yet.
  var isMatched: Bool { rows.contains { !$0.match.isComing } }
}
