import Health

extension Probe.Answer {
  /// Goes over the numbers of a health report, those that are there, in one order: what two answers of
  /// one route differ in, nearly always.
  mutating func forEachNumber(_ body: (inout Double) -> Void) {
    guard case .response(let status, var report) = self else { return }
    report.forEachNumber(body)
    self = .response(status: status, report: report)
  }
}

extension HealthReport {
  fileprivate mutating func forEachNumber(_ body: (inout Double) -> Void) {
    func visit(_ number: inout Double?) {
      if number != nil { body(&number!) }
    }
    visit(&timestamp)
    visit(&nextCheck)
    for place in checks.indices {
      visit(&checks[place].observed)
      visit(&checks[place].since)
      visit(&checks[place].retryAfter)
    }
    for place in fallbacks.indices {
      visit(&fallbacks[place].since)
      visit(&fallbacks[place].tolerance)
      visit(&fallbacks[place].dataAge)
    }
    for place in breakers.indices { visit(&breakers[place].since) }
    for place in flags.indices { visit(&flags[place].exposure) }
    visit(&rollout.weight)
    for place in saturation.indices {
      body(&saturation[place].used)
      visit(&saturation[place].limit)
    }
  }
}

extension HealthReport.Rollout? {
  fileprivate var weight: Double? {
    get { self?.weight }
    set { self?.weight = newValue }
  }
}
