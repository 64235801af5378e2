public import Conditions

/// What the artifacts of a release need of each other, of the stores they read, and of where they run: the matrix
/// that can refuse it.
public struct ReleaseManifest: Sendable, Hashable, Codable {
  /// `2026-11-22`
  public var release: String
  public var artifacts: [Artifact] = []
  public var stores: [Store] = []

  public init(release: String) { self.release = release }

  /// What one service will be.
  public struct Artifact: Sendable, Hashable, Codable {
    public var service: String
    public var version: String
    /// APIs of other services that it calls.
    public var needs: [Need] = []
    /// APIs that it offers itself; empty: what its service reports counts.
    public var offers: [String] = []
    public var reads: [Reading] = []
    /// Where it may run; empty: anywhere.
    public var environments: [String] = []
    /// Configuration that it needs, by what people call it.
    public var settings: [Setting] = []

    public init(service: String, version: String) {
      self.service = service
      self.version = version
    }

    /// `checkout 1.42`
    public var words: String { "\(service) \(version)" }
  }

  public struct Need: Sendable, Hashable, Codable {
    public var service: String
    /// `v2`
    public var api: String
    public init(service: String, api: String) {
      self.service = service
      self.api = api
    }
  }

  /// Schemas of a store that an artifact can work with.
  public struct Reading: Sendable, Hashable, Codable {
    public var store: String
    public var schemas: [ClosedRange<Int>]
    public init(store: String, schemas: [ClosedRange<Int>]) {
      self.store = store
      self.schemas = schemas
    }
    public func can(_ schema: Int) -> Bool { schemas.contains { $0.contains(schema) } }
  }

  public struct Setting: Sendable, Hashable, Codable {
    public var name: String
    public var condition: Condition
    public init(name: String, condition: Condition) {
      self.name = name
      self.condition = condition
    }
  }

  /// What keeps data, and in which shape.
  public struct Store: Sendable, Hashable, Codable {
    public var name: String
    public var schema: Schema
    public var migration: Migration?
    public init(name: String, schema: Schema) {
      self.name = name
      self.schema = schema
    }
  }

  /// The number of a store's schema as it is now.
  public enum Schema: Sendable, Hashable, Codable {
    /// As the file says.
    case fixed(Int)
    /// As a signal says: `checkout.orders_schema`.
    case signal(Reference)
  }

  public struct Migration: Sendable, Hashable, Codable {
    public var to: Int
    public var isReversible: Bool
    public init(to: Int, isReversible: Bool) {
      self.to = to
      self.isReversible = isReversible
    }
  }

  public func store(named name: String) -> Store? { stores.first { $0.name == name } }
}

/// What is known of the services that a release is for.
public protocol ReleaseGround {
  associatedtype ServiceFacts: Facts
  /// The environment that the fleet is; nil where nothing says.
  var environment: String? { get }
  /// What every instance of a service offers; nil where not all say.
  func offers(of service: String) -> [String]?
  /// What conditions ask: nil for those that name every service themselves.
  func facts(of service: String?) -> ServiceFacts
}

extension ReleaseManifest {
  /// Everything that it needs, with whether it is so, in the order of the artifacts.
  public func requirements(on ground: some ReleaseGround) -> [Requirement] {
    artifacts.flatMap { artifact in
      place(of: artifact, ground) + artifact.needs.map { need($0, of: artifact, ground) }
        + artifact.reads.flatMap { reading($0, of: artifact, ground) }
        + artifact.settings.map { setting($0, of: artifact, ground) }
    }
  }

  private func place(of artifact: Artifact, _ ground: some ReleaseGround) -> [Requirement] {
    guard !artifact.environments.isEmpty else { return [] }
    let may = artifact.environments.joined(separator: ", ")
    guard let environment = ground.environment else {
      return [
        Requirement(
          "\(artifact.words) is for \(may), and nothing says which environment this is", .unknown)
      ]
    }
    let fits = artifact.environments.contains(environment)
    return [
      Requirement(
        fits
          ? "\(artifact.words) is for \(environment)"
          : "\(artifact.words) is for \(may), and not for \(environment)", Truth(fits))
    ]
  }

  private func need(
    _ need: Need, of artifact: Artifact, _ ground: some ReleaseGround
  ) -> Requirement {
    let wish = "\(artifact.words) needs API \(need.api) of \(need.service)"
    let declared = artifacts.first { $0.service == need.service }?.offers ?? []
    guard let offered = declared.isEmpty ? ground.offers(of: need.service) : declared else {
      return Requirement("\(wish), and not all of its instances say what they offer", .unknown)
    }
    if offered.contains(need.api) { return Requirement("\(wish), which offers it", .yes) }
    let said = offered.isEmpty ? "none" : offered.joined(separator: ", ")
    return Requirement("\(wish), which offers \(said)", .no)
  }

  /// As it is now, and as it will be: between its own step and the migration's an artifact meets both.
  private func reading(
    _ reading: Reading, of artifact: Artifact, _ ground: some ReleaseGround
  ) -> [Requirement] {
    guard let store = store(named: reading.store) else {
      return [Requirement("nothing says which schema \(reading.store) has", .unknown)]
    }
    var requirements: [Requirement] = []
    var schemas: [Int] = []
    if let now = store.schema.number(ground) {
      schemas.append(now)
    } else {
      requirements.append(Requirement("nobody knows which schema \(store.name) has now", .unknown))
    }
    if let next = store.migration?.to, !schemas.contains(next) { schemas.append(next) }
    return requirements
      + schemas.map { schema in
        let can = reading.can(schema)
        return Requirement(
          "\(artifact.words) \(can ? "reads" : "cannot read") schema \(schema) of \(store.name)",
          Truth(can))
      }
  }

  private func setting(
    _ setting: Setting, of artifact: Artifact, _ ground: some ReleaseGround
  ) -> Requirement {
    var run = ConditionRun()
    let truth = run.advance(setting.condition, ground.facts(of: artifact.service), at: 0)
    let wish = "\(artifact.words) needs \(setting.name): \(setting.condition.text)"
    switch truth {
    case .yes: return Requirement(wish, .yes)
    case .no: return Requirement("\(wish), which does not hold", .no)
    case .unknown: return Requirement("\(wish), which nobody knows", .unknown)
    }
  }
}

extension ReleaseManifest.Schema {
  fileprivate func number(_ ground: some ReleaseGround) -> Int? {
    switch self {
    case .fixed(let number): return number
    case .signal(let reference):
      guard case .number(let value) = ground.facts(of: nil).fact(reference) else { return nil }
      return Int(exactly: value)
    }
  }
}
