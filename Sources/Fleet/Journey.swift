/// A short walk through the fleet that Damcon takes again and again, as a user would.
///
/// Its availability and latency are its own: what users do is counted by SLOs, not by this.
public struct Journey: Sendable, Hashable, Codable {
  public var name: String
  public var tier: Tier
  /// The capability that it tries, by name.
  public var capability: String?
  /// Seconds from the beginning of one run to that of the next.
  public var every: Double
  /// Seconds for all steps together.
  public var timeout: Double
  public var steps: [Step]
  public var objective: Objective?
  /// What its steps send to be let in where they ask a URL of their own; those that ask a service
  /// send what its instances are asked with.
  public var credentials: Credentials

  public init(
    name: String, tier: Tier = .important, capability: String? = nil, every: Double = 30,
    timeout: Double = 10, steps: [Step], objective: Objective? = nil,
    credentials: Credentials = Credentials()
  ) {
    self.name = name
    self.tier = tier
    self.capability = capability
    self.every = every
    self.timeout = timeout
    self.steps = steps
    self.objective = objective
    self.credentials = credentials
  }

  /// One request and what has to come of it.
  public struct Step: Sendable, Hashable, Codable {
    /// As people speak of it; the request itself where the file gives no name.
    public var name: String
    /// `GET`, `POST`, …
    public var method: String
    public var place: Place
    /// Headers of this step alone; nothing of them is ever recorded.
    public var credentials: Credentials
    public var body: Body?
    public var expect: Expect

    public init(
      name: String? = nil, method: String = "GET", place: Place,
      credentials: Credentials = Credentials(), body: Body? = nil, expect: Expect = Expect()
    ) {
      self.name = name ?? "\(method) \(place.words)"
      self.method = method
      self.place = place
      self.credentials = credentials
      self.body = body
      self.expect = expect
    }
  }

  public enum Place: Sendable, Hashable, Codable {
    /// A whole URL.
    case url(String)
    /// A path of one of the instances of a service, another one at each run.
    case service(String, path: String)

    /// `checkout /cart`, `http://shop.example/`
    public var words: String {
      switch self {
      case .url(let url): url
      case .service(let name, let path): "\(name) \(path)"
      }
    }
  }

  /// What is sent. It may hold a password: encoding leaves it out.
  public struct Body: Sendable, Hashable, Codable {
    public var content: Credentials.Secret
    public init(_ content: Credentials.Secret) { self.content = content }
    public init(from decoder: any Decoder) throws { content = .literal("") }
    public func encode(to encoder: any Encoder) throws {
      _ = encoder.container(keyedBy: NoKeys.self)
    }
    private enum NoKeys: CodingKey {}
  }

  /// What has to hold of an answer.
  public struct Expect: Sendable, Hashable, Codable {
    /// Any of these; a redirect is followed unless its own status is among them.
    public var statuses: [ClosedRange<Int>]
    /// Texts that the body holds, all of them.
    public var contains: [String]
    /// Texts that it must not hold.
    public var lacks: [String]
    /// Seconds that the answer may take.
    public var within: Double?

    public init(
      statuses: [ClosedRange<Int>] = [200...299], contains: [String] = [], lacks: [String] = [],
      within: Double? = nil
    ) {
      self.statuses = statuses
      self.contains = contains
      self.lacks = lacks
      self.within = within
    }

    public func allows(_ status: Int) -> Bool { statuses.contains { $0.contains(status) } }

    /// `200`, `2xx`, `200 or 404`
    public var statusWords: String {
      statuses.map { range in
        if range.count == 1 { return "\(range.lowerBound)" }
        if range.lowerBound % 100 == 0, range.count == 100 { return "\(range.lowerBound / 100)xx" }
        return "\(range.lowerBound) to \(range.upperBound)"
      }.joined(separator: " or ")
    }
  }

  /// What share of its runs has to pass.
  public struct Objective: Sendable, Hashable, Codable {
    /// Percent, such as 99.
    public var objective: Double
    /// Seconds that a run may take to count as good; nil where only passing counts.
    public var threshold: Double?
    /// Seconds.
    public var window: Double
    public init(objective: Double, threshold: Double? = nil, window: Double) {
      self.objective = objective
      self.threshold = threshold
      self.window = window
    }
  }
}
