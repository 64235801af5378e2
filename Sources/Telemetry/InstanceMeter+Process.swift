import Exposition

/// Deciding what the series beside requests mean, and keeping series across renumberings.
extension InstanceMeter {
  /// Roles of one series among the runtime signals. One series may be a signal, one side of a
  /// saturation and a hint of the language at once.
  mutating func processRoles(
    _ definition: SeriesDefinition, _ meanings: [RoleTable.Meaning]
  ) -> [SeriesRole] {
    var found: [SeriesRole] = []
    var hasSignal = false
    for meaning in meanings {
      switch meaning {
      case .signal(let rule) where !hasSignal:
        guard let role = signalRole(definition, rule) else { continue }
        hasSignal = true
        found.append(role)
      case .used(let pair):
        let only = RuntimeSignals.saturations[pair].only
        guard only.allSatisfy({ $0.matches { definition[label: $0] } }) else { continue }
        if let cell = saturation(definition, pair, name: RuntimeSignals.saturations[pair].used) {
          found.append(SeriesRole(.used, target: cell))
        }
      case .limit(let pair):
        if let cell = saturation(definition, pair, name: RuntimeSignals.saturations[pair].limit) {
          found.append(SeriesRole(.limit, target: cell))
        }
      case .version(let rank):
        let label = RuntimeSignals.versions[rank].label
        guard let text = definition[label: label], !text.isEmpty, text != "(devel)",
          text != "unknown"
        else { continue }
        if let position = versionText(text) {
          found.append(SeriesRole(.version, offset: rank, target: position))
        }
      case .startTime: found.append(SeriesRole(.startTime))
      case .fallback(let rule):
        let family = RuntimeSignals.fallbacks[rule]
        guard let name = name(definition, labels: family.labels, pattern: family.family) else {
          continue
        }
        found.append(SeriesRole(.fallback, target: fallback(name)))
      case .breaker(let rule):
        if let role = breakerRole(definition, rule) { found.append(role) }
      case .language(let hint): languageHint = min(languageHint ?? .max, hint)
      default: break
      }
    }
    return found
  }

  private mutating func signalRole(_ definition: SeriesDefinition, _ rule: Int) -> SeriesRole? {
    let signal = RuntimeSignals.signals[rule]
    guard signal.only.allSatisfy({ $0.matches { definition[label: $0] } }) else { return nil }
    let isCounter = signal.reading == .rate || signal.reading == .increase
    // `x_bucket` and `x_sum` may end like a signal's pattern.
    if definition.type == .histogram, definition.name.hasSuffix("_bucket") { return nil }
    let cell: Int
    if let known = signalCells.firstIndex(where: { $0.rule == rule }) {
      cell = known
    } else {
      signalCells.append(
        SignalCell(name: signal.name, rule: rule, takesWorst: signal.reading == .max))
      cell = signalCells.count - 1
    }
    guard isCounter else { return SeriesRole(.gauge, target: cell) }
    let block = block(.signal, owner: cell)
    signalCells[cell].block = block
    return SeriesRole(.counter, target: block)
  }

  private mutating func saturation(
    _ definition: SeriesDefinition, _ pair: Int, name: String
  ) -> Int? {
    let rule = RuntimeSignals.saturations[pair]
    let wildcard = Pattern(name).wildcard(in: definition.name)
    let label = rule.label.flatMap { definition[label: $0] }
    let key = (wildcard ?? "") + "\u{1f}" + (label ?? "")
    if let known = saturationCells.firstIndex(where: { $0.pair == pair && $0.key == key }) {
      return known
    }
    guard saturationCells.count < InstanceMeter.cellLimit else { return nil }
    let shown = wildcard.map { "\($0)-\(rule.name)" } ?? rule.name
    saturationCells.append(
      SaturationCell(
        pair: pair, key: key, name: label.map { $0.isEmpty ? shown : "\(shown) \($0)" } ?? shown))
    return saturationCells.count - 1
  }

  private mutating func versionText(_ text: String) -> Int? {
    if let known = versionTexts.firstIndex(of: text) { return known }
    // Rolling deployments behind one address change it; a label that changes at every scrape
    // must not grow the meter.
    guard versionTexts.count < InstanceMeter.cellLimit else { return nil }
    versionTexts.append(text)
    return versionTexts.count - 1
  }

  /// The first of the labels that the series has, else what the pattern's `*` stood for.
  private func name(
    _ definition: SeriesDefinition, labels: [String], pattern: String
  ) -> String? {
    for label in labels {
      if let value = definition[label: label], !value.isEmpty { return value }
    }
    return Pattern(pattern).wildcard(in: definition.name)
  }

  private mutating func fallback(_ name: String) -> Int {
    if let known = fallbackCells.firstIndex(where: { $0.name == name }) { return known }
    if fallbackCells.count >= InstanceMeter.cellLimit { return 0 }
    fallbackCells.append(FallbackCell(name: name))
    return fallbackCells.count - 1
  }

  private mutating func breakerRole(_ definition: SeriesDefinition, _ rule: Int) -> SeriesRole? {
    let family = RuntimeSignals.breakers[rule]
    guard
      let name = name(definition, labels: family.labels, pattern: family.family),
      let coding = family.coding(of: definition)
    else { return nil }
    let cell: Int
    if let known = breakerCells.firstIndex(where: { $0.name == name }) {
      cell = known
    } else {
      guard breakerCells.count < InstanceMeter.cellLimit else { return nil }
      breakerCells.append(BreakerCell(name: name))
      cell = breakerCells.count - 1
    }
    return SeriesRole(.breaker, offset: coding, target: cell)
  }

  // MARK: Series numbers

  mutating func append(_ definition: SeriesDefinition, _ drafts: [SeriesRole]) {
    // Numbers are dense; should one be skipped, the gap means nothing.
    while keys.count < Int(definition.number), keys.count < 1 << 20 { appendSeries(0, []) }
    guard keys.count == Int(definition.number) else { return }
    appendSeries(SeriesKey.hash(definition.name, definition.labels), drafts)
  }

  private mutating func appendSeries(_ key: UInt64, _ drafts: [SeriesRole]) {
    keys.append(key)
    let isCounter = drafts.contains {
      switch $0.kind {
      case .request, .latencyCount, .failure, .bucket, .counter: true
      default: $0.kind.isEvent
      }
    }
    last.append(isCounter ? InstanceMeter.unseen : InstanceMeter.notCounter)
    if drafts.contains(where: { $0.kind == .startTime }) {
      startSeries = UInt32(keys.count - 1)
    }
    for role in drafts { roles.append(role.word) }
    roleStart.append(UInt32(roles.count))
  }

  /// Drops all series numbers and gives back the last values by key.
  mutating func forgetNumbers() -> [UInt64: Double] {
    var carried: [UInt64: Double] = [:]
    for (key, value) in zip(keys, last) where value >= 0 { carried[key] = value }
    keys.removeAll(keepingCapacity: true)
    last.removeAll(keepingCapacity: true)
    roles.removeAll(keepingCapacity: true)
    roleStart = [0]
    startSeries = nil
    return carried
  }

  /// Goes on from the last values for series that are still the same ones.
  mutating func restore(_ carried: [UInt64: Double]) {
    for i in last.indices where last[i] == InstanceMeter.unseen {
      if let value = carried[keys[i]] { last[i] = value }
    }
  }
}

extension BreakerFamily {
  /// How a series' value is to be read, small enough for a role: the numeric coding, or for a
  /// state set the state that 1 stands for.
  func coding(of definition: SeriesDefinition) -> Int? {
    if let state = definition[label: "state"] {
      switch state.lowercased() {
      case "closed": return 16
      case "half_open", "half-open", "halfopen": return 17
      case "open": return 18
      default: return nil
      }
    }
    return coding == .stateset ? nil : Int(coding.rawValue)
  }

  /// The state that a value tells; nil where a state set's member is not the one that holds.
  static func state(_ value: Double, coding: Int) -> BreakerState? {
    switch coding {
    case 16: return value == 1 ? .closed : nil
    case 17: return value == 1 ? .halfOpen : nil
    case 18: return value == 1 ? .open : nil
    default: break
    }
    let openIsOne = coding == Int(Coding.openIsOne.rawValue)
    switch value {
    case 0: return .closed
    case 1: return openIsOne ? .open : .halfOpen
    case 2: return openIsOne ? .halfOpen : .open
    // A fraction between is how some say "letting a few through".
    default: return value > 0 && value < 1 ? .halfOpen : nil
    }
  }
}
