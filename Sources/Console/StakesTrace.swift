import Fleet
import Health
import Incident

/// What was last told of what is at stake: where it began, what users can do, which journeys fail.
struct StakesTrace {
  /// Origins since when they are named.
  private var named: [String: Instant] = [:]
  private var told: Set<String> = []
  private var capabilities: [String: CapabilityPresent.State] = [:]
  private var journeys: [String: Bool] = [:]

  /// Seconds that an origin must be named for before it is told: the first second of a trouble has
  /// not been seen by all polls.
  static let hold = 2.0

  /// Something that time alone may change.
  var hasTimer: Bool { named.count > told.count }

  /// What is new since the last call; the first call tells what is not well.
  mutating func follow(_ present: Present) -> [News] {
    origins(present) + users(present) + walks(present)
  }

  private mutating func origins(_ present: Present) -> [News] {
    let now = present.now
    // Of one that hurts nobody its own state tells already.
    let candidates = present.origins.candidates.filter {
      $0.isOrigin && $0.restingSince == nil && !$0.hurt.isEmpty
    }
    let names = Set(candidates.map(\.name))
    named = named.filter { names.contains($0.key) }
    told.formIntersection(names)
    var news: [News] = []
    for candidate in candidates {
      let since = named[candidate.name] ?? now
      named[candidate.name] = since
      guard now.seconds(since: since) >= StakesTrace.hold, told.insert(candidate.name).inserted
      else { continue }
      news.append(
        News(
          now, candidate.sentence(at: now), topic: "origin \(candidate.name)",
          outcome: candidate.standing))
    }
    return news
  }

  private mutating func users(_ present: Present) -> [News] {
    var news: [News] = []
    for capability in present.capabilities {
      let name = capability.definition.name
      let before = capabilities[name]
      guard before != capability.state else { continue }
      capabilities[name] = capability.state
      // That it works is news only after it did not.
      if before == nil, capability.state == .whole || capability.state == .unknown { continue }
      if before == .unknown, capability.state == .whole { continue }
      let state = capability.state.rawValue
      news.append(
        News(
          capability.since, "users: \(name) \(state): \(capability.status)",
          topic: "what users get of \(name)", outcome: state))
    }
    return news
  }

  private mutating func walks(_ present: Present) -> [News] {
    var news: [News] = []
    for journey in present.journeys {
      let name = journey.definition.name
      guard let passes = journey.isPassing, journeys[name] != passes else { continue }
      let isFirst = journeys[name] == nil
      journeys[name] = passes
      if isFirst, passes { continue }
      let what = passes ? "passes" + (isFirst ? "" : " again") : "fails: \(journey.why ?? "")"
      news.append(
        News(
          journey.since ?? present.now, "journey \(name) \(what)", topic: "journey \(name)",
          outcome: passes ? "passing" : "failing"))
    }
    return news
  }
}
