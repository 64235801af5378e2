public import Fleet
public import Telemetry

/// Something about a service or the fleet that is another than before, its health apart: what a
/// responder asks for when trouble begins.
public struct FleetChange: Sendable, Hashable, Codable, Identifiable {
  public enum Kind: Sendable, Hashable, Codable {
    case deploy(from: String?, to: String)
    /// To a version that was there before.
    case rollback(from: String, to: String)
    case build(from: String, to: String)
    /// `name` is the metric that tells it.
    case configuration(name: String)
    case flag(FlagChange)
    /// The share of the traffic that a track gets, 0…1.
    case weight(track: String, from: Double?, to: Double?)
    case restart
    /// Signals that were exported and are no more, and the version since which.
    case vanished(Exports, version: String?)
    case returned(Exports)
    /// The fleet file was read again.
    case reload(added: [String], removed: [String], changed: Int)
  }

  public struct FlagChange: Sendable, Hashable, Codable {
    public var name: String
    /// nil where the flag is no more.
    public var on: Bool?
    public var exposure: Double?
    public var owner: String?
    /// nil where the flag is new.
    public var wasOn: Bool?
    public var exposureBefore: Double?

    public init(
      name: String, on: Bool?, exposure: Double? = nil, owner: String? = nil, wasOn: Bool? = nil,
      exposureBefore: Double? = nil
    ) {
      self.name = name
      self.on = on
      self.exposure = exposure
      self.owner = owner
      self.wasOn = wasOn
      self.exposureBefore = exposureBefore
    }
  }

  /// Of this session; later ones are larger.
  public var id: Int
  /// nil: the fleet.
  public var service: String?
  /// The addresses of those it was seen at, in that order.
  public var instances: [String]
  public var kind: Kind
  /// When the first was seen to be another.
  public var at: Instant
  /// When the last of `instances` was.
  public var last: Instant
  /// It happened before the watch began: its time is what the process says of its start.
  public var isBefore = false
}

extension FleetChange.Kind {
  /// What went out with it: a version, a build, a configuration.
  public var isRelease: Bool {
    switch self {
    case .deploy, .rollback, .build, .configuration: true
    case .flag, .weight, .restart, .vanished, .returned, .reload: false
    }
  }

  /// Whether it can be why something broke; a signal that is missing is not.
  public var canCause: Bool {
    switch self {
    case .vanished, .returned, .reload: false
    case .deploy, .rollback, .build, .configuration, .flag, .weight, .restart: true
    }
  }

  /// One character that marks it on a chart's axis: `v` a version, `f` a flag, `c` a configuration, `w` a
  /// weight, `r` a restart, `-` a signal lost.
  public var letter: Character {
    switch self {
    case .deploy, .build: "v"
    case .rollback: "b"
    case .configuration, .reload: "c"
    case .flag: "f"
    case .weight: "w"
    case .restart: "r"
    case .vanished, .returned: "-"
    }
  }
}

/// What changed, oldest first: at most `limit` in all and `serviceLimit` of one service, so that one
/// that never rests does not push the others out.
public struct ChangeLog: Sendable, Hashable, Codable {
  public private(set) var entries: [FleetChange] = []
  private var next = 1

  /// The id of the newest that was kept, whether it is still here or not; 0 before any was.
  public var lastID: Int { next - 1 }

  public static let limit = 256
  public static let serviceLimit = 32
  /// Seconds within which the same change of another instance belongs to the same one.
  static let together = 900.0
  static let instanceLimit = 64

  init() {}

  mutating func keep(
    _ kind: FleetChange.Kind, of service: String?, instance: String? = nil, at instant: Instant,
    isBefore: Bool = false
  ) {
    if let instance, !isBefore,
      let place = entries.lastIndex(where: {
        $0.service == service && $0.kind == kind && !$0.isBefore
          && !$0.instances.contains(instance)
          && instant.seconds(since: $0.last) <= ChangeLog.together
          && $0.instances.count < ChangeLog.instanceLimit
      })
    {
      entries[place].instances.append(instance)
      entries[place].last = instant
      return
    }
    let own = entries.count { $0.service == service }
    if own >= ChangeLog.serviceLimit,
      let oldest = entries.firstIndex(where: { $0.service == service })
    {
      entries.remove(at: oldest)
    } else if entries.count == ChangeLog.limit {
      entries.removeFirst()
    }
    let change = FleetChange(
      id: next, service: service, instances: instance.map { [$0] } ?? [], kind: kind, at: instant,
      last: instant, isBefore: isBefore)
    next += 1
    // What is told late stands where it belongs.
    let place = entries.lastIndex { $0.at.offset <= instant.offset }.map { $0 + 1 } ?? 0
    entries.insert(change, at: place)
  }

  /// Takes an instance out of the restarts of the last moments: something else says what it was.
  mutating func dropRestart(
    of service: String, instance: String, within seconds: Double, at now: Instant
  ) {
    guard
      let place = entries.lastIndex(where: {
        $0.service == service && $0.kind == .restart && $0.instances.contains(instance)
          && now.seconds(since: $0.last) <= seconds
      })
    else { return }
    entries[place].instances.removeAll { $0 == instance }
    if entries[place].instances.isEmpty { entries.remove(at: place) }
  }

  /// Whether a version of an instance changed in the last moments.
  func hasRelease(of service: String, instance: String, within seconds: Double, at now: Instant)
    -> Bool
  {
    entries.contains {
      $0.service == service && $0.kind.isRelease && $0.instances.contains(instance)
        && now.seconds(since: $0.last) <= seconds
    }
  }
}

extension Present {
  /// What changed of a service, and of the fleet itself, oldest first; of all where `service` is nil.
  ///
  /// For the marks on charts: those from `since` on, on the session's clock.
  public func changes(of service: String? = nil, since: Double = -.infinity) -> [FleetChange] {
    changeLog.entries.filter {
      ($0.service == service || service == nil || $0.service == nil) && $0.at.seconds >= since
    }
  }
}
