import Exposition
import Fleet
import Health
import Telemetry

extension State {
  /// The one way the state changes. Pure: the same entries give the same state, byte for byte.
  public mutating func apply(_ entry: Entry) {
    present.sequence = entry.sequence
    present.now = entry.instant
    switch entry.event {
    case .fleet(let fleet):
      adopt(fleet)
    case .tick:
      break
    case .probe(let target, let probe):
      guard let place = present.place(of: target) else { break }
      present.services[place.service].instances[place.instance].observe(probe, at: entry.instant)
      judge(place.service)
      notice(place, wasScraped: false)
      watchTriggers(place.service)
    case .scrape(let target, let scrape):
      guard let place = present.place(of: target) else { break }
      let roles = present.services[place.service].roles
      present.services[place.service].instances[place.instance]
        .observe(scrape, roles: roles, at: entry.instant)
      measure(place.service)
      judge(place.service)
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
    }
    advance()
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
      let roles = definition.roles(in: shared)
      let meansTheSame = roles == service.roles
      service.roles = roles
      if !meansTheSame { service.readIn = -1 }
      service.followTriggers()
      service.instances = definition.instances.map { instance in
        guard var kept = known[Target(service: definition.name, instance: instance.url)] else {
          return InstancePresent(instance)
        }
        kept.adopt(instance)
        if !meansTheSame { kept.forgetMeasurements() }
        return kept
      }
      return service
    }
    present.places = PlaceHints(present.services)
    history.follow(fleet.services.map(\.name))
    for index in present.services.indices { judge(index) }
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
    }
    history.chapters[index].record(present.services[index], at: now.seconds)
  }

  /// Gives a service its verdict from those of its instances, and keeps what changed.
  private mutating func judge(_ index: Int) {
    let name = present.services[index].definition.name
    let (state, reasons) = ServiceHealth.combine(present.services[index].instances.map(\.health))
    let before = present.services[index].verdict
    present.services[index].verdict.reasons = reasons
    guard before.state != state else { return }
    present.services[index].verdict.state = state
    present.services[index].verdict.since = present.now
    present.keep(
      StateChange(
        service: name, from: before.state, to: state, at: present.now,
        cause: reasons.first ?? ""))
  }

  /// Moves timers, once in each whole second, whatever entry it was that brought the time along.
  private mutating func advance() {
    let second = present.now.offset / 1_000_000_000
    guard second > present.advancedTo else { return }
    present.advancedTo = second
    for service in present.services.indices {
      for instance in present.services[service].instances.indices {
        present.services[service].instances[instance].health.advance(to: present.now)
      }
      judge(service)
    }
    advanceTriggers(second)
  }
}
