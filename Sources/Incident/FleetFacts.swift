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
  let present: Present
  /// The service that a condition belongs to; nil where there is none.
  let row: Int?

  /// - Parameter service: whose facts are meant where a condition names no service.
  public init(_ present: Present, service: String?) {
    self.present = present
    row = service.flatMap { name in present.index(of: name) }
  }

  public init(_ state: State, service: String?) { self.init(state.present, service: service) }

  init(_ present: Present, row: Int) {
    self.present = present
    self.row = row
  }

  public func fact(_ reference: Reference) -> Fact {
    let row: Int?
    if let name = reference.service {
      guard let found = present.index(of: name) else { return .unknown }
      row = found
    } else {
      row = self.row
    }
    if let fact = fleetFact(reference) { return fact }
    guard let row else { return .unknown }
    return fact(reference, of: row)
  }

  /// In place throughout: a copy of a service retains all that it holds.
  private func fact(_ reference: Reference, of row: Int) -> Fact {
    let argument = reference.argument
    switch reference.kind {
    case "health": return word(present.services[row].verdict.state.rawValue, unless: "unknown")
    case "liveness": return present.services[row].answer(.liveness, at: present.now)
    case "readiness": return present.services[row].answer(.readiness, at: present.now)
    case "age": return number(present.services[row].age(at: present.now))
    case "phase": return present.services[row].common { $0.health.report?.phase?.rawValue }
    case "version": return present.services[row].common { $0.version }
    case "track": return present.services[row].common { $0.health.report?.rollout?.track }
    case "rate", "error_ratio", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "p99.9_ms":
      return present.services[row].requestFact(reference.kind, at: present.now)
    case "saturation":
      return number(present.services[row].fullness(of: argument))
    case "fallback":
      guard let fallback = present.services[row].fallbacks.first(where: { $0.name == argument })
      else {
        return .unknown
      }
      return .word(fallback.active ? "active" : "inactive")
    case "breaker":
      guard let breaker = present.services[row].breakers.first(where: { $0.name == argument })
      else {
        return .unknown
      }
      return .word(breaker.state.rawValue)
    case "flag":
      guard let flag = present.services[row].flags.first(where: { $0.name == argument }) else {
        return .unknown
      }
      return .word(flag.on ? "on" : "off")
    case "check": return present.services[row].check(argument)
    case "unusual":
      guard let argument,
        present.services[row].ordinary.norms.contains(where: { $0.name == argument })
      else {
        return .unknown
      }
      return .word(present.services[row].deviations.contains { $0.name == argument } ? "yes" : "no")
    case "rising":
      guard let argument,
        present.services[row].signal(named: argument, at: present.now.seconds) != nil
      else {
        return .unknown
      }
      return .word(present.services[row].ordinary.rising.contains(argument) ? "yes" : "no")
    case "burn", "budget", "alert": return budgetFact(reference, of: row)
    default:
      guard argument == nil, present.services[row].isScrapeFresh(at: present.now),
        let signal = present.services[row].signal(named: reference.kind, at: present.now.seconds)
      else { return .unknown }
      return number(signal.value)
    }
  }

  /// Whether a quantile lies past the last bound that anybody counted by.
  func isBeyond(_ reference: Reference) -> Bool {
    guard let row = reference.service.map({ present.index(of: $0) }) ?? self.row else {
      return false
    }
    let requests = present.services[row].requests
    switch reference.kind {
    case "p50_ms": return requests.p50.isBeyond
    case "p90_ms": return requests.p90.isBeyond
    case "p95_ms": return requests.p95.isBeyond
    case "p99_ms": return requests.p99.isBeyond
    case "p99.9_ms": return requests.p999.isBeyond
    default: return false
    }
  }

  private func number(_ value: Double?) -> Fact {
    guard let value, !value.isNaN else { return .unknown }
    return .number(value)
  }

  private func word(_ word: String, unless unknown: String) -> Fact {
    word == unknown ? .unknown : .word(word)
  }
}

extension ServicePresent {
  /// A route's answer of all instances: the worst counts; one that is late says nothing.
  fileprivate func answer(_ kind: ProbeKind, at now: Instant) -> Fact {
    var passes = false
    var isUnknown = instances.isEmpty
    for index in instances.indices {
      let route = instances[index].health[kind]
      guard let last = route.lastAnswer,
        now.seconds(since: last) <= instances[index].health.policy.staleAfter
          || now.seconds(since: last) <= 2 * instances[index].health.nextCheckHint
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
    for instance in instances {
      guard let said = word(instance) else { continue }
      if let found, found != said { return .unknown }
      found = said
    }
    return found.map(Fact.word) ?? .unknown
  }

  fileprivate func check(_ name: String?) -> Fact {
    var worst: HealthReport.Status?
    for index in instances.indices {
      guard let check = instances[index].health.report?.checks.first(where: { $0.name == name })
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

  /// Requests of the last minute, unless the scrape they were read of is late.
  fileprivate func requestFact(_ kind: String, at now: Instant) -> Fact {
    guard isScrapeFresh(at: now) else { return .unknown }
    let value: Double? =
      switch kind {
      case "rate": requests.rate
      case "error_ratio": requests.errorRatio
      case "p50_ms": requests.p50.seconds.map { $0 * 1000 }
      case "p90_ms": requests.p90.seconds.map { $0 * 1000 }
      case "p95_ms": requests.p95.seconds.map { $0 * 1000 }
      case "p99_ms": requests.p99.seconds.map { $0 * 1000 }
      default: requests.p999.seconds.map { $0 * 1000 }
      }
    guard let value, !value.isNaN else { return .unknown }
    return .number(value)
  }

  /// Whether any instance was scraped within two of its intervals.
  func isScrapeFresh(at now: Instant) -> Bool {
    instances.indices.contains { index in
      guard let last = instances[index].sharedMeter.read({ $0.lastScrape }) else { return false }
      let polling = instances[index].definition.polling
      return now.seconds - last <= 2 * polling.interval + polling.timeout
    }
  }
}

extension LatencyQuantile {
  fileprivate var isBeyond: Bool { if case .beyond = self { true } else { false } }
}
