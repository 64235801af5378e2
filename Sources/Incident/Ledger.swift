public import Canonical
public import Fleet
public import Telemetry

/// The events of every objective by the minute, which budgets are reckoned from.
public struct Ledger: Sendable, Hashable {
  /// The wall time that minutes are counted by; it never goes back.
  public internal(set) var clock: LedgerClock
  /// Those of services in the order of the fleet, then those of capabilities.
  public internal(set) var accounts: [LedgerAccount] = []
  /// The account that is looked at next for a minute that has turned, how many are left to be looked
  /// at, and the minute.
  var cursor = 0
  var left = 0
  var turnedTo: Int64 = .min

  init(began: Instant) {
    clock = LedgerClock(wall: began.wall, offset: began.offset)
  }

  public func account(of owner: SLOOwner, _ slo: String) -> LedgerAccount? {
    accounts.first { $0.owner == owner && $0.slo == slo }
  }
}

/// One objective's events.
public struct LedgerAccount: Sendable, Hashable {
  public private(set) var owner: SLOOwner
  public private(set) var slo: String
  /// What its events mean: an account is gone on with only while that stays.
  public private(set) var meaning: String
  public internal(set) var ledger: SLOLedger
  /// What had been counted when the open incident began.
  var atOpening: EventCount?
  /// Where its objective stands in `Present`.
  var home: Home

  /// What a file knows it by, with nothing remembered.
  public var page: LedgerPage {
    LedgerPage(
      kind: owner.kind, owner: owner.name, slo: slo, meaning: meaning, memory: LedgerMemory())
  }

  struct Home: Sendable, Hashable {
    /// nil for a capability's.
    var service: Int?
    var position: Int
  }
}

extension LedgerPage {
  /// The objectives of a fleet as a file knows them, to ask it for what it keeps.
  public static func asked(of fleet: Fleet) -> [LedgerPage] {
    let services = fleet.services.flatMap { service in
      service.slos.map { (SLOOwner.service(service.name), $0) }
    }
    let capabilities = fleet.capabilitySLOs.map { (SLOOwner.capability($0.capability), $0.slo) }
    return (services + capabilities).map { owner, slo in
      LedgerPage(
        kind: owner.kind, owner: owner.name, slo: slo.name, meaning: slo.counts.meaning,
        memory: LedgerMemory())
    }
  }
}

/// Parts of events that make no whole one yet: shares of a bucket, and errors that were counted a
/// scrape before their requests.
struct EventCarry: Sendable, Hashable {
  private var bad = 0.0
  private var total = 0.0

  /// Whole events of what a scrape brought and what was left of the ones before it.
  mutating func take(_ scraped: ScrapedEvents) -> EventCount {
    let all = EventCarry.whole(&total, adding: scraped.total)
    bad += min(max(scraped.bad, 0), EventCarry.most)
    // Errors never outnumber requests in a minute; those that do wait for theirs.
    var wanted = bad
    let failed = min(EventCarry.whole(&wanted, adding: 0), all)
    bad = min(bad - Double(failed), EventCarry.most)
    return EventCount(bad: failed, total: all)
  }

  /// More in one scrape is no count of anything.
  private static let most = 1e12

  private static func whole(_ rest: inout Double, adding more: Double) -> UInt64 {
    rest += min(max(more, 0), most)
    // Tenths do not add up to one in binary; a millionth of an event is one's rounding.
    let count = max(0, (rest + 1e-6).rounded(.down))
    rest -= count
    return UInt64(count)
  }
}

// MARK: As bytes

extension Ledger: FieldCoded {
  public static var blank: Self { Self(began: .zero) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&clock, &accounts)
    try fields.pass(&cursor, &left, &turnedTo)
  }
}

extension LedgerAccount: FieldCoded {
  public static var blank: Self {
    Self(
      owner: .service(""), slo: "", meaning: "", ledger: .blank,
      home: Home(service: nil, position: 0))
  }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&owner, &slo, &meaning)
    try fields.pass(&ledger, &atOpening, &home)
  }
}

extension LedgerAccount.Home: FieldCoded {
  static var blank: Self { Self(position: 0) }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&service, &position) }
}

extension EventCarry: FieldCoded {
  static var blank: Self { Self() }
  mutating func pass(_ fields: Fields) throws { try fields.pass(&bad, &total) }
}
