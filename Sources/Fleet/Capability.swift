/// Something users can do, and what it needs.
public struct Capability: Sendable, Hashable, Codable {
  public var name: String
  public var tier: Tier
  public var needs: [Need]
  /// The share of failed requests at a needed endpoint that users do not notice, 0...1.
  public var toleratedErrors: Double
  /// A needed service may be degraded, or fall back, and the capability is still whole.
  public var toleratesDegraded: Bool
  /// What users get while it is degraded, and while it is lost.
  public var usersGet: UsersGet
  /// What users can do meanwhile.
  public var instead: String?
  /// Seconds that it usually takes to come back.
  public var expectedRecovery: Double?

  /// Failed requests above this share at a needed endpoint degrade it where nobody says otherwise.
  public static let usualTolerance = 0.05

  public struct Need: Sendable, Hashable, Codable {
    public var service: String
    /// Only this endpoint of it, by the name that the fleet file or the metrics give.
    public var endpoint: String?
    /// Without it the capability is less, not lost.
    public var isOptional: Bool
    public init(service: String, endpoint: String? = nil, isOptional: Bool = false) {
      self.service = service
      self.endpoint = endpoint
      self.isOptional = isOptional
    }
  }

  public struct UsersGet: Sendable, Hashable, Codable {
    public var degraded: String?
    public var lost: String?
    public init(degraded: String? = nil, lost: String? = nil) {
      self.degraded = degraded
      self.lost = lost
    }
  }

  public init(name: String, tier: Tier = .important, needs: [Need] = []) {
    self.name = name
    self.tier = tier
    self.needs = needs
    toleratedErrors = Capability.usualTolerance
    toleratesDegraded = false
    usersGet = UsersGet()
  }
}
