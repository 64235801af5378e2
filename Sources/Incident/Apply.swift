import Conditions
import Exposition
import Fleet
import Health
import Telemetry

extension State {
  /// The one way the state changes. Pure: the same entries give the same state, byte for byte.
  public mutating func apply(_ entry: Entry) {
    present.sequence = entry.sequence
    present.now = entry.instant
    ledger.clock.follow(wall: entry.instant.wall, offset: entry.instant.offset)
    switch entry.event {
    case .fleet(let fleet):
      adopt(fleet)
    case .tick:
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
    case .scrape(let target, let scrape):
      guard let place = present.place(of: target) else { break }
      let roles = present.services[place.service].roles
      present.services[place.service].instances[place.instance]
        .observe(scrape, roles: roles, at: entry.instant)
      measure(place.service)
      count(place, scrape)
      followFallbacks(place.service)
      judge(place.service)
      sense(place.service)
      var isRead = false
      if case .extracted = scrape.outcome { isRead = true }
      notice(place, wasScraped: isRead)
      compareWithUsual(place.service)
      watchTriggers(place.service)
    case .routes(let target, let routes):
      guard let place = present.place(of: target) else { break }
      present.services[place.service].instances[place.instance].adopt(routes, at: entry.instant)
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
    }
    advance()
    if present.capabilitiesAreDue { present.followCapabilities() }
    present.findOrigins()
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
      service.definition = definition
      service.adoptPlans()
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
    present.names = ServiceNames(present.services)
    present.dependencies = Dependencies(present.services, present.names)
    present.origins.isDue = true
    present.origins.foundAt = .min / 2
    present.adoptCapabilities()
  }

  /// Follows the fallbacks of a service; those of most cost no more than a look.
  private mutating func followFallbacks(_ index: Int) {
    guard present.services[index].followsFallbacks else { return }
    present.services[index].fallbackTracks = followedFallbacks(index)
  }

  private func followedFallbacks(_ index: Int) -> [FallbackTrack] {
    present.services[index].followed(FleetFacts(present, row: index), at: present.now)
  }

  /// Reads the requests of a service anew after one of its instances was scraped, if it is time.
  private mutating func measure(_ index: Int) {
    let now = present.now
    let stretch = Int64(now.seconds / ServicePresent.readEvery)
    // What is not known yet is not kept waiting.
    if stretch > present.services[index].readIn || present.services[index].requests.rate == nil {
      let statistics = present.services[index].statistics(.minute, at: now)
      present.services[index].requests = RequestSummary(statistics, window: .minute)
      present.services[index].readIn = stretch
      present.services[index].measureSymptoms(at: now)
    }
    history.chapters[index].record(present.services[index], at: now.seconds)
  }

  /// Gives a service its verdict from those of its instances, and keeps what changed.
  private mutating func judge(_ index: Int) {
    let name = present.services[index].definition.name
    var (state, reasons) = ServiceHealth.combine(present.services[index].instances.map(\.health))
    present.services[index].health = state
    if !present.services[index].fallbackTracks.isEmpty {
      (state, reasons) = weigh(present.services[index].fallbackTracks, state, reasons)
    }
    let before = present.services[index].verdict
    present.services[index].verdict.reasons = reasons
    guard before.state != state else { return }
    present.capabilitiesAreDue = true
    present.services[index].verdict.state = state
    present.services[index].verdict.since = present.now
    present.keep(
      StateChange(
        service: name, from: before.state, to: state, at: present.now,
        cause: reasons.first ?? ""))
    openIncident(ifCritical: index, before: before.state)
    sense(index)
  }

  /// Follows what is wrong with a service; when a symptom comes or goes, origins are due.
  private mutating func sense(_ index: Int) {
    guard present.services[index].mayBeInTrouble else { return }
    let found = present.services[index].symptoms(at: present.now)
    if present.services[index].trouble != nil {
      if present.services[index].trouble?.follow(found, at: present.now) == true {
        present.origins.isDue = true
      }
    } else if !found.isEmpty {
      present.services[index].trouble = Trouble(found, at: present.now)
      present.origins.isDue = true
    }
  }

  /// Looks up whom a service needs where it names others than before.
  private mutating func link(_ index: Int) {
    let mark = present.services[index].linkMark
    guard !present.dependencies.isCurrent(mark, at: index) else { return }
    if present.names.isEmpty { present.names = ServiceNames(present.services) }
    let isNew = present.dependencies.mend(present.services[index], at: index, present.names)
    if isNew { present.origins.isDue = true }
  }

  /// What fallbacks make of a service: one that goes beyond what was planned makes it unhealthy,
  /// whatever its instances say; one in use or still recovering keeps it from being healthy.
  private func weigh(
    _ tracks: [FallbackTrack], _ state: HealthState, _ reasons: [String]
  ) -> (HealthState, [String]) {
    var state = state
    var reasons = reasons
    var place = 0
    for track in tracks where track.isInUse {
      guard let finding = track.finding(at: present.now) else { continue }
      let least: HealthState = track.isCritical(at: present.now) ? .unhealthy : .degraded
      // Of what is not heard nobody knows whether it still falls back.
      if state < least, state != .stale, state != .unknown {
        state = least
        reasons.insert(finding, at: place)
        place += 1
      } else if least == .unhealthy {
        reasons.insert(finding, at: place)
        place += 1
      } else if !reasons.contains(where: { $0.contains("fallback \(track.name) ") }) {
        reasons.append(finding)
      }
    }
    return (state, reasons)
  }

  /// Moves timers, once in each whole second, whatever entry it was that brought the time along.
  ///
  /// Nothing due is the rule: a thousand services cost a thousand comparisons. Where much is due at
  /// once, as after a silence, the rest is left to the entries that follow, and the next second
  /// goes on from there: no turn is a long one, and nobody waits for ever.
  private mutating func advance() {
    let second = present.now.offset / 1_000_000_000
    if second > present.advancedTo {
      present.advancedTo = second
      present.timers.left = present.services.count
      present.capabilitiesAreDue = true
      advanceTriggers(second)
      rollLedgers()
    }
    // A fleet that was read again may be smaller.
    present.timers.left = min(present.timers.left, present.services.count)
    var moved = 0
    while present.timers.left > 0, moved < State.movesATurn {
      if !present.services.indices.contains(present.timers.next) { present.timers.next = 0 }
      moved += moveTimers(ofServiceAt: present.timers.next)
      present.timers.next += 1
      present.timers.left -= 1
    }
  }

  /// Timers moved in one turn.
  private static let movesATurn = 200

  /// - Returns: how many timers moved.
  private mutating func moveTimers(ofServiceAt index: Int) -> Int {
    let now = present.now
    var moved = 0
    for instance in present.services[index].instances.indices
    where present.services[index].instances[instance].health.isDue(at: now) {
      present.services[index].instances[instance].health.advance(to: now)
      moved += 1
    }
    if present.services[index].followsFallbacks {
      followFallbacks(index)
      moved += 1
    }
    if moved > 0 { judge(index) }
    if present.services[index].trouble?.restingSince != nil {
      present.endTrouble(ofServiceAt: index)
      moved += 1
    }
    return moved
  }
}
