public import Conditions
import Fleet
import Health
import Telemetry

/// What a condition can ask of a fleet: the facts of one service, and by their names those of the
/// others.
///
/// Nothing that is stale, not a number or not known is a fact: it is unknown, and a condition that needs it decides
/// nothing.
public struct FleetFacts: Facts, Sendable {
  let now: Instant
  let services: [ServicePresent]
  let capabilities: [CapabilityPresent]
  let journeys: [JourneyPresent]
  private let places: PlaceHints
  /// The service that a condition belongs to; nil where there is none.
  private let row: Int?
  /// Something is sent, or proved, by them: what a service said last counts no longer than it goes on saying so.
  private(set) var isForActing = false

  /// Facts that an action stands on: what was reported before a service fell silent is none.
  ///
  /// - Parameter service: whose facts are meant where a condition names no service.
  public static func acting(_ present: Present, service: String?) -> FleetFacts {
    var facts = FleetFacts(present, service: service)
    facts.isForActing = true
    return facts
  }

  /// - Parameter service: whose facts are meant where a condition names no service.
  public init(_ present: Present, service: String?) {
    self.init(present, row: service.flatMap { name in present.index(of: name) })
  }

  public init(_ state: State, service: String?) { self.init(state.present, service: service) }

  /// Of the present only what facts are made of: they are asked for after every poll.
  init(_ present: Present, row: Int?) {
    now = present.now
    services = present.services
    capabilities = present.capabilities
    journeys = present.journeys
    places = present.places
    self.row = row
  }

  public func fact(_ reference: Reference) -> Fact { fact(FactSubject(reference)) }

  func fact(_ subject: FactSubject) -> Fact {
    let row: Int?
    if let name = subject.service {
      guard let found = places.index(of: name, in: services) else { return .unknown }
      row = found
    } else {
      row = self.row
    }
    switch subject.kind {
    case .capability(let name): return capability(name)
    case .journey(let name): return journey(name)
    default: return row.map { fact(subject.kind, of: $0) } ?? .unknown
    }
  }

  /// In place throughout: a copy of a service retains all that it holds.
  private func fact(_ kind: FactSubject.Kind, of row: Int) -> Fact {
    let instances = services[row].instances
    if isForActing, !isHeard(kind, of: row) { return .unknown }
    switch kind {
    case .health: return word(services[row].verdict.state.rawValue, unless: "unknown")
    case .liveness: return instances.answer(.liveness, at: now)
    case .readiness: return instances.answer(.readiness, at: now)
    case .age: return number(services[row].age(at: now))
    case .phase: return instances.common { $0.health.report?.phase?.rawValue }
    case .version: return instances.common { $0.version }
    case .track: return instances.common { $0.health.report?.rollout?.track }
    case .exports:
      // Whether all that it exported before it exports still.
      let parity = services[row].parity
      guard parity.isKnown, instances.hasFreshScrape(at: now) else { return .unknown }
      return .word(parity.vanished.isEmpty ? "whole" : "reduced")
    case .figure(let figure):
      guard instances.hasFreshScrape(at: now) else { return .unknown }
      return number(services[row].requests.value(of: figure))
    case .saturation(let name): return number(instances.fullness(of: name))
    case .fallback(let name):
      guard let fallback = services[row].fallbacks.first(where: { $0.name == name }) else {
        return .unknown
      }
      return .word(fallback.active ? "active" : "inactive")
    case .breaker(let name):
      guard let breaker = services[row].breakers.first(where: { $0.name == name }) else {
        return .unknown
      }
      return .word(breaker.state.rawValue)
    case .flag(let name):
      guard let flag = services[row].flags.first(where: { $0.name == name }) else {
        return .unknown
      }
      return .word(flag.on ? "on" : "off")
    case .check(let name): return instances.check(name)
    case .unusual(let name):
      guard services[row].ordinary.norms.contains(where: { $0.name == name }) else {
        return .unknown
      }
      return .word(services[row].deviations.contains { $0.name == name } ? "yes" : "no")
    case .rising(let name):
      guard instances.signal(named: name, at: now.seconds) != nil else { return .unknown }
      return .word(services[row].ordinary.rising.contains(name) ? "yes" : "no")
    case .burn(let objective, let window): return burn(objective, window, of: row)
    case .budget(let objective): return budget(objective, of: row)
    case .healing(let objective): return healing(objective, of: row)
    case .alert(let objective): return alert(objective, of: row)
    case .signal(let name):
      guard instances.hasFreshScrape(at: now) else { return .unknown }
      return number(instances.signal(named: name, at: now.seconds))
    case .capability, .journey, .nothing: return .unknown
    }
  }

  /// Whether a quantile lies past the last bound that anybody counted by.
  func isBeyond(_ reference: Reference) -> Bool {
    guard let figure = RequestFigure(rawValue: reference.kind),
      let row = reference.service.map({ places.index(of: $0, in: services) }) ?? self.row,
      case .beyond? = services[row].requests.latency(figure)
    else { return false }
    return true
  }

  private func number(_ value: Double?) -> Fact {
    guard let value, !value.isNaN else { return .unknown }
    return .number(value)
  }

  private func word(_ word: String, unless unknown: String) -> Fact {
    word == unknown ? .unknown : .word(word)
  }
}

extension [InstancePresent] {
  /// A route's answer of all instances: the worst counts; one that is late says nothing.
  fileprivate func answer(_ kind: ProbeKind, at now: Instant) -> Fact {
    var passes = false
    var isUnknown = isEmpty
    for index in indices {
      let route = self[index].health[kind]
      guard let last = route.lastAnswer,
        now.seconds(since: last) <= self[index].health.policy.staleAfter
          || now.seconds(since: last) <= 2 * self[index].health.nextCheckHint
      else {
        isUnknown = true
        continue
      }
      switch route.verdict {
      case .fail: return .word("fail")
      case .pass: passes = true
      case .unknown: isUnknown = true
      }
    }
    return passes && !isUnknown ? .word("pass") : .unknown
  }

  /// What all instances say alike; where they differ nobody can tell.
  fileprivate func common(_ word: (InstancePresent) -> String?) -> Fact {
    var found: String?
    for index in indices {
      guard let said = word(self[index]) else { continue }
      if let found, found != said { return .unknown }
      found = said
    }
    return found.map(Fact.word) ?? .unknown
  }

  fileprivate func check(_ name: String) -> Fact {
    var worst: HealthReport.Status?
    for index in indices {
      guard let check = self[index].health.report?.checks.first(where: { $0.name == name })
      else {
        continue
      }
      switch (worst, check.status) {
      case (_, .fail), (nil, _): worst = check.status
      case (.pass, .warn): worst = .warn
      default: break
      }
    }
    return worst.map { .word($0.rawValue) } ?? .unknown
  }

  /// Whether any instance was scraped within two of its intervals.
  func hasFreshScrape(at now: Instant) -> Bool {
    indices.contains { index in
      guard let last = self[index].sharedMeter.read({ $0.lastScrape }) else { return false }
      let polling = self[index].definition.polling
      return now.seconds - last <= 2 * polling.interval + polling.timeout
    }
  }

  /// The ratio of the limited thing of that name, of all instances the largest; without a name that of
  /// the fullest thing.
  fileprivate func fullness(of name: String?) -> Double? {
    var fullest: Double?
    for index in indices {
      guard let own = self[index].fullness(of: name) else { continue }
      fullest = Swift.max(fullest ?? own, own)
    }
    return fullest
  }

  /// The value of one signal of all instances; of several the largest.
  fileprivate func signal(named name: String, at seconds: Double) -> Double? {
    var largest: Double?
    for index in indices {
      guard
        let value = self[index].sharedMeter.read({ $0.value(ofSignal: name, at: seconds) })
      else { continue }
      if value > largest ?? -.infinity { largest = value }
    }
    return largest
  }
}
