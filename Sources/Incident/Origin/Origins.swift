public import Fleet
public import Health

/// Where the troubles of now began, and whom they hurt: found anew when a symptom comes or goes.
public struct Origins: Sendable, Hashable, Codable {
  /// The likeliest first; those of one trouble stand together.
  public internal(set) var candidates: [Candidate] = []
  /// Candidates that there was no room for; the fleet table shows them all the same.
  public internal(set) var more = 0

  /// Something came or went since `candidates` were found.
  var isDue = false
  /// When they were found last, as an offset.
  var foundAt: Int64 = .min / 2

  static let candidateLimit = 32
  /// Names kept of those that a candidate has not hurt.
  static let sparedLimit = 64
  /// Nanoseconds between two searches: a fleet in which everything flaps is searched once a second.
  static let pace: Int64 = 1_000_000_000

  init() {}

  /// A place where a trouble may have begun.
  public struct Candidate: Sendable, Hashable, Codable {
    /// The service or, where no one watches it, what services call it. Of a circle, the first to
    /// turn.
    public var name: String
    /// The others of a circle whose members all need each other.
    public var circle: [String] = []
    public var isWatched: Bool
    /// It looks well itself: two or more blame it all the same.
    public var looksWell = false
    /// It was in trouble and has had no symptom since.
    public var restingSince: Instant?
    public var began: Instant
    public var rule: Rule
    /// The next of the same trouble to turn, and how many seconds later; below zero: earlier.
    public var next: Next?
    /// What it needs that is watched and well.
    public var wellNeeds: [String] = []
    /// What it says is failing it and no one watches.
    public var blames: [String] = []
    /// What others, or it, say of what is not watched: symptoms by service.
    public var blamedBy: [String] = []
    /// Services in trouble that need it, over any number of steps, each below the one it needs.
    public var hurt: [Hurt] = []
    /// Services that need it, over any number of steps, and look well; at most `sparedLimit`.
    public var spared: [String] = []
    /// How many services need it over any number of steps, whatever they look like.
    public var dependents = 0

    /// One of those that may have begun it, rather than one of its consequences or a later one.
    public var isOrigin: Bool { rule != .later }
    /// The rules decided for this one alone.
    public var isDecided: Bool { rule == .needsAreWell || rule == .turnedFirst }
    /// All that is in trouble with it: itself where it is watched, its circle, and who is hurt.
    public var services: [String] { (isWatched ? [name] : []) + circle + hurt.map(\.service) }
  }

  /// Which rule made something a candidate.
  public enum Rule: String, Sendable, Hashable, Codable {
    /// Alone in its trouble to have all healthy that it needs.
    case needsAreWell = "needs-are-well"
    /// Of several whose needs are healthy it turned first, by more than polls can be late.
    case turnedFirst = "turned-first"
    /// Of several whose needs are healthy it turned too close to another to say.
    case undecided
    /// What it needs is healthy, but another turned first.
    case later
    /// It turned well before anything that it needs did.
    case beforeItsNeeds = "before-its-needs"
  }

  public struct Next: Sendable, Hashable, Codable {
    public var name: String
    public var seconds: Double
  }

  /// A service in trouble below the one that it needs.
  public struct Hurt: Sendable, Hashable, Codable {
    public var service: String
    /// Whom it needs: the candidate, or another that is hurt.
    public var under: String
    /// 1 below the candidate itself.
    public var depth: Int
    public var began: Instant
    /// Seconds after the candidate; below zero: before it.
    public var later: Double
  }

  /// The place of a service in the troubles of now.
  public enum Place: Sendable, Hashable {
    /// It is where a trouble began, or may have.
    case origin(Candidate)
    /// It hangs below another: whom it needs, and the candidate.
    case hurt(Hurt, by: Candidate)
  }

  public func place(of service: String) -> Place? {
    for candidate in candidates {
      if candidate.isWatched, candidate.name == service || candidate.circle.contains(service) {
        return .origin(candidate)
      }
      if let hurt = candidate.hurt.first(where: { $0.service == service }) {
        return .hurt(hurt, by: candidate)
      }
    }
    return nil
  }
}
