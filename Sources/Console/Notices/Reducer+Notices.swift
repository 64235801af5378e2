import Containment
import Fleet
package import Incident

/// What waits for somebody: opened, stopped, and rung for.
extension ConsoleState {
  /// `!`: the dialog of what the line on top speaks of.
  mutating func attend(_ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("attend", state) }
    let notices = Notice.all(state.present, self)
    if let notice = notices.first(where: { $0.run != nil || $0.pane != nil }) {
      if let run = notice.run { showAction(run) }
      if let pane = notice.pane {
        if company.seen.count > 200 { company.seen = [] }
        company.seen.insert(notice.id)
        push(pane)
      }
      return []
    }
    guard notices.isEmpty else {
      return complain("\(keys.sign(.hold)) stops the rule; there is nothing else", state)
    }
    return complain("nothing waits for anybody", state)
  }

  /// `S` and `:hold`: the rule that is the next to act, all that are announced, or one by name.
  mutating func holdRules(_ argument: String, _ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("hold", state) }
    let counting = state.present.countdowns
    guard let first = counting.first else {
      return complain("no rule is announced: there is nothing to stop", state)
    }
    let chosen =
      switch argument {
      case "": [first]
      case "all": counting
      default: counting.filter { $0.rule.name == argument }
      }
    guard let one = chosen.first else {
      let names = counting.map(\.rule.name).joined(separator: ", ")
      return complain("no rule \(argument) is announced; those are: \(names)", state)
    }
    say(
      chosen.count > 1
        ? "stopping \(chosen.count) rules"
        : "stopping the rule \(one.rule.name) on \(one.run.service)",
      at: state.present)
    return chosen.map { .intent(.hold(rule: $0.rule.name, service: $0.run.service)) }
  }

  // MARK: The emergency stop

  /// `:stop REASON`, at once and armed or not; `:stop off` lifts it.
  mutating func stop(_ argument: String, _ state: State) -> [Effect] {
    if argument == "off" { return lift(state) }
    guard playback == nil else { return refuseInPast("stop", state) }
    if let refusal = state.present.refusal(of: HaltMove(by: "", step: .stop(reason: argument))) {
      return complain(refusal, state)
    }
    confirming = nil
    say("stopping everything; :go lifts it", .warning, at: state.present)
    return [.intent(.halt(.stop(reason: argument)))]
  }

  mutating func lift(_ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("go", state) }
    if let refusal = state.present.refusal(of: HaltMove(by: "", step: .lift)) {
      return complain(refusal, state)
    }
    say("lifting the emergency stop", at: state.present)
    return [.intent(.halt(.lift))]
  }

  // MARK: Without a key

  /// Looks at what has come since the last look: goes along with whoever is followed, and rings for what begins to
  /// wait for this responder, once each.
  ///
  /// - Returns: what the world outside has to do.
  package mutating func heed(_ state: State) -> [Effect] {
    keepAlong(state) + sayWhereOneLooks(state) + ring(state)
  }

  private mutating func ring(_ state: State) -> [Effect] {
    guard playback == nil else { return [] }
    if !liveNotices.isEmpty { liveNotices = [] }
    return ring(for: Notice.all(state.present, self))
  }

  /// Looks at what is live while its past is shown: what waits there is told here too.
  ///
  /// - Returns: what the world outside has to do, and whether anything is told otherwise than before.
  package mutating func heed(live state: State) -> (effects: [Effect], isNews: Bool) {
    guard playback?.isLive == true else { return ([], false) }
    let notices = Notice.waiting(state.present, self)
    let isNews = notices != liveNotices
    liveNotices = notices
    return (ring(for: notices), isNews)
  }

  private mutating func ring(for notices: [Notice]) -> [Effect] {
    let waiting = notices.filter(\.kind.rings).map(\.id)
    guard !waiting.isEmpty || !rung.isEmpty else { return [] }
    let isNews = waiting.contains { !rung.contains($0) }
    // What is told in its own dialog for a while is no news when that is left.
    rung.formUnion(waiting)
    if rung.count > 200 { rung = Set(waiting) }
    // Nobody sits before a wall.
    return isNews && wall == nil ? [.ring] : []
  }
}
