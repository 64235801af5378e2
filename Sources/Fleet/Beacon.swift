/// How a service tells of its health itself, where nobody can ask it or it lives too briefly to be asked: each
/// of its instances sends a beat, the health contract by POST, before the last one has grown old.
///
/// Only whoever listens for beats has a use for it: encoding a service leaves it out. The instances that send
/// them are in the fleet like all others, by addresses of their own kind.
public struct Beacon: Sendable, Hashable {
  /// Seconds from one beat to the next, where a beat does not say otherwise.
  public var every: Double
  /// What a sender shows to be let in; the same for all instances of the service.
  public var token: Credentials.Secret
  /// The names of the instances, where they are known beforehand: no other one is taken, and one of them that
  /// is silent is missed. Empty: whoever has the token makes itself known.
  public var instances: [String]
  /// How many instances may make themselves known.
  public var most: Int
  /// Seconds of silence after which an instance that made itself known is no longer one.
  public var forget: Double
  /// Seconds for which an instance may say that it is not ready before that counts.
  public var grace: Double
  /// When a job comes again that does not run all the time; nil: its silence is never meant.
  public var schedule: Schedule?

  /// How a job comes and goes.
  public struct Schedule: Sendable, Hashable {
    /// Seconds from the end of one run to the end of the next.
    public var period: Double
    /// Seconds that it may be late before it is missed.
    public var grace: Double
    /// It sends beats while it runs, and says good-bye at the end; else one beat is the end of a run.
    public var beatsMeanwhile: Bool

    public init(period: Double, grace: Double? = nil, beatsMeanwhile: Bool = false) {
      self.period = period
      self.grace = grace ?? Schedule.usualGrace(of: period)
      self.beatsMeanwhile = beatsMeanwhile
    }

    /// An hour, and no more than the time from one run to the next.
    public static func usualGrace(of period: Double) -> Double { min(3600, period) }

    /// Seconds from one run to the next: from a minute to a year.
    public static let periods = 60.0...366 * 86_400
  }

  public init(
    token: Credentials.Secret, every: Double = 10, instances: [String] = [], most: Int = 50,
    forget: Double = 3600, grace: Double = PollPolicy().readinessGrace, schedule: Schedule? = nil
  ) {
    self.token = token
    self.every = every
    self.instances = instances
    self.most = most
    self.forget = forget
    self.grace = grace
    self.schedule = schedule
  }

  public static let longestName = 100
  /// Bytes of a token, at least: whoever tries thousands of them a second needs ages for this.
  public static let shortestToken = 16

  /// Letters and digits of ASCII and `. _ : -`, and no name of a folder: it stands in an address as it is.
  public static func isName(_ text: String) -> Bool {
    (1...longestName).contains(text.utf8.count) && text != "." && text != ".."
      && text.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
          || "._:-".utf8.contains($0)
      }
  }

  /// The instance of that name: asked nothing, and stale when two beats are missing.
  public func instance(_ name: String, of service: String) -> Instance {
    Instance(
      url: Beacon.address(of: name, at: service), liveness: .none, readiness: .none, metrics: .none,
      polling: PollPolicy(
        interval: every, timeout: min(every, PollPolicy().timeout), readinessGrace: grace))
  }
}

// MARK: Addresses

extension Beacon {
  private static let scheme = "beacon://"

  /// `beacon://nightly-report/run-17`: nothing can be sent there.
  public static func address(of name: String, at service: String) -> String {
    "\(scheme)\(service)/\(name)"
  }

  public static func isAddress(_ url: String) -> Bool { url.hasPrefix(scheme) }

  /// The instance's name in such an address; nil for addresses that can be asked.
  public static func name(in url: String) -> String? {
    guard isAddress(url), let slash = url.lastIndex(of: "/") else { return nil }
    return String(url[url.index(after: slash)...])
  }
}

extension Instance {
  /// It sends beats and is never asked.
  public var isBeacon: Bool { Beacon.isAddress(url) }
}

extension Fleet {
  /// Some of its services send beats.
  public var takesBeats: Bool { services.contains { $0.beacon != nil } }

  /// Without what comes and goes by itself: what only beats tell of, and how they are taken.
  public var withoutBeats: Fleet {
    var fleet = self
    for index in fleet.services.indices {
      fleet.services[index].beacon = nil
      fleet.services[index].instances.removeAll(where: \.isBeacon)
    }
    return fleet
  }
}
