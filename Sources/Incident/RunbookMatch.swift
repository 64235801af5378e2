import Conditions
public import Fleet
import Health
import Runbooks

/// How well a runbook fits what a service is going through, and why.
public struct RunbookMatch: Sendable, Hashable {
  public var id: String
  public var title: String
  /// SHA-256 of its text.
  public var hash: [UInt8]
  /// 0 to 100. Equal ones fit equally well: nobody but a person can choose between them.
  public var score: Int
  public var kind: Kind
  /// In words, what counts most first: `p99 2.4 s over 800 ms for 6m`.
  public var because: [String]
  /// Since when its condition has held, its `for` included; nil where it does not.
  public var since: Instant?

  public enum Kind: Sendable, Hashable {
    /// Its condition holds.
    case holds
    /// The service's own report names it.
    case named
    /// Its condition will hold in so many seconds if all stays as it is.
    case coming(in: Double)
  }

  public var isComing: Bool { if case .coming = kind { true } else { false } }

  /// Only a person can choose between the two.
  public func fits(like other: RunbookMatch) -> Bool {
    kind.rank == other.kind.rank && score == other.score
  }
}

extension Collection<RunbookMatch> {
  /// The best of a sorted list, where no other fits as well.
  public var best: RunbookMatch? { foremost.count == 1 ? first : nil }

  /// Those of a sorted list that fit as well as the first.
  public var foremost: [RunbookMatch] {
    guard let first else { return [] }
    return prefix { $0.fits(like: first) }
  }
}

extension Present {
  /// The runbooks that fit a service now, the best first; equal ones by their names.
  ///
  /// What holds comes before what is named, and that before what is only about to hold.
  public func runbookMatches(of service: String) -> [RunbookMatch] {
    guard let index = index(of: service) else { return [] }
    let facts = FleetFacts(self, row: index)
    var found = services[index].runbookRuns.compactMap {
      match($0.card, $0.run, facts, hint: nil)
    }
    for hint in services[index].hints {
      for place in runbookIndex.cards(namedIn: hint) {
        let card = runbooks[place]
        if let own = found.firstIndex(where: { $0.hash == card.hash && $0.id == card.id }) {
          found[own].score = min(100, found[own].score + RunbookMatch.Points.named)
          found[own].because.append("its report says: \(hint)")
          if found[own].isComing { found[own].kind = .named }
        } else if let match = match(place, nil, facts, hint: hint) {
          found.append(match)
        }
      }
    }
    return found.sorted {
      ($0.kind.rank, -$0.score, $0.id) < ($1.kind.rank, -$1.score, $1.id)
    }
  }

  /// Where the trouble of a service began, when that is another one that is watched.
  public func origin(of service: String) -> String? {
    guard case .hurt(_, let candidate)? = origins.place(of: service), candidate.isWatched,
      candidate.name != service
    else { return nil }
    return candidate.name
  }

  private func match(
    _ place: Int, _ run: ConditionRun?, _ facts: FleetFacts, hint: String?
  ) -> RunbookMatch? {
    let card = runbooks[place]
    var score = card.scope.closeness
    var because: [String] = []
    var kind = RunbookMatch.Kind.named
    var since: Instant?
    if let run, let condition = card.match {
      let held = condition.longestHold
      if run.truth == .yes {
        score += RunbookMatch.Points.holds
        kind = .holds
        since = run.since.map { now.advanced(by: $0 - held - now.seconds) }
      } else if let (seconds, of) = run.held, condition.truthInTime(facts) == .yes {
        score += Int(Double(RunbookMatch.Points.holds) / 2 * seconds / max(of, 1))
        kind = .coming(in: of - seconds)
      } else {
        return nil
      }
      let time = since.map { " for \(Words.wholeDuration(now.seconds(since: $0)))" } ?? ""
      because = condition.terms.filter { $0.truth(facts) == .yes }.map {
        FactWords.words($0, facts)
      }
      if let first = because.first, !time.isEmpty { because[0] = first + time }
    } else if let hint {
      score += RunbookMatch.Points.named
      because.append("its report says: \(hint)")
    }
    if !card.indicators.isEmpty {
      let out = card.indicators.filter { $0.condition.truthInTime(facts) == .yes }
      score += RunbookMatch.Points.indicators * out.count / card.indicators.count
      for indicator in out {
        let words = indicator.condition.terms.filter { $0.truth(facts) == .yes }.map {
          FactWords.words($0, facts)
        }
        for word in words where !because.contains(where: { $0.hasPrefix(word) }) {
          because.append(word)
        }
      }
    }
    return RunbookMatch(
      id: card.id, title: card.title, hash: card.hash, score: min(100, score), kind: kind,
      because: because, since: since)
  }
}

extension RunbookMatch {
  /// What counts how much: together 100.
  enum Points {
    static let holds = 60
    static let indicators = 14
    static let named = 14
  }
}

extension RunbookMatch.Kind {
  fileprivate var rank: Int {
    switch self {
    case .holds: 0
    case .named: 1
    case .coming: 2
    }
  }
}

extension ServicePresent {
  /// What its instances' reports advise, each once.
  var hints: [String] {
    var found: [String] = []
    for index in instances.indices {
      guard let hint = instances[index].sharedHealth.read({ $0.hint }), !found.contains(hint)
      else { continue }
      found.append(hint)
    }
    return found
  }
}
