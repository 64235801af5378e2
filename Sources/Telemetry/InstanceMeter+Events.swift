import Exposition

/// Events of objectives: which series count for them, and what the last scrape brought.
extension InstanceMeter {
  /// Sums of one cell in `eventSums`: all, good, bad.
  static let eventParts = 3
  static let ruleLimit = 256

  /// What the last scrape added under a rule, by its position in `RoleTable.rules`; nil where the
  /// metrics have nothing that counts it. Before the second scrape, and when another process
  /// answers, it is nothing: see `countedFrom`.
  public func scrapedEvents(of rule: Int) -> ScrapedEvents? {
    guard rule < eventCells.count else { return nil }
    let cell = eventCells[rule]
    let base = rule * InstanceMeter.eventParts
    let total = eventSums[base]
    let good = eventSums[base + 1]
    let bad = eventSums[base + 2]
    switch cell.rule {
    case .requests:
      guard cell.tells.contains(.total), tellsErrors(of: cell) else { return nil }
      return ScrapedEvents(total: total, bad: bad)
    case .latency:
      guard cell.tells.contains(.total) else { return nil }
      return ScrapedEvents(total: total, bad: max(0, total - good), basis: cell.basis)
    case .selected(let selectors):
      if selectors.total.isEmpty {
        guard !cell.tells.isEmpty else { return nil }
        return ScrapedEvents(total: good + bad, bad: bad)
      }
      guard cell.tells.contains(.total) else { return nil }
      if selectors.good.isEmpty { return ScrapedEvents(total: total, bad: bad) }
      // A name that is nowhere must not make every event a bad one.
      guard cell.tells.contains(.good) else { return nil }
      return ScrapedEvents(total: total, bad: max(0, total - good))
    }
  }

  private func tellsErrors(of cell: EventCell) -> Bool {
    surfaces.contains {
      cell.rule.endpoint == nil ? $0.errorsKnown : $0.errorsKnownByEndpoint
    }
  }

  /// Makes cells for the rules of the table, forgetting what counted for others.
  mutating func adopt(_ rules: [EventRule]) {
    let rules = rules.prefix(InstanceMeter.ruleLimit)
    guard !eventCells.map(\.rule).elementsEqual(rules) else { return }
    forgetEvents()
    eventCells = rules.map(EventCell.init)
    eventSums = Array(repeating: 0, count: eventCells.count * InstanceMeter.eventParts)
  }

  /// Objectives mean other events from now on; until the series are told anew nothing counts.
  public mutating func forgetEvents() {
    for i in roles.indices where SeriesRole(word: roles[i]).kind.isEvent {
      roles[i] = SeriesRole(.ignored).word
    }
    eventCells = []
    eventSums = []
    eventWeights = []
    countedFrom = nil
  }

  // MARK: Roles

  /// Beside what a series counts for in the windows: the objectives that count it too.
  mutating func eventRoles(
    _ kind: SeriesRole.Kind, surface: Int, isError: Bool, endpoint name: String
  ) -> [SeriesRole] {
    var found: [SeriesRole] = []
    for i in eventCells.indices where eventCells[i].takes(endpoint: name) {
      guard case .requests(let endpoint) = eventCells[i].rule else { continue }
      if kind != .eventFailure { eventCells[i].tells.insert(.total) }
      found.append(
        SeriesRole(
          kind, surface: surface, isError: isError, offset: endpoint == nil ? 0 : 1, target: i))
    }
    return found
  }

  /// Which buckets of one histogram count for which objective, and how much of each.
  mutating func bucketRoles(
    _ bounds: [Double], surface: Int, endpoint name: String,
    _ give: (_ column: Int, SeriesRole) -> Void
  ) {
    for i in eventCells.indices where eventCells[i].takes(endpoint: name) {
      guard case .latency(let threshold, _) = eventCells[i].rule,
        let basis = LatencyBasis(threshold: threshold, bounds: bounds)
      else { continue }
      eventCells[i].tells.insert(.total)
      if basis.doubt >= eventCells[i].basis?.doubt ?? 0 { eventCells[i].basis = basis }
      give(bounds.count - 1, SeriesRole(.eventObserved, surface: surface, target: i))
      for (column, share) in basis.shares(of: bounds) {
        guard let weight = weight(share) else { continue }
        give(column, SeriesRole(.eventFast, surface: surface, offset: weight, target: i))
      }
    }
  }

  private mutating func weight(_ share: Double) -> Int? {
    if let known = eventWeights.firstIndex(of: share) { return known }
    guard eventWeights.count < 1 << 12 else { return nil }
    eventWeights.append(share)
    return eventWeights.count - 1
  }

  /// What the fleet file's own selectors take.
  mutating func pickedRoles(_ definition: SeriesDefinition) -> [SeriesRole] {
    var found: [SeriesRole] = []
    for i in eventCells.indices {
      guard case .selected(let selectors) = eventCells[i].rule else { continue }
      func takes(_ some: [MetricSelector]) -> Bool {
        some.contains { $0.takes(name: definition.name) { definition[label: $0] } }
      }
      if takes(selectors.total) {
        eventCells[i].tells.insert(.total)
        found.append(SeriesRole(.pickedTotal, target: i))
      }
      if takes(selectors.good) {
        eventCells[i].tells.insert(.good)
        found.append(SeriesRole(.pickedGood, target: i))
      }
      if takes(selectors.bad) {
        eventCells[i].tells.insert(.bad)
        found.append(SeriesRole(.pickedBad, target: i))
      }
    }
    return found
  }
}
