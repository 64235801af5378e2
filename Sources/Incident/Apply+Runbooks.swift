public import Conditions
import Fleet
import Health
public import Runbooks

/// A runbook whose condition holds for a service, or is about to.
public struct RunbookRun: Sendable, Hashable, Codable {
  /// Where its card is in `Present.runbooks`.
  var card: Int
  public internal(set) var run: ConditionRun
  /// Of its indicators, then of its criteria, in the order of the card.
  var parts: [ConditionRun] = []

  mutating func advance(_ match: Condition, _ card: RunbookCard, _ facts: FleetFacts) {
    let now = facts.now.seconds
    run.advance(match, facts, at: now)
    let conditions = card.indicators.map(\.condition) + card.criteria.all.map(\.condition)
    while parts.count < conditions.count { parts.append(ConditionRun()) }
    for (place, condition) in conditions.enumerated() {
      parts[place].advance(condition, facts, at: now)
    }
  }
}

/// Which runbooks match, and what became of those that are followed.
extension State {
  /// Runbooks of one fleet.
  static let runbookLimit = 5000
  static let workLimit = 64

  mutating func adopt(_ cards: [RunbookCard]) {
    let before = present.runbooks
    present.runbooks = Array(cards.prefix(State.runbookLimit))
    var places: [String: Int] = [:]
    for (place, card) in present.runbooks.enumerated() where places[card.id] == nil {
      places[card.id] = place
    }
    for index in present.services.indices where !present.services[index].runbookRuns.isEmpty {
      let kept = present.services[index].runbookRuns.compactMap { own -> RunbookRun? in
        guard before.indices.contains(own.card), let place = places[before[own.card].id],
          present.runbooks[place].match == before[own.card].match
        else { return nil }
        let isSame = present.runbooks[place] == before[own.card]
        return RunbookRun(card: place, run: own.run, parts: isSame ? own.parts : [])
      }
      present.services[index].runbookRuns = kept.sorted { $0.card < $1.card }
    }
    present.runbookIndex = RunbookIndex(present.runbooks, present.services)
    for index in present.services.indices { matchRunbooks(index) }
  }

  /// After facts of a service may have changed.
  mutating func watchRunbooks(_ index: Int) {
    matchRunbooks(index)
    watchWorks(index)
  }

  /// Looks anew which runbooks hold for a service.
  private mutating func matchRunbooks(_ index: Int) {
    guard !present.runbooks.isEmpty else { return }
    present.followLanguage(ofServiceAt: index)
    var answers = ConditionTable.Answers()
    swap(&answers, &present.runbookIndex.answers)
    let runs = advancedRuns(index, &answers)
    swap(&answers, &present.runbookIndex.answers)
    if let runs {
      reopen(index, runs)
      present.services[index].runbookRuns = runs
    }
  }

  /// The facts are gone before the state is written to: else all of it would be copied.
  ///
  /// - Returns: nil where there was nothing and is nothing.
  private func advancedRuns(
    _ index: Int, _ answers: inout ConditionTable.Answers
  ) -> [RunbookRun]? {
    guard present.runbookIndex.applying.indices.contains(index) else { return nil }
    let before = present.services[index].runbookRuns
    let facts = FleetFacts(present, row: index)
    var runs = before.filter { present.runbookIndex.applying[index].contains($0.card) }
    let known = runs.count
    var next = 0
    for card in present.runbookIndex.stirred(at: index, facts, &answers) {
      while next < known, runs[next].card < card { next += 1 }
      guard next == known || runs[next].card != card else { continue }
      runs.append(RunbookRun(card: card, run: ConditionRun()))
    }
    for place in runs.indices {
      let card = present.runbooks[runs[place].card]
      if let match = card.match { runs[place].advance(match, card, facts) }
    }
    runs.removeAll { $0.run.isAtRest }
    runs.sort { $0.card < $1.card }
    return before.isEmpty && runs.isEmpty ? nil : runs
  }

  /// What was verified, or laid down, and holds again, is open again.
  private mutating func reopen(_ index: Int, _ runs: [RunbookRun]) {
    guard !present.works.isEmpty else { return }
    let service = present.services[index].definition.name
    let before = present.services[index].runbookRuns
    for own in runs where own.run.truth == .yes {
      let wasYes = before.contains { $0.card == own.card && $0.run.truth == .yes }
      let id = present.runbooks[own.card].id
      guard !wasYes,
        let place = present.works.lastIndex(where: { $0.service == service && $0.runbook.id == id }
        ),
        present.now.seconds(since: present.works[place].began) < RunbookWork.memory
      else { continue }
      present.works[place].comeBack(at: present.now)
    }
  }

  /// Looks at the verification of what is followed for a service.
  private mutating func watchWorks(_ index: Int) {
    guard !present.works.isEmpty else { return }
    let service = present.services[index].definition.name
    for place in present.works.indices
    where present.works[place].isBeingVerified && present.works[place].service == service {
      let run = verified(present.works[place], index)
      present.works[place].take(run, at: present.now)
    }
  }

  private func verified(_ work: RunbookWork, _ index: Int) -> ConditionRun {
    var run = work.run
    if let verification = work.verification {
      run.advance(
        verification.whole, FleetFacts(present, row: index), at: present.now.seconds)
    }
    return run
  }

  mutating func perform(_ act: RunbookAct) {
    if let place = present.works.lastIndex(where: {
      $0.service == act.service && $0.runbook.hash == act.runbook.hash
        && $0.runbook.id == act.runbook.id
    }) {
      present.works[place].take(act, at: present.now)
    } else {
      let card = present.runbooks.first { $0.id == act.runbook.id && $0.hash == act.runbook.hash }
      var work = RunbookWork(act, verification: card?.verification, at: present.now)
      work.take(act, at: present.now)
      if present.works.count == State.workLimit { present.works.removeFirst() }
      present.works.append(work)
    }
    present.keep(
      Note(.info, "\(act.by), \(act.service): \(Words.clipped(act.words, to: 160))"),
      at: present.now)
  }

  /// The incident is over: so is what was done about it.
  mutating func closeWorks(by: String, reason: String) {
    for place in present.works.indices {
      present.works[place].close(by: by, reason: reason, at: present.now)
    }
  }
}

extension Present {
  /// The runs of a runbook's indicators and of its criteria for a service; nil where its condition rests, so
  /// that nobody follows them.
  public func runbookParts(
    of hash: [UInt8], service: String
  ) -> (indicators: [ConditionRun], criteria: [ConditionRun])? {
    guard let index = index(of: service),
      let own = services[index].runbookRuns.first(where: { runbooks[$0.card].hash == hash })
    else { return nil }
    let count = min(own.parts.count, runbooks[own.card].indicators.count)
    return (Array(own.parts[..<count]), Array(own.parts[count...]))
  }

  /// What was taken up, is not laid down, and has not been proved.
  public var unproved: [RunbookWork] {
    works.filter { $0.isOpen && $0.verification != nil }
  }

  fileprivate mutating func followLanguage(ofServiceAt index: Int) {
    // In place: a copy of a service retains all that it holds.
    let language = services[index].definition.language ?? services[index].instances.language
    guard runbookIndex.isOutdated(index, language) else { return }
    runbookIndex.follow(services[index].definition, in: language, at: index, runbooks)
  }
}
