package import Canvas
import Fleet
import Health
package import Incident

/// The fleet as lines of plain text, one for each change that matters: for screen readers, pipes
/// and terminals that cannot place a cursor.
///
/// Call `lines(over:)` after entries were applied, a few times a second at least; the same states
/// give the same lines. Nothing is said while nothing changes, but for a sentence of what is not
/// healthy: after a minute, then after ever longer.
package struct LinearReport {
  private let glyphs: GlyphSet
  private var hasBegun = false
  /// When the run began that was told of last.
  private var began: Instant?
  private var isOpen = false
  /// The services watched, and what was told of each, in the order of the fleet.
  private var watched: [String] = []
  private var traces: [ServiceTrace] = []
  private var stakes = StakesTrace()
  private var seen: Instant?
  private var lastChange: StateChange?
  /// When the state of each service last changed; the bounded list of changes may have forgotten.
  private var changed: [String: Instant] = [:]
  private var lastNote: DatedNote?
  private var flaps = FlapFilter()
  private var flood = FloodGate()
  private var lastSpoken = Instant(wall: 0, offset: 0)
  /// Seconds of silence until the next quiet line.
  private var quiet = LinearReport.firstQuiet
  private var saidAllIsWell = false

  static let firstQuiet = 60.0
  static let longestQuiet = 960.0
  /// Seconds after which the first summary is told though not every target has been heard.
  static let openingWait = 10.0
  /// Characters of one line; nothing a service says makes a page of it.
  static let longest = 400

  package init(glyphs: GlyphSet = .unicode) { self.glyphs = glyphs }

  /// What `state` adds to all that was said before.
  package mutating func lines(over state: State) -> [String] {
    let present = state.present
    var news: [News] = []
    if !hasBegun {
      hasBegun = true
      // Whoever joins later is told how things stand, and not what was in the log long before.
      lastNote = present.notes.last {
        present.now.seconds(since: $0.instant) > LinearReport.firstQuiet
      }
      watched = present.services.map(\.definition.name)
      traces = watched.map { _ in ServiceTrace() }
      news.append(News(present.now, opening(present)))
    }
    if let began, began != present.began { news.append(beginAnew(present)) }
    began = present.began
    news += notes(present)
    if isOpen {
      news += comingsAndGoings(present) + changes(present) + traced(present)
      news += stakes.follow(present)
    } else if isReady(present) {
      isOpen = true
      _ = changes(present)
      _ = comingsAndGoings(present)
      saidAllIsWell = LinearReport.isWell(present)
      news.append(News(present.now, FleetSentence.describing(present)))
      news += (traced(present) + stakes.follow(present)).map { News($0.at, $0.text) }
    }
    seen = present.now
    var told = flood.pass(flaps.pass(inOrder(news), at: present.now))
    told += closing(present, after: told)
    guard !told.isEmpty else { return [] }
    lastSpoken = present.now
    return told.map(line)
  }

  /// What the state as a whole adds: what was held back, that all is well again, that nothing moves.
  private mutating func closing(_ present: Present, after told: [News]) -> [News] {
    let sentence = { FleetSentence.describing(present) }
    let held = flood.release(at: present.now)
    let isWell = LinearReport.isWell(present)
    if held > 0 {
      quiet = LinearReport.firstQuiet
      saidAllIsWell = isWell
      return [News(present.now, "\(held) more changes in the last 10s; \(sentence())")]
    }
    if !told.isEmpty { quiet = LinearReport.firstQuiet }
    guard isOpen else { return [] }
    if isWell {
      defer { if flaps.isSettled { saidAllIsWell = true } }
      return saidAllIsWell || !flaps.isSettled ? [] : [News(present.now, sentence())]
    }
    saidAllIsWell = false
    let silence = present.now.seconds(since: lastSpoken)
    guard told.isEmpty, silence >= quiet else { return [] }
    quiet = min(2 * quiet, LinearReport.longestQuiet)
    return [
      News(present.now, "nothing changed for \(Words.wholeDuration(silence)); \(sentence())")
    ]
  }

  private static func isWell(_ present: Present) -> Bool {
    present.services.indices.allSatisfy { present.services[$0].verdict.state == .healthy }
  }

  // MARK: The beginning

  /// Another run, of a session that was joined: what it has not heard yet has not ended.
  private mutating func beginAnew(_ present: Present) -> News {
    isOpen = false
    traces = watched.map { _ in ServiceTrace() }
    stakes = StakesTrace()
    changed = [:]
    seen = nil
    return News(present.now, "the session was started anew")
  }

  private func opening(_ present: Present) -> String {
    let targets = present.services.reduce(0) { $0 + $1.instances.count }
    let services = present.services.count
    return "watching \(services) \(services == 1 ? "service" : "services") of "
      + "\(present.fleet.name), \(targets) \(targets == 1 ? "target" : "targets")"
  }

  /// Every target was heard and judged, or has had its time.
  private func isReady(_ present: Present) -> Bool {
    if present.now.seconds(since: present.began) >= LinearReport.openingWait { return true }
    return present.services.indices.allSatisfy {
      present.services[$0].verdict.state != .unknown
        && present.services[$0].instances.allSatisfy { $0.lastHeard != nil }
    }
  }

  // MARK: What happened

  /// Damcon's own log.
  private mutating func notes(_ present: Present) -> [News] {
    let new = present.notes.suffix(after: lastNote)
    lastNote = present.notes.last ?? lastNote
    return new.map { dated in
      let what =
        switch dated.note.severity {
        case .info: "damcon: "
        case .warning: "damcon warning: "
        case .error: "damcon error: "
        }
      return News(dated.instant, what + dated.note.text)
    }
  }

  /// Services of a fleet file that was read again.
  private mutating func comingsAndGoings(_ present: Present) -> [News] {
    let isSame =
      watched.count == present.services.count
      && watched.indices.allSatisfy { watched[$0] == present.services[$0].definition.name }
    if isSame { return [] }
    let current = present.services.map(\.definition.name)
    let (before, now) = (Set(watched), Set(current))
    defer { watched = current }
    for gone in before.subtracting(now) { changed[gone] = nil }
    let kept = Dictionary(zip(watched, traces)) { first, _ in first }
    traces = current.map { kept[$0] ?? ServiceTrace() }
    return current.filter { !before.contains($0) }
      .map { News(present.now, "\($0) is watched from now on") }
      + watched.filter { !now.contains($0) }
      .map { News(present.now, "\($0) is watched no more") }
  }

  private mutating func changes(_ present: Present) -> [News] {
    let new = present.changes.suffix(after: lastChange)
    lastChange = present.changes.last ?? lastChange
    return new.map { change in
      let cause = change.cause.isEmpty ? "" : ": \(change.cause)"
      let lasted = change.at.seconds(since: changed[change.service] ?? present.began)
      changed[change.service] = change.at
      let after = change.from == .unknown ? "" : " after \(Words.wholeDuration(lasted))"
      return News(
        change.at,
        "\(change.service) \(change.from.rawValue) -> \(change.to.rawValue)\(after)\(cause)",
        topic: "state of \(change.service)", outcome: change.to.rawValue + cause)
    }
  }

  /// What of each service that was heard since the last look is new.
  private mutating func traced(_ present: Present) -> [News] {
    var news: [News] = []
    // By index throughout: a copy of a service retains all that it holds.
    for index in present.services.indices {
      guard
        traces[index].hasTimer || !traces[index].watches(present.services[index].instances.count)
          || wasHeard(present.services[index].instances)
      else { continue }
      news += traces[index].follow(present.services[index], at: present.now)
    }
    return news
  }

  private func wasHeard(_ instances: [InstancePresent]) -> Bool {
    guard let seen else { return true }
    return instances.indices.contains { index in
      let heard = instances[index].lastHeard?.offset ?? 0
      let judged = instances[index].health.since?.offset ?? 0
      return max(heard, judged) >= seen.offset
    }
  }

  // MARK: Lines

  private func inOrder(_ news: [News]) -> [News] {
    news.enumerated().sorted {
      ($0.element.at.offset, $0.offset) < ($1.element.at.offset, $1.offset)
    }.map(\.element)
  }

  private func line(_ news: News) -> String {
    let text = Words.clipped(news.text, to: LinearReport.longest)
    return Clock.utc(news.at) + " " + DisplayText.sanitised(text, glyphs: glyphs)
  }
}

extension Array where Element: Equatable {
  /// What stands after `known`; all of it where `known` has been pushed out.
  fileprivate func suffix(after known: Element?) -> ArraySlice<Element> {
    guard let known, let index = lastIndex(of: known) else { return self[...] }
    return self[(index + 1)...]
  }
}
