import Exposition

/// Deciding what the series beside requests mean, and keeping series across renumberings.
extension InstanceMeter {
  /// Roles of one series among the runtime signals. One series may be a signal, one side of a
  /// saturation and a hint of the language at once.
  mutating func processRoles(
    _ definition: SeriesDefinition, _ meanings: [RoleTable.Meaning], _ table: RoleTable
  ) -> [SeriesRole] {
    var found = modeRoles(definition, meanings, table)
    var hasSignal = false
    for meaning in meanings {
      switch meaning {
      case .signal(let rule) where !hasSignal:
        guard let role = signalRole(definition, rule, table) else { continue }
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
        if let build = buildRole(definition, rank) { found.append(build) }
        guard let text = definition[label: label], !text.isEmpty, text != "(devel)",
          text != "unknown"
        else { continue }
        if let position = versionText(text) {
          found.append(SeriesRole(.version, offset: rank, target: position))
        }
      case .startTime: found.append(SeriesRole(.startTime))
      case .setting: if let role = settingRole(definition) { found.append(role) }
      case .language(let hint): languageHint = min(languageHint ?? .max, hint)
      default: break
      }
    }
    return found
  }

  private mutating func buildRole(_ definition: SeriesDefinition, _ rank: Int) -> SeriesRole? {
    guard definition.name != "go_build_info" else { return nil }
    for label in RuntimeSignals.buildLabels {
      if let text = definition[label: label], !text.isEmpty, text != "unknown" {
        return versionText(text).map { SeriesRole(.build, offset: rank, target: $0) }
      }
    }
    return nil
  }

  private mutating func settingRole(_ definition: SeriesDefinition) -> SeriesRole? {
    var text = 0
    for label in RuntimeSignals.settingLabels {
      if let hash = definition[label: label], !hash.isEmpty {
        guard let position = versionText(hash) else { return nil }
        text = position + 1
        break
      }
    }
    if let known = settingCells.firstIndex(where: { $0.name == definition.name }) {
      return SeriesRole(.setting, offset: text, target: known)
    }
    guard settingCells.count < InstanceMeter.settingLimit else { return nil }
    settingCells.append(SettingCell(name: definition.name))
    return SeriesRole(.setting, offset: text, target: settingCells.count - 1)
  }

  /// The cell of a signal; of the fleet file's it keeps the rule, so that it can be read without
  /// the table.
  mutating func signalCell(_ rule: Int, _ table: RoleTable) -> Int {
    if let known = signalCells.firstIndex(where: { $0.rule == rule }) { return known }
    let signal = table.signal(rule)
    var cell = SignalCell(name: signal.name, rule: rule, takesWorst: signal.reading == .max)
    let builtIn = RuntimeSignals.signals.count
    if rule >= builtIn { cell.own = table.signals[rule - builtIn] }
    signalCells.append(cell)
    orderSignals()
    return signalCells.count - 1
  }

  private mutating func signalRole(
    _ definition: SeriesDefinition, _ rule: Int, _ table: RoleTable
  ) -> SeriesRole? {
    let signal = table.signal(rule)
    // Buckets get their columns where all bounds of a histogram are known.
    if signal.reading == .quantile { return nil }
    guard signal.only.allSatisfy({ $0.matches { definition[label: $0] } }) else { return nil }
    let isCounter = signal.reading == .rate || signal.reading == .increase
    // `x_bucket` and `x_sum` may end like a signal's pattern.
    if definition.type == .histogram, definition.name.hasSuffix("_bucket") { return nil }
    let cell = signalCell(rule, table)
    guard isCounter else { return SeriesRole(.gauge, target: cell) }
    let block = block(.signal, owner: cell)
    signalCells[cell].block = block
    return SeriesRole(.counter, target: block)
  }

  private mutating func saturation(
    _ definition: SeriesDefinition, _ pair: Int, name: String
  ) -> Int? {
    let rule = RuntimeSignals.saturations[pair]
    // What `*` stands for tells several apart only where both names have one: the limit of a control
    // group goes by the program's name, the memory in use by none.
    let areNamed = rule.used.contains("*") && rule.limit.contains("*")
    let wildcard = areNamed ? Pattern(name).wildcard(in: definition.name) : nil
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
      case .request, .latencyCount, .failure, .bucket, .counter, .tally: true
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
