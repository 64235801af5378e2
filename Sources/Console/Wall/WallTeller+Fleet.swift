import Canvas
import Fleet
import Health
import Incident
import Runbooks
import Telemetry

import enum Canvas.Role

/// What is wrong in the fleet, and with what its users get.
extension WallTeller {
  // MARK: Services

  /// Whatever is not well, the most urgent first.
  var services: Told {
    var found = Foremost<(urgency: Urgency, index: Int)>(WallPages.most) { $1.urgency < $0.urgency }
    for index in present.services.indices {
      let urgency = present.urgency(ofServiceAt: index)
      if urgency.trouble > 0 || present.services[index].verdict.state != .healthy {
        found.add((urgency, index))
      }
    }
    return Told(found) { service(at: $0.index) }
  }

  private func service(at index: Int) -> WallFact {
    let service = present.services[index]
    let name = service.definition.name
    let state = service.verdict.state
    let isWell = state == .healthy
    // By its own word it is well, and something shows otherwise.
    var fact = WallFact(
      "service/\(name)", veil.service(name), isWell ? "▲" : state.mark,
      isWell ? .warning : state.role)
    let age = max(0, now.seconds(since: service.verdict.since))
    fact.status = isWell ? "says it is well" : "\(state.rawValue) \(Quantity.duration(age))"
    fact.figure = figure(of: service, age: age)
    var words: [String] = []
    if let origin = present.origin(of: name) {
      words.append("because of \(veil.service(origin))")
    } else if let reason = veil.said(service.verdict.reasons.first) {
      words.append(reason)
    }
    if let work = present.works.last(where: { $0.service == name && $0.closed == nil }) {
      words.append("\(veil.person(work.by)) is on it")
    }
    fact.words = words.joined(separator: ", ")
    return fact
  }

  /// The number that matters: what users feel, where it is known; else for how long it has been so.
  private func figure(of service: ServicePresent, age: Double) -> WallFact.Figure {
    let state = service.verdict.state
    let requests = service.requests
    let isKnown = state != .stale && state != .unknown && state != .unreachable
    if isKnown, Figures(service, at: now).freshness == .fresh, (requests.rate ?? 0) > 0 {
      let errors = requests.errorRatio ?? 0
      if errors >= 0.01 { return .init(percent: errors, "errors") }
      let limit = service.definition.threshold ?? .infinity
      switch requests.p99 {
      case .beyond(let bound) where bound >= min(limit, 1):
        return .init(latency: bound, sign: ">", "p99")
      case .within(let value, _, _) where value > limit:
        return .init(latency: value, "p99")
      case .summary(let value, _) where value > limit:
        return .init(latency: value, "p99, worst instance")
      default: break
      }
    }
    switch state {
    case .stale: return .init(seconds: service.age(at: now) ?? age, "since it was heard")
    case .unknown: return .init("?", "nothing was heard of it")
    case .healthy: return .init(seconds: now.seconds(since: trouble(of: service)), "in trouble")
    default: return .init(seconds: age, state.rawValue)
    }
  }

  private func trouble(of service: ServicePresent) -> Instant {
    service.trouble?.began ?? service.slos.compactMap(\.alert?.since).first
      ?? service.verdict.since
  }

  // MARK: Users

  /// Capabilities that are not whole, lost ones first.
  var users: Told {
    let found = present.capabilities.indices.filter { place in
      present.capabilities[place].state != .whole && !present.capabilities[place].isService
    }
    return Told(
      found.sorted {
        let (a, b) = (present.capabilities[$0], present.capabilities[$1])
        return (-a.state.severity, a.definition.tier.rank, $0)
          < (-b.state.severity, b.definition.tier.rank, $1)
      }
    ) { capability(present.capabilities[$0]) }
  }

  private func capability(_ capability: CapabilityPresent) -> WallFact {
    let name = capability.definition.name
    let (mark, role): (String, Role) =
      switch capability.state {
      case .lost: ("✖", .bad)
      case .degraded: ("◐", .degraded)
      case .unknown: ("?", .unknown)
      case .whole: ("●", .healthy)
      }
    var fact = WallFact("capability/\(name)", veil.capability(name), mark, role)
    let age = max(0, now.seconds(since: capability.since))
    fact.status = "\(capability.state.rawValue) \(Quantity.duration(age))"
    var words = [veil.said(capability.status)].compactMap { $0 }
    if let left = capability.expected(at: now) {
      words.append(
        left > 0
          ? "back expected in \(Quantity.duration(left))"
          : "expected back \(Quantity.duration(-left)) ago")
    }
    fact.words = words.joined(separator: ", ")
    fact.figure = .init(
      seconds: age, capability.state == .unknown ? "not known" : capability.state.rawValue)
    return fact
  }

  // MARK: Budgets

  /// Those that burn, are short, or cannot be read, worst first.
  var budgets: Told {
    let found = budgetPlaces(WallPages.most) {
      $0.alert != nil || $0.standing != .fine || ($0.remaining ?? 1) <= 0
    }
    return Told(found) { budget(row(at: $0)) }
  }

  /// Where an objective stands: of which service, nil for those of capabilities, and which of them.
  struct BudgetPlace {
    var service: Int?
    var slo: Int
    var tier: Tier
    var urgency: (Int, Int, Double, Int)
  }

  /// The most urgent objectives of those that are wanted.
  func budgetPlaces(_ most: Int, where isWanted: (SLOPresent) -> Bool) -> Foremost<BudgetPlace> {
    var found = Foremost<BudgetPlace>(most) { $0.urgency < $1.urgency }
    func add(_ service: Int?, _ place: Int, _ slo: SLOPresent, _ tier: Tier) {
      let urgency = BudgetPane.Row.urgency(of: slo, tier)
      found.add(BudgetPlace(service: service, slo: place, tier: tier, urgency: urgency))
    }
    for service in present.services.indices where !present.services[service].slos.isEmpty {
      for slo in present.services[service].slos.indices
      where isWanted(present.services[service].slos[slo]) {
        add(
          service, slo, present.services[service].slos[slo],
          present.services[service].definition.tier)
      }
    }
    for (place, (own, slo)) in zip(present.fleet.capabilitySLOs, present.capabilitySLOs)
      .enumerated()
    where isWanted(slo) {
      let tier = present.fleet.capabilities.first { $0.name == own.capability }?.tier
      add(nil, place, slo, tier ?? .important)
    }
    return found
  }

  func row(at place: BudgetPlace) -> BudgetPane.Row {
    guard let service = place.service else {
      return BudgetPane.Row(
        owner: .capability(present.fleet.capabilitySLOs[place.slo].capability), tier: place.tier,
        slo: present.capabilitySLOs[place.slo])
    }
    return BudgetPane.Row(
      owner: .service(present.services[service].definition.name), tier: place.tier,
      slo: present.services[service].slos[place.slo])
  }

  func budget(_ row: BudgetPane.Row) -> WallFact {
    let slo = row.slo
    let owner: String
    switch row.owner {
    case .service(let name): owner = veil.service(name)
    case .capability(let name): owner = veil.capability(name)
    }
    let (mark, role) = BudgetTable.mark(slo)
    let name = "\(owner) \(veil.name(slo.name, or: "objective"))"
    var fact = WallFact("budget/\(row.id)", name, mark, role)
    let left = slo.remaining.map { remaining in
      remaining < 0
        ? WallFact.Figure(percent: -remaining, "of the budget overspent")
        : WallFact.Figure(Quantity.wholePercent(remaining), "%", "of the budget left")
    }
    fact.figure = left ?? .init("?", "of the budget left")
    var words: [String] = []
    if slo.standing == .frozen { words.append("releases frozen") }
    let burn = slo.reading.burn(over: slo.alert?.pair.short ?? 60) ?? slo.reading.burn(over: 60)
    // While it fires, its pace says more than what has gone so far.
    if let alert = slo.alert, let burn, (slo.remaining ?? 0) > 0 {
      fact.figure = .init(times: burn, "too fast")
      words.insert(alert.severity.rawValue.uppercased(), at: 0)
      if let left { words.append(left.line) }
    } else if let burn, burn > 0 {
      words.append("burns \(BurnText.rate(burn))")
    }
    switch BudgetTable.exhaustion(slo) {
    case "spent": words.append("spent")
    case "lasts": words.append("lasts")
    case Quantity.unknown: break
    case let left: words.append("gone in \(left)")
    }
    fact.words = words.joined(separator: ", ")
    return fact
  }

  // MARK: Fallbacks

  /// In use, least time left first.
  var fallbacks: Told {
    typealias Item = (
      timer: FleetDigest.ActiveFallback, track: FallbackTrack, order: (Int, Double, Double)
    )
    var found = Foremost<Item>(WallPages.most) { $0.order < $1.order }
    for index in digest.degraded {
      for track in present.services[index].fallbackTracks where track.isInUse {
        let name = present.services[index].definition.name
        let timer = FleetDigest.ActiveFallback(track, of: name, at: now)
        let rank = timer.isCritical ? 0 : timer.isRecovering ? 2 : 1
        found.add((timer, track, (rank, timer.left ?? .infinity, -(timer.age ?? 0))))
      }
    }
    return Told(found) { fallback($0.timer, $0.track) }
  }

  private func fallback(
    _ timer: FleetDigest.ActiveFallback, _ track: FallbackTrack
  ) -> WallFact {
    var fact = WallFact(
      "fallback/\(timer.service)/\(timer.name)",
      "\(veil.service(timer.service)) \(veil.name(timer.name, or: "fallback"))",
      timer.isCritical ? "▲" : timer.isRecovering ? "↻" : "◐",
      timer.isCritical ? .bad : timer.isRecovering ? .warming : .degraded)
    fact.status = "in use \(Quantity.duration(timer.age))"
    if let left = timer.recoversIn {
      fact.figure = .init(seconds: left, "until it is over")
      fact.status = "recovering"
    } else if let breach = timer.breach {
      fact.figure = .init(seconds: timer.age ?? 0, "in use")
      fact.status = breach
    } else if let left = timer.left, let tolerance = timer.tolerance {
      let limit = Quantity.duration(tolerance)
      fact.figure =
        left < 0
        ? .init(seconds: -left, "over the \(limit) tolerated")
        : .init(seconds: left, "left of \(limit) tolerated")
    } else {
      fact.figure = .init(seconds: timer.age ?? 0, "in use, no limit stated")
    }
    fact.words = veil.said(track.usersGet ?? track.reason) ?? ""
    return fact
  }
}
