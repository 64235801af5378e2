import Exposition

/// Breakers, fallbacks and limits: what their series mean, and reading them.
extension InstanceMeter {
  /// How the value of a breaker's series is read, small enough for a role.
  private enum Coding {
    static let number = 0
    static let ejected = 1
    /// From here on the state that 1 stands for, by its place among all states.
    static let oneHot = 16
  }

  /// Roles of one series among breakers and fallbacks; of several conventions that know it the
  /// first of the table counts.
  mutating func modeRoles(
    _ definition: SeriesDefinition, _ meanings: [RoleTable.Meaning], _ table: RoleTable
  ) -> [SeriesRole] {
    var found: [SeriesRole] = []
    let breakers = meanings.compactMap { meaning -> (rule: Int, part: RoleTable.BreakerPart)? in
      if case .breaker(let rule, let part) = meaning { (rule, part) } else { nil }
    }.sorted { $0.rule < $1.rule }
    for (rule, part) in breakers {
      let convention = table.breakers[rule]
      let role =
        switch part {
        case .state: stateRole(definition, convention)
        case .transitions: transitionRole(definition, convention)
        case .refused: refusedRole(definition, convention)
        }
      if let role {
        found.append(role)
        break
      }
    }
    let fallbacks = meanings.compactMap { meaning -> Int? in
      if case .fallback(let rule) = meaning { rule } else { nil }
    }.sorted()
    for rule in fallbacks {
      if let role = fallbackRole(definition, table.fallbacks[rule]) {
        found.append(role)
        break
      }
    }
    return found
  }

  // MARK: Meanings

  private mutating func stateRole(
    _ definition: SeriesDefinition, _ convention: BreakerConvention
  ) -> SeriesRole? {
    guard let metric = convention.metric, accepts(convention.only, definition),
      let name = name(definition, labels: convention.nameLabels, pattern: metric)
    else { return nil }
    switch convention.encoding {
    case .limit:
      let what = Pattern(metric).wildcard(in: definition.name) ?? ""
      return limit("\(InstanceMeter.limitWords(what)) to \(name)").map {
        SeriesRole(.reached, target: $0)
      }
    case .ejected:
      return breaker(name, convention, definition).map {
        SeriesRole(.breaker, offset: Coding.ejected, target: $0)
      }
    case .oneHot(let label): return oneHotRole(definition, convention, name, label: label)
    case .undeclared:
      if let role = oneHotRole(definition, convention, name, label: "state") { return role }
      return numberRole(definition, convention, name, nil)
    case .numbers(let numbers): return numberRole(definition, convention, name, numbers)
    }
  }

  private mutating func oneHotRole(
    _ definition: SeriesDefinition, _ convention: BreakerConvention, _ name: String, label: String
  ) -> SeriesRole? {
    guard let word = definition[label: label], let state = BreakerState(word: word),
      let place = BreakerState.allCases.firstIndex(of: state),
      let cell = breaker(name, convention, definition)
    else { return nil }
    return SeriesRole(.breaker, offset: Coding.oneHot + place, target: cell)
  }

  /// What the metric itself declares outdoes what its name suggests; what the fleet file says
  /// outdoes both.
  private mutating func numberRole(
    _ definition: SeriesDefinition, _ convention: BreakerConvention, _ name: String,
    _ numbers: BreakerNumbers?
  ) -> SeriesRole? {
    guard let cell = breaker(name, convention, definition) else { return nil }
    let isGiven = convention.name == BreakerConvention.given
    let declared = isGiven ? nil : definition.help.flatMap { BreakerNumbers(help: $0) }
    if let meaning = declared ?? numbers { breakerCells[cell].numbers = meaning }
    return SeriesRole(.breaker, offset: Coding.number, target: cell)
  }

  private mutating func transitionRole(
    _ definition: SeriesDefinition, _ convention: BreakerConvention
  ) -> SeriesRole? {
    let pattern = convention.transitions ?? ""
    guard let name = name(definition, labels: convention.nameLabels, pattern: pattern) else {
      return nil
    }
    var tally = BreakerCell.Tally.transition
    let labels = ["to", "to_state", "new_state", "new", "state", "event_name", "event"]
    if let word = labels.lazy.compactMap({ definition[label: $0] }).first(where: { !$0.isEmpty }) {
      let bare = word.hasPrefix("OnCircuit") ? String(word.dropFirst(9)) : word
      switch BreakerState(word: bare) {
      case .open, .forcedOpen: tally = .opened
      case .halfOpen: tally = .halfOpened
      case .closed: tally = .closed
      default:
        // Events of other kinds under the same name.
        if word.hasPrefix("On") || definition[label: "event_name"] != nil { return nil }
      }
    }
    guard let cell = breaker(name, convention, definition, isState: false) else { return nil }
    if tally != .transition { breakerCells[cell].isCounted = true }
    return SeriesRole(.tally, offset: tally.rawValue, target: cell)
  }

  private mutating func refusedRole(
    _ definition: SeriesDefinition, _ convention: BreakerConvention
  ) -> SeriesRole? {
    guard
      let name = name(
        definition, labels: convention.nameLabels, pattern: convention.refused ?? ""),
      let cell = breaker(name, convention, definition, isState: false)
    else { return nil }
    return SeriesRole(.tally, offset: BreakerCell.Tally.refused.rawValue, target: cell)
  }

  private mutating func fallbackRole(
    _ definition: SeriesDefinition, _ convention: FallbackConvention
  ) -> SeriesRole? {
    guard accepts(convention.only, definition),
      let name = convention.name
        ?? name(definition, labels: convention.nameLabels, pattern: convention.metric)
    else { return nil }
    let cell = fallback(name)
    fallbackCells[cell].mode = fallbackCells[cell].mode ?? convention.mode
    fallbackCells[cell].reason = fallbackCells[cell].reason ?? convention.reason
    switch convention.reading {
    case .gauge: return SeriesRole(.fallback, offset: 0, target: cell)
    case .age: return SeriesRole(.fallback, offset: 1, target: cell)
    case .counter:
      fallbackCells[cell].isCounted = true
      return SeriesRole(.tally, offset: BreakerCell.Tally.fallback.rawValue, target: cell)
    }
  }

  private func accepts(
    _ only: [Convention.LabelMatch], _ definition: SeriesDefinition
  ) -> Bool {
    only.allSatisfy { $0.matches { definition[label: $0] } }
  }

  /// The first of the labels that the series has, else what the pattern's `*` stood for, else the
  /// metric's own name.
  private func name(
    _ definition: SeriesDefinition, labels: [String], pattern: String
  ) -> String? {
    for label in labels {
      if let value = definition[label: label], !value.isEmpty { return value }
    }
    if let rest = Pattern(pattern).wildcard(in: definition.name) { return rest }
    return definition.name.isEmpty ? nil : definition.name
  }

  private mutating func fallback(_ name: String) -> Int {
    if let known = fallbackCells.firstIndex(where: { $0.name == name }) { return known }
    if fallbackCells.count >= InstanceMeter.cellLimit { return 0 }
    fallbackCells.append(FallbackCell(name: name))
    return fallbackCells.count - 1
  }

  private mutating func breaker(
    _ name: String, _ convention: BreakerConvention, _ definition: SeriesDefinition,
    isState: Bool = true
  ) -> Int? {
    if let known = breakerCells.firstIndex(where: { $0.name == name }) {
      if isState {
        breakerCells[known].hasGauge = true
        breakerCells[known].convention = convention.name
        breakerCells[known].metric = definition.name
      }
      return known
    }
    guard breakerCells.count < InstanceMeter.cellLimit else { return nil }
    breakerCells.append(
      BreakerCell(name: name, convention: convention.name, metric: definition.name))
    breakerCells[breakerCells.count - 1].hasGauge = isState
    return breakerCells.count - 1
  }

  private mutating func limit(_ name: String) -> Int? {
    if let known = limitCells.firstIndex(where: { $0.name == name }) { return known }
    guard limitCells.count < InstanceMeter.cellLimit else { return nil }
    limitCells.append(LimitCell(name: name))
    return limitCells.count - 1
  }

  /// What Envoy limits, from the middle of its metric's name (`default_rq_pending`).
  private static func limitWords(_ middle: String) -> String {
    let priority = middle.hasPrefix("high_") ? "high-priority " : ""
    let what = middle.split(separator: "_", maxSplits: 1).last.map(String.init) ?? middle
    let words = [
      "cx": "connections", "cx_pool": "connection pools", "rq": "requests",
      "rq_pending": "pending requests", "rq_retry": "retries",
    ]
    return priority + (words[what] ?? what)
  }

  // MARK: Reading

  mutating func observe(_ value: Double, breaker: Int, coding: Int) {
    switch coding {
    case Coding.number:
      guard let numbers = breakerCells[breaker].numbers else {
        breakerCells[breaker].state = .unknown
        breakerCells[breaker].number = value
        return
      }
      if let state = numbers.state(value) {
        breakerCells[breaker].take(state)
      } else {
        breakerCells[breaker].number = value
        breakerCells[breaker].take(.unknown)
      }
    case Coding.ejected:
      breakerCells[breaker].ejected = (breakerCells[breaker].ejected ?? 0) + max(0, value)
    default:
      let place = coding - Coding.oneHot
      if value == 1, BreakerState.allCases.indices.contains(place) {
        breakerCells[breaker].take(BreakerState.allCases[place])
      }
    }
  }

  mutating func tally(_ increase: Double, _ role: SeriesRole) {
    guard let tally = BreakerCell.Tally(rawValue: role.offset) else { return }
    if tally == .fallback {
      // The time of the scrape is put in once it is read.
      fallbackCells[role.target].rose = .infinity
    } else {
      breakerCells[role.target].count(tally, increase)
    }
  }

  // MARK: Answers

  public func fallbacks(at seconds: Double) -> [FallbackReading] {
    fallbackCells.compactMap { $0.reading(at: seconds) }.sorted { $0.name < $1.name }
  }

  public var fallbacks: [FallbackReading] { fallbacks(at: lastScrape ?? 0) }

  public func breakers(at seconds: Double) -> [BreakerReading] {
    breakerCells.compactMap { $0.reading(at: seconds) }.sorted { $0.name < $1.name }
  }

  public var breakers: [BreakerReading] { breakers(at: lastScrape ?? 0) }

  public var isAnyFallbackActive: Bool {
    guard !fallbackCells.isEmpty else { return false }
    return fallbacks.contains(where: \.isActive)
  }

  public var isAnyBreakerHoldingBack: Bool {
    guard !breakerCells.isEmpty else { return false }
    return breakers.contains { $0.state.holdsBack }
  }

  /// Limits that are reached now, as saturations: how full they are below that nobody says.
  var reachedLimits: [SaturationReading] {
    limitCells.filter(\.isReached).map { SaturationReading(name: $0.name, ratio: 1) }
  }
}

extension BreakerCell {
  /// Of several series with one name the worst state counts.
  mutating func take(_ other: BreakerState) {
    if let state, state.severity >= other.severity { return }
    state = other
  }
}

extension BreakerConvention {
  /// The name of a convention that the fleet file gives.
  public static let given = "fleet file"
}
