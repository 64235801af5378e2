package import Fleet
import Health
package import Incident

/// Takes beats, and makes events of them and of their absence. It reads no clock: times are seconds of one that
/// never goes back.
///
/// What it has to tell is added to `events`, in the order in which it is to be entered.
package struct BeaconDesk: Sendable {
  private struct Post: Sendable {
    var beacon: Beacon
    /// By the names of the instances.
    var senders: [String: Sender] = [:]
  }

  /// As the file says it.
  package private(set) var base: Fleet
  private var posts: [String: Post] = [:]
  private var tokens = BeaconTokens()
  package private(set) var roster = BeaconRoster()
  /// Those that the entries tell of.
  private var told = BeaconRoster()
  private var isRosterDue = false
  private var rosterAt = -Double.infinity
  private var turnedAway = TurnedAway()

  /// Seconds between two tellings of who is there: a fleet is long, and those that come together are told together.
  package static let pause = 2.0

  /// - Parameters:
  ///   - fleet: as the file says it.
  ///   - memory: what an earlier run knew, which the entries of this one tell of already.
  package init(
    fleet: Fleet, remembering memory: BeaconMemory = BeaconMemory(), at now: Double
  ) {
    base = fleet
    setPosts(at: now)
    recall(memory, at: now)
  }

  /// The fleet with everybody in it who made themselves known.
  package var fleet: Fleet { roster.merged(into: base) }

  // MARK: What happens

  /// Says that the instances that the file names are awaited.
  package mutating func begin(into events: inout [Event]) { tellNewcomers(into: &events) }

  /// Takes what is asked of senders from now on, and says what is wrong with it once. What was read for another
  /// fleet is left; a token that cannot be read now lets nobody in.
  package mutating func take(_ tokens: BeaconTokens, into events: inout [Event]) {
    guard tokens.places == BeaconTokens.places(of: base) else { return }
    for problem in tokens.problems where !self.tokens.problems.contains(problem) {
      events.append(.note(Note(.warning, BeatSentence.trouble(problem))))
    }
    self.tokens = tokens
  }

  /// Takes a fleet file that was read again, and tells of it. Who made themselves known stays.
  package mutating func adopt(
    _ fleet: Fleet, _ tokens: BeaconTokens, at now: Double, into events: inout [Event]
  ) {
    base = fleet
    setPosts(at: now)
    tellRoster(at: now, into: &events, evenIfSame: true)
    take(tokens, into: &events)
  }

  package mutating func take(_ beat: Beat, at now: Double, into events: inout [Event]) -> BeatAnswer
  {
    guard tokens.admits(beat.token, to: beat.service), let beacon = posts[beat.service]?.beacon
    else {
      turnedAway.count(beat.peer)
      return .refused(401, BeatSentence.stranger)
    }
    defer { tellRoster(at: now, into: &events) }
    return switch beat.verb {
    case .tell: hear(beat, beacon, at: now, into: &events)
    case .leave: leave(beat, beacon, at: now, into: &events)
    }
  }

  /// Lets time pass: who is silent is told as missing and forgotten in the end. Called about once a second.
  package mutating func look(at now: Double, into events: inout [Event]) {
    for service in posts.keys.sorted() {
      guard let post = posts[service] else { continue }
      for (name, sender) in post.senders.sorted(by: { $0.key < $1.key }) {
        if sender.isForgotten(by: post.beacon, at: now) {
          forget(name, of: service)
        } else if let words = posts[service]?.senders[name]?.missing(at: now) {
          events.append(
            .probe(
              target: BeaconDesk.target(name, service),
              Probe(
                kind: .liveness, path: Probe.beat, duration: 0,
                answer: .fault(Fault(.timeout, words)))))
        }
      }
    }
    tellRoster(at: now, into: &events)
    if let note = turnedAway.note(at: now) { events.append(.note(note)) }
  }

  // MARK: Beats

  private mutating func hear(
    _ beat: Beat, _ beacon: Beacon, at now: Double, into events: inout [Event]
  ) -> BeatAnswer {
    let (service, name) = (beat.service, beat.instance)
    guard Beacon.isName(name) else { return .refused(400, BeatSentence.name) }
    let known = posts[service]?.senders[name]
    if known == nil, let refusal = obstacle(to: name, service, beacon) { return refusal }
    var sender = known ?? Sender(new: beacon, at: now)
    guard sender.isAllowed(at: now) else { return .refused(429, BeatSentence.tooSoon(name)) }
    // What it sends too often counts, whether it can be read or not.
    if known != nil { posts[service]?.senders[name] = sender }
    let report: HealthReport
    do throws(BeatProblem) { report = try beat.report() } catch {
      return .refused(error.status, error.sentence)
    }
    let target = BeaconDesk.target(name, service)
    let isBack = sender.hasLeft && sender.rest == nil
    let isRun = beacon.schedule.map { !$0.beatsMeanwhile } ?? false
    sender.hear(report, by: beacon, at: now)
    var next = sender.pace
    if isRun, let due = BeaconDesk.next(report, by: beacon) {
      sender.rest(on: report, next: due, by: beacon, at: now)
      next = due
    }
    if !sender.isInFleet {
      if !sender.isNamed { roster.add(name, to: service) }
      isRosterDue = true
    } else {
      if isBack { events.append(.routes(target: target, BeatTelling.routes)) }
      sender.telling?.tell(of: target, into: &events)
    }
    posts[service]?.senders[name] = sender
    return .taken(next: next)
  }

  /// Why a name that is not known is not taken; nil where it is.
  private func obstacle(to name: String, _ service: String, _ beacon: Beacon) -> BeatAnswer? {
    if !beacon.instances.isEmpty { return .refused(403, BeatSentence.notNamed(name, service)) }
    guard posts[service]?.senders.count ?? 0 < beacon.most else {
      return .refused(403, BeatSentence.full(service, beacon.most))
    }
    return nil
  }

  private mutating func leave(
    _ beat: Beat, _ beacon: Beacon, at now: Double, into events: inout [Event]
  ) -> BeatAnswer {
    let (service, name) = (beat.service, beat.instance)
    guard var sender = posts[service]?.senders[name] else {
      return .refused(404, BeatSentence.unheard)
    }
    let word: HealthReport?
    do throws(BeatProblem) { word = try beat.lastWord() } catch {
      return .refused(error.status, error.sentence)
    }
    // It costs nothing of what it may send: one that ends right after a beat is not to be missed for that. How a later
    // run went, of which no beat came, counts as a beat does.
    let wasAway = sender.hasLeft && sender.rest == nil
    if sender.hasLeft {
      guard word?.status != nil else { return .farewell }
      guard sender.isAllowed(at: now) else { return .refused(429, BeatSentence.tooSoon(name)) }
    }
    let target = BeaconDesk.target(name, service)
    let report = word?.status == nil ? sender.last : word
    let next = BeaconDesk.next(word, by: beacon) ?? sender.rest?.next
    // What comes again is what it was at its end until then; what failed has failed, whether it comes again or not.
    if let report, next != nil || report.isFailing {
      sender.rest(on: report, next: next, by: beacon, at: now)
      if sender.isInFleet {
        if wasAway { events.append(.routes(target: target, BeatTelling.routes)) }
        sender.telling?.tell(of: target, into: &events)
      }
    } else if sender.isNamed {
      sender.leave()
      // Nothing is awaited of it: what it said last is no longer so.
      if sender.isInFleet { events.append(.routes(target: target, Routes())) }
    } else {
      forget(name, of: service)
      return .farewell
    }
    posts[service]?.senders[name] = sender
    return .farewell
  }

  /// Seconds from the end of a run to the end of the next: as it says itself, else as the file says.
  private static func next(_ report: HealthReport?, by beacon: Beacon) -> Double? {
    report?.nextCheck.flatMap(bounded) ?? beacon.schedule?.period
  }

  private static func bounded(_ seconds: Double) -> Double? {
    guard seconds.isFinite, seconds > 0 else { return nil }
    let periods = Beacon.Schedule.periods
    return min(max(seconds, periods.lowerBound), periods.upperBound)
  }

  private mutating func forget(_ name: String, of service: String) {
    posts[service]?.senders[name] = nil
    roster.remove(name, from: service)
    isRosterDue = true
  }

  // MARK: Who is there

  private mutating func setPosts(at now: Double) {
    let old = posts
    posts = [:]
    for service in base.services {
      guard let beacon = service.beacon else { continue }
      var post = Post(beacon: beacon)
      let before = old[service.name]?.senders ?? [:]
      for name in beacon.instances {
        let known = before[name].flatMap { $0.isNamed ? $0 : nil }
        post.senders[name] = known ?? Sender(named: beacon, at: now)
      }
      if beacon.instances.isEmpty {
        for (name, sender) in before where !sender.isNamed { post.senders[name] = sender }
      }
      posts[service.name] = post
    }
    for (service, post) in old {
      for (name, sender) in post.senders where !sender.isNamed {
        if posts[service]?.senders[name]?.isNamed != false { roster.remove(name, from: service) }
      }
    }
  }

  /// Takes up those whom an earlier run knew.
  private mutating func recall(_ memory: BeaconMemory, at now: Double) {
    roster = memory.roster(in: base)
    told = roster
    for (service, post) in posts {
      for known in memory.senders(of: service) {
        let isNamed = post.senders[known.name] != nil
        guard isNamed || roster.names(of: service).contains(known.name) else { continue }
        // Of a named one that was never heard nothing is known.
        guard known.report != nil || known.hasLeft || !isNamed else { continue }
        posts[service]?.senders[known.name] = Sender(
          known, isNamed: isNamed, by: post.beacon, at: now)
      }
    }
  }

  private mutating func tellRoster(
    at now: Double, into events: inout [Event], evenIfSame: Bool = false
  ) {
    guard evenIfSame || isRosterDue && now - rosterAt >= BeaconDesk.pause else { return }
    isRosterDue = false
    rosterAt = now
    if evenIfSame || roster != told { events.append(.fleet(fleet)) }
    told = roster
    tellNewcomers(into: &events)
  }

  private mutating func tellNewcomers(into events: inout [Event]) {
    for service in posts.keys.sorted() {
      let senders = (posts[service]?.senders ?? [:]).filter { !$0.value.isInFleet }
      for (name, sender) in senders.sorted(by: { $0.key < $1.key }) {
        let target = BeaconDesk.target(name, service)
        events.append(.routes(target: target, BeatTelling.routes))
        sender.telling?.tell(of: target, into: &events)
        posts[service]?.senders[name]?.isInFleet = true
      }
    }
  }

  private static func target(_ name: String, _ service: String) -> Target {
    Target(service: service, instance: Beacon.address(of: name, at: service))
  }
}

/// Those who showed no right token, so that whoever set one wrong can find out why nothing is heard.
private struct TurnedAway: Sendable {
  private var beats = 0
  private var last = ""
  private var toldAt = -Double.infinity

  /// Seconds between two lines of the log.
  private static let pause = 60.0

  mutating func count(_ peer: String) {
    beats += 1
    last = peer
  }

  mutating func note(at now: Double) -> Note? {
    guard beats > 0, now - toldAt >= TurnedAway.pause else { return nil }
    defer { (beats, toldAt) = (0, now) }
    let what = beats == 1 ? "a beat was" : "\(beats) beats were"
    let place = last.isEmpty ? "" : ", the last from \(last)"
    return Note(.warning, "\(what) turned away: no such service, or not its token\(place)")
  }
}
