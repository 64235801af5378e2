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
    let instances = present.services[row].instances
    switch reference.kind {
    case "health": return word(present.services[row].verdict.state.rawValue, unless: "unknown")
    case "liveness": return instances.answer(.liveness, at: present.now)
    case "readiness": return instances.answer(.readiness, at: present.now)
    case "age": return number(present.services[row].age(at: present.now))
    case "phase": return instances.common { $0.health.report?.phase?.rawValue }
    case "version": return instances.common { $0.version }
    case "track": return instances.common { $0.health.report?.rollout?.track }
    case "exports":
      // Whether all that it exported before it exports still.
      let parity = present.services[row].parity
      guard parity.isKnown, instances.hasFreshScrape(at: present.now) else { return .unknown }
      return .word(parity.vanished.isEmpty ? "whole" : "reduced")
    case "rate", "error_ratio", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "p99.9_ms":
      guard instances.hasFreshScrape(at: present.now) else { return .unknown }
      return number(present.services[row].requests.figure(reference.kind))
    case "saturation":
      return number(instances.fullness(of: argument))
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
    case "check": return instances.check(argument)
    case "unusual":
      guard let argument,
        present.services[row].ordinary.norms.contains(where: { $0.name == argument })
      else {
        return .unknown
      }
      return .word(present.services[row].deviations.contains { $0.name == argument } ? "yes" : "no")
    case "rising":
      guard let argument,
        instances.signal(named: argument, at: present.now.seconds) != nil
      else {
        return .unknown
      }
      return .word(present.services[row].ordinary.rising.contains(argument) ? "yes" : "no")
    case "burn", "budget", "alert": return budgetFact(reference, of: row)
    default:
      guard argument == nil, instances.hasFreshScrape(at: present.now),
        let signal = instances.signal(named: reference.kind, at: present.now.seconds)
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

  fileprivate func check(_ name: String?) -> Fact {
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
  fileprivate func hasFreshScrape(at now: Instant) -> Bool {
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
      let all = Saturation.all(
        reported: self[index].sharedHealth.read { $0.report?.saturation } ?? [],
        measured: self[index].sharedMeter.read { $0.saturation })
      for one in all
      where (name == nil || one.name == name) && one.ratio > fullest ?? -.infinity {
        fullest = one.ratio
      }
    }
    return fullest
  }

  /// One signal of all instances; of several values the largest.
  fileprivate func signal(named name: String, at seconds: Double) -> Signal? {
    var largest: Signal?
    for index in indices {
      guard
        let signal = self[index].sharedMeter.read({ $0.signal(named: name, at: seconds) })
      else { continue }
      if signal.value > largest?.value ?? -.infinity { largest = signal }
    }
    return largest
  }
}

extension RequestSummary {
  /// One of what conditions name: `rate`, `p99_ms`.
  fileprivate func figure(_ kind: String) -> Double? {
    switch kind {
    case "rate": rate
    case "error_ratio": errorRatio
    case "p50_ms": p50.seconds.map { $0 * 1000 }
    case "p90_ms": p90.seconds.map { $0 * 1000 }
    case "p95_ms": p95.seconds.map { $0 * 1000 }
    case "p99_ms": p99.seconds.map { $0 * 1000 }
    default: p999.seconds.map { $0 * 1000 }
    }
  }
}

extension LatencyQuantile {
  fileprivate var isBeyond: Bool { if case .beyond = self { true } else { false } }
}
