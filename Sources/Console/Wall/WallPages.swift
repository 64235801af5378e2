import Canvas
import Containment
import Fleet
import Health
package import Incident
import Presence

/// What a wall has to say, a page for each thing there is something to say of, the worst first on each.
package struct WallPages {
  let present: Present
  let console: ConsoleState
  let wall: Wall
  let veil: Veil
  let digest: FleetDigest
  /// Seconds of the session's clock, which go on while the session cannot be reached.
  let seconds: Double
  /// What is told on every page, above all else.
  package let alarms: [WallFact]
  /// In the order in which they take turns; one at least.
  package let pages: [Page]

  /// Facts about one thing.
  package struct Page: Sendable, Hashable {
    /// nil where it stands for all the others: nothing is known, or nothing is wrong.
    package var topic: Wall.Topic?
    package var title: String
    /// More than fit on any screen are left out.
    package var facts: [WallFact]
    /// As many more as there are.
    package var more = 0
    /// What the more of them are: `services`.
    package var kind = "facts"
  }

  /// Facts that are made of one thing; no screen shows more.
  package static let most = 16

  package init(_ state: State, _ console: ConsoleState, _ wall: Wall) {
    present = state.present
    self.console = console
    self.wall = wall
    digest = FleetDigest(state.present)
    veil = Veil(
      wall.veiled, state.present, company: console.attendance?.attendees.map(\.name) ?? [])
    let isLost = console.link?.phase == .lost
    let isJoining = console.link?.phase == .connecting && console.playback == nil
    let waits = isLost || isJoining ? console.link?.seconds ?? 0 : 0
    seconds = state.present.now.seconds + Double(waits)
    let teller = WallTeller(present, veil, digest, console)
    let told = teller.pages
    if isLost {
      alarms = []
      pages = [teller.lost(told.first)]
    } else if isJoining {
      alarms = []
      pages = [teller.joining]
    } else if let absence = teller.absence {
      alarms = teller.alarms
      pages = [absence]
    } else {
      alarms = teller.alarms
      pages = told.isEmpty ? [teller.isOld ? teller.old : teller.calm] : told
    }
  }

  /// The page whose turn it is, or that is kept.
  package var shown: Page { pages[place] }

  package var place: Int {
    if let pinned = wall.pinned, let place = pages.firstIndex(where: { $0.topic == pinned }) {
      return place
    }
    return wall.place(of: pages.count, at: seconds)
  }

  /// The topic of the page so many further.
  func neighbour(_ step: Int) -> Wall.Topic? {
    pages[((place + step) % pages.count + pages.count) % pages.count].topic
  }
}

/// Tells the facts of a present in a wall's words.
struct WallTeller {
  let present: Present
  let veil: Veil
  let digest: FleetDigest
  let console: ConsoleState
  var now: Instant { present.now }
  var isPast: Bool { console.playback != nil }

  init(_ present: Present, _ veil: Veil, _ digest: FleetDigest, _ console: ConsoleState) {
    self.present = present
    self.veil = veil
    self.digest = digest
    self.console = console
  }

  /// A page for each topic with something to say, the worst of all of them first.
  var pages: [WallPages.Page] {
    let services = services
    let users = users
    let budgets = budgets
    let fallbacks = fallbacks
    let clocks = clocks
    var actions = actions
    if !actions.facts.isEmpty, let company { actions.facts.append(company) }
    let topics: [(Wall.Topic, Told, String)] = [
      (.services, services, "services"), (.users, users, "capabilities"),
      (.budgets, budgets, "objectives"), (.fallbacks, fallbacks, "fallbacks"),
      (.clocks, clocks, "clocks"), (.actions, actions, "actions"),
    ]
    guard topics.contains(where: { !$0.1.facts.isEmpty }) else { return [] }
    // The first two are drawn large: what is worst, and what comes next.
    let counting = clocks.facts.first { $0.figure != nil } ?? fallbacks.facts.first
    var worst = [services.facts.first, counting].compactMap { $0 }
    func add(_ facts: some Sequence<WallFact>) {
      for fact in facts
      where worst.count < WallPages.most && !worst.contains(where: { $0.id == fact.id }) {
        worst.append(fact)
      }
    }
    for told in [users, actions, budgets, fallbacks] { add(told.facts.prefix(1)) }
    add(services.facts.dropFirst().prefix(1))
    add(clocks.facts.prefix(2))
    add(services.facts.dropFirst(2).prefix(4))
    if let company { add([company]) }
    // What the first page has no room for is on one of its own.
    let first = Set(worst.prefix(max(1, WallLayout.most(console.size) - alarms.count)).map(\.id))
    var pages = [WallPages.Page(topic: .now, title: Wall.Topic.now.title, facts: worst)]
    for (topic, told, kind) in topics
    where told.more > 0 || told.facts.contains(where: { !first.contains($0.id) }) {
      pages.append(
        WallPages.Page(
          topic: topic, title: topic.title, facts: told.facts, more: told.more, kind: kind))
    }
    return pages
  }

  /// Facts of one topic, the worst first, and how many more there are.
  struct Told {
    var facts: [WallFact] = []
    var more = 0

    init() {}

    /// The first of what is to be told, in its order.
    init<Item>(_ items: [Item], _ tell: (Item) -> WallFact) {
      facts = items.prefix(WallPages.most).map(tell)
      more = items.count - facts.count
    }

    init<Item>(_ foremost: Foremost<Item>, _ tell: (Item) -> WallFact) {
      facts = foremost.items.map(tell)
      more = foremost.count - facts.count
    }
  }

  // MARK: What stands for all else

  /// Nothing is known, and why.
  var absence: WallPages.Page? {
    guard !present.services.isEmpty else {
      var fact = WallFact("none", "no service is watched", "?", .unknown)
      fact.words = "the fleet file names none"
      return WallPages.Page(topic: nil, title: "NOTHING IS KNOWN", facts: [fact])
    }
    guard digest.targets > 0, digest.answered == 0 else { return nil }
    var fact = WallFact("unheard", "nothing was heard yet", "?", .unknown)
    fact.figure = .init("?", "of \(digest.targets) instances asked")
    fact.words = "asking for \(Quantity.duration(max(0, now.seconds(since: present.began))))"
    return WallPages.Page(topic: nil, title: "NOTHING IS KNOWN", facts: [fact])
  }

  /// The session cannot be reached: what is shown is what was.
  func lost(_ last: WallPages.Page?) -> WallPages.Page {
    let link = console.link
    let age = Double(max(0, link?.seconds ?? 0))
    var fact = WallFact("lost", "no link to the session", "✖", .bad)
    fact.figure = .init("LOST", "for \(Quantity.countdown(age))")
    fact.status = "all below is of \(Clock.utc(now))"
    var words = veil.said(link?.words) ?? ""
    if let next = link?.nextTry { words += (words.isEmpty ? "" : "; ") + "next try in \(next)s" }
    fact.words = words
    // As it was: what was well then is not said to be well.
    let were = (last?.facts ?? []).prefix(5).map { fact in
      var fact = fact
      if let figure = fact.figure {
        fact.status = fact.status.isEmpty ? figure.line : "\(figure.line), \(fact.status)"
      }
      fact.figure = nil
      fact.mark = "◌"
      fact.role = .stale
      fact.status = "was: \(fact.status)"
      return fact
    }
    return WallPages.Page(topic: nil, title: "LINK LOST", facts: [fact] + were)
  }

  /// The session has told nothing yet.
  var joining: WallPages.Page {
    var fact = WallFact("joining", "joining the session", "◌", .info)
    let age = Quantity.countdown(Double(max(0, console.link?.seconds ?? 0)))
    fact.figure = .init("?", "nothing is shown yet, for \(age)")
    fact.words = veil.said(console.link?.words) ?? ""
    return WallPages.Page(topic: nil, title: "CONNECTING", facts: [fact])
  }

  /// Whether what is shown may have been left behind by what is so now.
  var isOld: Bool { console.link?.phase == .behind || isLate }

  /// All was well when this was known last; whether it still is, nobody knows.
  var old: WallPages.Page {
    let count = present.services.count
    let time = Clock.utc(now)
    var fact = WallFact("unknown", "what is so now is not known", "?", .unknown)
    fact.figure = .init("?", "as of \(time)")
    fact.status = "was: \(count) \(count == 1 ? "service" : "services") healthy"
    return WallPages.Page(topic: nil, title: "NOT KNOWN: as of \(time)", facts: [fact])
  }

  /// Everything is well, and how it is known.
  var calm: WallPages.Page {
    let count = present.services.count
    var well = WallFact("well", isPast ? "all was well" : "all is well", "●", .healthy)
    well.figure = .init("OK", "\(count) \(count == 1 ? "service" : "services") healthy")
    let age = present.services.indices.compactMap { present.services[$0].age(at: now) }.max()
    well.words = "the oldest answer is \(Quantity.duration(age)) old"
    var facts = [well]
    if let place = budgetPlaces(1, where: { _ in true }).items.first {
      var left = budget(row(at: place))
      left.status = left.figure?.line ?? ""
      left.figure = nil
      facts.append(left)
    }
    if let company { facts.append(company) }
    return WallPages.Page(topic: nil, title: "ALL WELL", facts: facts)
  }

  // MARK: What every page says first

  var alarms: [WallFact] {
    var alarms: [WallFact] = []
    if console.link?.phase == .behind {
      var fact = WallFact("behind", "BEHIND", "▲", .warning)
      fact.status = "by \(Quantity.countdown(Double(max(0, console.link?.seconds ?? 0))))"
      fact.words = "what is shown is old; what is so now is on its way"
      alarms.append(fact)
    }
    if let halt = present.halt {
      var fact = WallFact("halt", "EMERGENCY STOP", "■", .bad)
      fact.status =
        "\(Quantity.duration(max(0, now.seconds(since: halt.at)))) by \(veil.person(halt.by))"
      fact.words = veil.said(halt.reason) ?? "nothing is sent"
      alarms.append(fact)
    }
    if isLate {
      var fact = WallFact("late", "POLLS LATE", "◌", .warning)
      fact.status = "by \(Quantity.duration(digest.lag))"
      fact.words = "not all of what is shown is as it is now"
      alarms.append(fact)
    }
    if console.recordingHangs {
      var fact = WallFact("recording", "RECORDING HANGS", "▲", .warning)
      fact.words = "the disk does not answer"
      alarms.append(fact)
    }
    return alarms
  }

  private var isLate: Bool { !isPast && digest.answered > 0 && digest.lag >= WallTeller.late }

  /// Seconds by which polls may be late without being spoken of: the jitter of a busy machine.
  private static let late = 5.0
}
