public import Conditions

/// Several actions in their order, across services, asked for, approved and confirmed as one: a plan, as the fleet
/// file declares it under `plans:`.
///
/// Each can be looked up, so that the whole may be asked for again: what is so already is left alone.
public struct Maneuver: Sendable, Hashable, Codable {
  /// `release-1.42`
  public var name: String
  public var title: String?
  /// In the order in which they are sent.
  public var parts: [Part]
  public var manifest: ReleaseManifest?
  /// What is expected of it, in plain words.
  public var outcome: String?
  public var recovery: Recovery?

  public init(name: String, parts: [Part]) {
    self.name = name
    self.parts = parts
  }

  /// What every `id` begins with.
  public static let prefix = "plan:"

  /// How it is asked for where an action could be.
  public var id: String { Maneuver.prefix + name }

  /// The services that it does something to, each once.
  public var services: [String] {
    var names: [String] = []
    for part in parts where !names.contains(part.service) { names.append(part.service) }
    return names
  }

  /// One of its actions.
  public struct Part: Sendable, Hashable, Codable {
    /// `Action.id`, one of the fleet file's own.
    public var action: String
    public var service: String
    public var arguments: [ActionPlan.Given] = []
    /// What must hold before anything of the plan is sent.
    public var prerequisites: [Condition] = []
    /// What has to hold after it before the next is sent; nil: what proves the action.
    public var check: Action.Proof?
    /// Declared so, and false for a migration that cannot be taken back.
    public var isReversible = true
    /// The store of the manifest whose schema it changes.
    public var migrates: String?
    public var effects: [Effect] = []

    public init(action: String, service: String) {
      self.action = action
      self.service = service
    }
  }

  /// What it does beside what it is for.
  public struct Effect: Sendable, Hashable, Codable {
    public var what: What
    /// In plain words, for who confirms it.
    public var words: String

    public enum What: String, Sendable, Hashable, Codable, CaseIterable {
      case database, cache, external
    }

    public init(_ what: What, _ words: String) {
      self.what = what
      self.words = words
    }
  }

  /// What a plan is made of at one moment.
  public struct Ground: Sendable, Hashable {
    public var parts: [Part]
    public var requirements: [Requirement]

    public struct Part: Sendable, Hashable {
      public var action: Action
      /// The addresses of the service's instances, in the order in which they would be sent to.
      public var instances: [String]
      public var preconditions: [ActionPlan.Precondition]
      public init(
        action: Action, instances: [String], preconditions: [ActionPlan.Precondition]
      ) {
        self.action = action
        self.instances = instances
        self.preconditions = preconditions
      }
    }

    public init(parts: [Part], requirements: [Requirement]) {
      self.parts = parts
      self.requirements = requirements
    }
  }
}
