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
    func isEqual(_ a: RunbookMatch, _ b: RunbookMatch) -> Bool {
      a.score == b.score && a.grade == b.grade
    }
    var rows: [Row] = []
    for (place, match) in matches.enumerated() {
      let rank = rows.last.flatMap { isEqual($0.match, match) ? $0.rank : nil } ?? place + 1
      rows.append(
        Row(match: match, rank: rank, isTied: matches.filter { isEqual($0, match) }.count > 1))
    }
    self.rows = rows
  }

  /// What is only about to hold does not match yet.
  var isMatched: Bool { rows.contains { !$0.match.isComing } }
}

extension RunbookMatch {
  fileprivate var grade: Int {
    switch kind {
    case .holds: 0
    case .named: 1
    case .coming: 2
    }
  }
}
