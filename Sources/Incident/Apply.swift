import Conditions
import Exposition
import Fleet
import Health
import Telemetry

extension State {
  /// The one way the state changes. Pure: the same entries give the same state, byte for byte.
  public mutating func apply(_ entry: Entry) {
    if case .began = entry.event { self = State(began: entry.instant) }
    present.sequence = entry.sequence
    present.now = entry.instant
    ledger.clock.follow(wall: entry.instant.wall, offset: entry.instant.offset)
    switch entry.event {
    case .fleet(let fleet):
      adopt(fleet)
    case .began, .tick, .body:
      break
    case .probe(let target, let probe):
      guard let place = present.place(of: target) else { break }
      present.services[place.service].instances[place.instance].observe(probe, at: entry.instant)
      followFallbacks(place.service)
      judge(place.service)
      sense(place.service)
      link(place.service)
      notice(place, wasScraped: false)
      watchTriggers(place.service)
      watchRunbooks(place.service)
      present.setWake(place.service)
    case .scrape(let target, let scrape):
      guard let place = present.place(of: target) else { break }
      present.services[place.service].observe(scrape, of: place.instance, at: entry.instant)
      history.chapters[place.service].record(
        present.services[place.service].instances, at: entry.instant.seconds)
      count(place, scrape)
      followFallbacks(place.service)
      judge(place.service)
      sense(place.service)
      var isRead = false
      if case .extracted = scrape.outcome { isRead = true }
      notice(place, wasScraped: isRead)
      compareWithUsual(place.service)
      watchTriggers(place.service)
      watchRunbooks(place.service)
      present.setWake(place.service)
    case .routes(let target, let routes):
      guard let place = present.place(of: target) else { break }
      present.services[place.service].instances[place.instance].adopt(routes, at: entry.instant)
      present.setWake(place.service)
    case .note(let note):
      present.keep(note, at: entry.instant)
    case .journey(let name, let run):
      guard let index = present.journeys.firstIndex(where: { $0.definition.name == name })
      else { break }
      present.journeys[index].observe(run, at: entry.instant)
      present.capabilitiesAreDue = true
    case .ledger(let page):
      remember(page)
    case .incident(let act):
      perform(act)
    case .remark(let remark):
      present.keep(Note(.info, "\(remark.by) noted: \(remark.text)"), at: entry.instant)
    case .runbooks(let cards):
      adopt(cards)
    case .runbook(let act):
      perform(act)
    case .actions(let actions):
      present.actions = Array(actions.prefix(State.actionLimit))
    case .maneuvers(let maneuvers):
      present.maneuvers = Array(maneuvers.prefix(State.actionLimit))
    case .action(let move):
      perform(move)
    case .rules(let rules):
      adopt(rules)
    case .rule(let move):
      perform(move)
    case .halt(let move):
      perform(move)
    case .resume(let unfinished):
      take(unfinished)
    case .documents(let documents):
      present.documents = documents.sorted {
        ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name)
      }
    }
    let wasLong = advance()
    if present.capabilitiesAreDue { present.followCapabilities() }
    // Origins that are due stay so: in a fleet that falls silent they wait for a turn with less to do.
    if !wasLong { present.findOrigins() }
  }

  /// Takes a new fleet, keeping what is known of instances that stay.
  private mutating func adopt(_ fleet: Fleet) {
    var known: [Target: InstancePresent] = [:]
    var verdicts: [String: ServicePresent] = [:]
    for service in present.services {
      verdicts[service.definition.name] = service
      for instance in service.instances {
        known[Target(service: service.definition.name, instance: instance.id)] = instance
      }
    }
    let shared = fleet.roles
    noticeReload(from: present.fleet, to: fleet)
    present.fleet = fleet
    present.services = fleet.services.map { definition in
      var service = verdicts[definition.name] ?? ServicePresent(definition, at: present.now)
      service.adopt(definition)
      let roles = definition.roles(in: shared, rules: fleet.rules(of: definition))
      let meansTheSame = roles.recognisesTheSame(as: service.roles)
      let countsTheSame = roles.rules == service.roles.rules
      service.roles = roles
      if !meansTheSame { service.readIn = -1 }
      service.followTriggers()
      service.instances = definition.instances.map { instance in
        guard var kept = known[Target(service: definition.name, instance: instance.url)] else {
          return InstancePresent(instance)
        }
        kept.adopt(instance)
        if !meansTheSame { kept.forgetMeasurements() }
        if !countsTheSame { kept.forgetEvents() }
        return kept
      }
      return service
    }
    present.places = PlaceHints(present.services)
    present.journeys = fleet.journeys.map { journey in
      // Other steps are another journey, whose past says nothing about this one.
      guard
        var kept = present.journeys.first(where: { $0.definition.name == journey.name }),
        kept.definition.steps.map(\.place) == journey.steps.map(\.place)
      else { return JourneyPresent(journey) }
      kept.definition = journey
      return kept
    }
    history.follow(fleet.services.map(\.name))
    adoptObjectives()
    for index in present.services.indices { judge(index) }
    present.wakes = Array(repeating: 0, count: present.services.count)
    present.names = ServiceNames(present.services)
    present.dependencies = Dependencies(present.services, present.names)
    present.origins.isDue = true
    present.origins.foundAt = .min / 2
    present.adoptCapabilities()
    present.runbookIndex = RunbookIndex(present.runbooks, present.services)
  }

  /// Follows the fallbacks of a service; those of most cost no more than a look.
  ///
  /// - Returns: whether its verdict may be another now.
  @discardableResult
  private mutating func followFallbacks(_ index: Int) -> Bool {
    guard present.services[index].mustFollowFallbacks() else { return false }
    let tracks = followedFallbacks(index)
    // What is in use may have gone beyond its tolerance, though nothing was heard of it.
    let isInUse = tracks.contains(where: \.isInUse)
    if tracks == present.services[index].fallbackTracks { return isInUse }
    present.services[index].fallbackTracks = tracks
    return true
  }

  private func followedFallbacks(_ index: Int) -> [FallbackTrack] {
    present.services[index].followed(FleetFacts(present, row: index), at: present.now)
  }

  /// Gives a service its verdict from those of its instances, and keeps what changed.
  private mutating func judge(_ index: Int) {
    guard let change = present.services[index].judge(at: present.now) else { return }
    present.capabilitiesAreDue = true
    present.keep(change)
    openIncident(ifCritical: index, before: change.from)
    sense(index)
  }

  /// Follows what is wrong with a service; when a symptom comes or goes, origins are due.
  private mutating func sense(_ index: Int) {
    if present.services[index].sense(at: present.now) { present.origins.isDue = true }
  }

  /// Looks up whom a service needs where it names others than before.
  private mutating func link(_ index: Int) {
    let mark = present.services[index].findLinkMark()
    guard !present.dependencies.isCurrent(mark, at: index) else { return }
    if present.names.isEmpty { present.names = ServiceNames(present.services) }
    let isNew = present.dependencies.mend(present.services[index], at: index, present.names)
    if isNew { present.origins.isDue = true }
  }

  /// Moves timers, once in each whole second, whatever entry it was that brought the time along.
  ///
  /// Nothing due is the rule: a thousand services cost a thousand comparisons of numbers that lie
  /// together. Where much is due at once, as after a silence, the rest is left to the entries that
  /// follow, and the next second goes on from there: no turn is a long one, and nobody waits for ever.
  ///
  /// - Returns: whether this turn had enough to do.
  private mutating func advance() -> Bool {
    let second = present.now.offset / 1_000_000_000
    if second > present.advancedTo {
      present.advancedTo = second
      present.timers.left = present.services.count
      present.capabilitiesAreDue = true
      advanceTriggers(second)
      advanceActions()
      advanceRules()
    }
    // A fleet that was read again may be smaller, and a present that was decoded may say anything.
    present.timers.left = min(present.timers.left, present.services.count)
    if present.wakes.count != present.services.count {
      present.wakes = Array(repeating: 0, count: present.services.count)
    }
    var cost = rollLedgers() * State.costOfARoll
    while present.timers.left > 0, cost < State.costOfATurn {
      if !present.services.indices.contains(present.timers.next) { present.timers.next = 0 }
      if present.wakes[present.timers.next] <= present.now.offset {
        cost += moveTimers(ofServiceAt: present.timers.next)
      }
      present.timers.next += 1
      present.timers.left -= 1
    }
    return cost >= State.costOfATurn / 2
  }

  /// What one turn may spend beside its entry: 200 timers that move, or looks at the fallbacks of 500
  /// services. A unit is about a microsecond.
  private static let costOfATurn = 1000
  private static let costOfAMove = 5
  private static let costOfALook = 2
  private static let costOfARoll = 5

  /// - Returns: what it cost.
  private mutating func moveTimers(ofServiceAt index: Int) -> Int {
    let (moved, followsFallbacks, rests) = present.services[index].moveTimers(to: present.now)
    var isMoved = moved > 0
    var cost = moved * State.costOfAMove
    if followsFallbacks {
      if followFallbacks(index) { isMoved = true }
      cost += State.costOfALook
    }
    if isMoved { judge(index) }
    if rests {
      present.endTrouble(ofServiceAt: index)
      cost += State.costOfAMove
    }
    present.setWake(index)
    return cost
  }
}

extension Present {
  /// Notes when something of a service moves by itself, after anything of it has changed.
  mutating func setWake(_ index: Int) {
    let wake = services[index].findNextMove()
    if wakes.indices.contains(index) { wakes[index] = wake }
  }
}
