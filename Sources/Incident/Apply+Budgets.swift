import Fleet
import Telemetry

/// Events into ledgers, ledgers into what is left and what fires.
///
/// An objective is evaluated when its service was scraped or its minute has turned, never because a
/// second passed: there may be thousands.
extension State {
  // MARK: Events

  /// Counts what a scrape brought for each objective, evenly over the time since the scrape before:
  /// after a gap, over the minutes of the gap.
  mutating func count(_ place: (service: Int, instance: Int), _ scrape: Scrape) {
    guard case .extracted = scrape.outcome else { return }
    let (s, i) = place
    guard !present.services[s].accounts.isEmpty else { return }
    let now = ledger.clock.now
    let minute = ledger.clock.minute
    let from = present.services[s].instances[i].sharedMeter.read { $0.countedFrom }.map {
      now.less(Int64(nanosecondsOf: max(0, present.now.seconds - $0)))
    }
    for rule in present.services[s].accounts.indices {
      let account = present.services[s].accounts[rule]
      ledger.accounts[account].ledger.roll(to: minute)
      guard
        let scraped = present.services[s].instances[i].sharedMeter
          .read({ $0.scrapedEvents(of: rule) })
      else {
        present[ledger.accounts[account].home].note(.missing)
        followHealing(of: account)
        continue
      }
      present[ledger.accounts[account].home].note(.counted(scraped.basis))
      if let from {
        let events = present.services[s].instances[i].carry(scraped, rule: rule)
        ledger.accounts[account].ledger.add(events, from: from, to: now)
      }
      evaluate(account)
    }
  }

  /// Turns the minute of objectives that no scrape has turned, some in each turn.
  ///
  /// - Returns: what was done, in evaluations.
  mutating func rollLedgers() -> Int {
    let minute = ledger.clock.minute
    if minute > ledger.turnedTo {
      ledger.turnedTo = minute
      ledger.left = ledger.accounts.count
    }
    ledger.left = min(ledger.left, ledger.accounts.count)
    var work = 0
    var looks = 0
    while ledger.left > 0, looks < State.looksATurn, work < State.rollsATurn {
      if ledger.cursor >= ledger.accounts.count { ledger.cursor = 0 }
      let account = ledger.cursor
      ledger.cursor += 1
      ledger.left -= 1
      looks += 1
      guard let before = ledger.accounts[account].ledger.minute, before < minute else { continue }
      ledger.accounts[account].ledger.roll(to: minute)
      evaluate(account)
      // After a suspension there are hours to walk for each.
      work += 1 + Int(min(minute - before, 100_000)) / 16
    }
    return work
  }

  private static let looksATurn = 600
  private static let rollsATurn = 50

  // MARK: What it comes to

  private mutating func evaluate(_ account: Int) {
    // Its sums alone: the ledger would be copied to be read beside what is written.
    let sums = ledger.accounts[account].ledger.sums
    var spent: EventCount?
    if present.hasOpenIncident {
      spent = ledger.accounts[account].ledger.ever
        .since(ledger.accounts[account].atOpening ?? .none)
    }
    followHealing(of: account)
    let change = present[ledger.accounts[account].home]
      .evaluate(
        sums, spent: spent, second: ledger.clock.second,
        watched: sums.isOfThisRun ? present.now.seconds(since: present.began) : .infinity,
        at: present.now)
    if let change { keep(change.from, change.to, of: account) }
  }

  private mutating func followHealing(of account: Int) {
    let home = ledger.accounts[account].home
    let window = present[home].definition.windowMinutes
    let isHealing = ledger.accounts[account].ledger.isHealing(over: window)
    if present[home].isHealing != isHealing { present[home].isHealing = isHealing }
  }

  /// What follows from the ledger, for a state that was decoded or whose objectives are others now.
  mutating func followHealing() {
    for account in ledger.accounts.indices { followHealing(of: account) }
  }

  /// The fire of an objective changed: that is dated, and the first page opens an incident.
  private mutating func keep(_ from: BurnSeverity?, _ to: BurnSeverity?, of account: Int) {
    let slo = present[ledger.accounts[account].home]
    let because = slo.reading.because ?? ""
    present.keep(
      AlertChange(
        owner: slo.owner, slo: slo.name, from: from, to: to, at: present.now, because: because))
    if to == .page {
      openIncident(.page(owner: slo.owner, slo: slo.name, because: because))
    }
  }

  // MARK: Objectives come and go

  /// Opens accounts for the objectives of a new fleet, going on with those that mean the same.
  mutating func adoptObjectives() {
    var known: [String: Int] = [:]
    for (index, account) in ledger.accounts.enumerated() {
      known[State.key(account.owner, account.slo, account.meaning)] = index
    }
    var before = Ledger(began: present.now)
    swap(&before, &ledger)
    ledger.clock = before.clock
    let capabilities = present.capabilitySLOs
    for s in present.services.indices {
      let service = present.services[s].definition
      let slos = present.services[s].slos
      present.services[s].accounts = []
      present.services[s].slos = service.slos.enumerated().map { position, slo in
        present.services[s].accounts.append(ledger.accounts.count)
        let home = LedgerAccount.Home(service: s, position: position)
        return open(slo, of: .service(service.name), at: home, &before, known, slos)
      }
    }
    present.capabilitySLOs = present.fleet.capabilitySLOs.enumerated().map { position, own in
      for s in present.services.indices
      where own.services.contains(present.services[s].definition.name) {
        present.services[s].accounts.append(ledger.accounts.count)
      }
      let home = LedgerAccount.Home(service: nil, position: position)
      return open(own.slo, of: .capability(own.capability), at: home, &before, known, capabilities)
    }
    followHealing()
  }

  private mutating func open(
    _ slo: SLO, of owner: SLOOwner, at home: LedgerAccount.Home, _ before: inout Ledger,
    _ known: [String: Int], _ shown: [SLOPresent]
  ) -> SLOPresent {
    let windows = slo.burn.windows + [slo.windowMinutes]
    let meaning = slo.counts.meaning
    guard let index = known[State.key(owner, slo.name, meaning)] else {
      ledger.accounts.append(
        LedgerAccount(
          owner: owner, slo: slo.name, meaning: meaning, ledger: SLOLedger(windows: windows),
          home: home))
      ledger.accounts[ledger.accounts.count - 1].ledger.roll(to: ledger.clock.minute)
      return SLOPresent(slo, of: owner)
    }
    var account = before.accounts[index]
    account.home = home
    account.ledger.keep(windows: windows)
    ledger.accounts.append(account)
    guard var present = shown.first(where: { $0.owner == owner && $0.name == slo.name }) else {
      return SLOPresent(slo, of: owner)
    }
    present.definition = slo
    return present
  }

  private static func key(_ owner: SLOOwner, _ slo: String, _ meaning: String) -> String {
    [owner.kind, owner.name, slo, meaning].joined(separator: "\u{1f}")
  }

  /// Goes on from what an earlier run kept of an objective that still counts the same.
  mutating func remember(_ page: LedgerPage) {
    let owner: SLOOwner = page.kind == "capability" ? .capability(page.owner) : .service(page.owner)
    guard
      let account = ledger.accounts.firstIndex(where: {
        $0.owner == owner && $0.slo == page.slo && $0.meaning == page.meaning
      })
    else { return }
    ledger.accounts[account].ledger.remember(page.memory)
    ledger.accounts[account].ledger.roll(to: ledger.clock.minute)
    evaluate(account)
  }
}

extension Present {
  /// The objective that an account's events are read for.
  subscript(home: LedgerAccount.Home) -> SLOPresent {
    _read {
      if let service = home.service {
        yield services[service].slos[home.position]
      } else {
        yield capabilitySLOs[home.position]
      }
    }
    _modify {
      if let service = home.service {
        yield &services[service].slos[home.position]
      } else {
        yield &capabilitySLOs[home.position]
      }
    }
  }
}

extension SLOPresent {
  /// How it comes by its events: of several instances, any that counts is enough.
  fileprivate mutating func note(_ measure: Measure) {
    if case .missing = measure, case .counted = self.measure { return }
    if self.measure != measure { self.measure = measure }
  }

  /// Reads what is left and what fires out of its ledger.
  ///
  /// - Parameter spent: events since the open incident began; nil while none is open.
  /// - Returns: how the fire changed; nil where it did not.
  fileprivate mutating func evaluate(
    _ sums: SLOLedger.Sums, spent: EventCount?, second: Double, watched: Double, at now: Instant
  ) -> (from: BurnSeverity?, to: BurnSeverity?)? {
    reading.read(
      sums, definition.objective, definition.burn, window: definition.windowMinutes,
      second: second, watched: watched)
    refusedMinutes = sums.refusedMinutes
    incidentSpend = spent.flatMap { reading.share(of: $0.bad, definition) }
    let before = alert
    guard let pair = reading.firing else {
      guard let before else { return nil }
      alert = nil
      return (before.severity, nil)
    }
    if let before, before.severity == pair.severity {
      if before.pair != pair { alert?.pair = pair }
      return nil
    }
    alert = BurnAlert(pair: pair, since: now)
    return (before?.severity, pair.severity)
  }
}

extension InstancePresent {
  mutating func carry(_ scraped: ScrapedEvents, rule: Int) -> EventCount {
    while carried.count <= rule { carried.append(EventCarry()) }
    return carried[rule].take(scraped)
  }

  /// Objectives count other events from now on.
  mutating func forgetEvents() {
    meter.forgetEvents()
    carried = []
  }
}

extension BudgetReading {
  /// What so many bad events are of the whole window's budget, taking time that nobody watched to
  /// have had the traffic of the rest; nil before any event.
  func share(of bad: UInt64, _ slo: SLO) -> Double? {
    guard events.total > 0, let whole = burns.first(where: { $0.minutes == slo.windowMinutes }),
      whole.seen > 0
    else { return nil }
    let expected =
      Double(events.total) * Double(slo.windowMinutes) / Double(min(whole.seen, slo.windowMinutes))
    return Double(bad) / (expected * slo.objective.budget)
  }
}
