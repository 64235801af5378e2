import Canonical
public import Conditions
import Crypto
import Fleet

/// Exactly what would be sent, to whom, and by what it is proved and taken back: frozen when it was asked for.
///
/// Whoever confirms or approves does so by its hash: where anything of it would be otherwise, it is another plan.
public struct ActionPlan: Sendable, Hashable, Codable {
  /// Given by who asks, at random: one plan is carried out once.
  public var id: String
  /// `Action.name`, or `Maneuver.id`.
  public var action: String
  public var kind: Action.Kind
  public var title: String?
  public var risk: Action.Risk
  public var service: String
  /// The fleet's, as its file names it.
  public var environment: String?
  public var arguments: [Given]
  /// One for each target, in the order in which they are sent.
  public var steps: [Step]
  /// What was asked for one after the other, where that was several actions; empty for one alone.
  public var parts: [Part] = []
  public var preconditions: [Precondition]
  /// What the releases that it brings need of each other, and whether it is so.
  public var requirements: [Requirement] = []
  /// What the requirements are worked out of, again right before it is sent.
  public var manifest: ReleaseManifest?
  public var outcome: String?
  public var proof: Action.Proof?
  /// When what was lost counts as back; nil: nobody watches for it.
  public var recovery: Recovery?
  public var policy: Action.Policy
  public var timeout: Double
  public var expiry: Double?
  /// The runbook's step that asked for it.
  public var origin: Origin?
  public var by: String
  /// Why, in the words of who asks; empty where nobody said.
  public var reason: String
  /// The freezes that it breaks, in words: who asks for it may, and says why.
  public var breaks: [String] = []

  public struct Given: Sendable, Hashable, Codable {
    public var name: String
    public var value: Argument
    public init(name: String, value: Argument) {
      self.name = name
      self.value = value
    }
  }

  /// One step to one target. A target may have several, one after the other: its course.
  public struct Step: Sendable, Hashable, Codable {
    /// The address of the instance; the service's name where there is one request for all of it.
    public var target: String
    /// The service that it belongs to.
    public var service: String
    public var kind: Action.Kind
    /// Which of the plan's parts it belongs to.
    public var part = 0
    public var order: PlannedOrder
    public var read: PlannedReading?
    /// What is there before it: what `read` found when the plan was made, or what the step before it at the same
    /// target brings about; nil where nothing was read.
    public var captured: Argument?
    /// What takes the target back to what was there before the plan; nil where nothing does, or where that is not
    /// known.
    public var revert: PlannedOrder?
    /// What has to hold after it, for so long, before the next one is sent; nil: the next one follows at once.
    public var check: Action.Proof?

    public init(target: String, service: String, kind: Action.Kind, order: PlannedOrder) {
      self.target = target
      self.service = service
      self.kind = kind
      self.order = order
    }
  }

  /// What held when it was planned: another answer makes it another plan.
  public struct Precondition: Sendable, Hashable, Codable {
    public var condition: Condition
    public var truth: Truth
    /// Whose facts are meant; nil: those of the plan's service.
    public var service: String?
    public init(condition: Condition, truth: Truth, service: String? = nil) {
      self.condition = condition
      self.truth = truth
      self.service = service
    }
  }

  /// One action of several.
  public struct Part: Sendable, Hashable, Codable {
    /// `Action.id`
    public var action: String
    public var kind: Action.Kind
    public var title: String?
    public var service: String
    public var arguments: [Given]
    /// It can be taken back: as it is declared, and by what is known of its targets.
    public var isReversible: Bool
    /// The store whose schema it changes; nil: it is no migration.
    public var migrates: String?
    /// What it does beside, to databases, caches and other parties.
    public var effects: [Maneuver.Effect]

    public init(
      action: String, kind: Action.Kind, title: String?, service: String, arguments: [Given],
      isReversible: Bool, migrates: String?, effects: [Maneuver.Effect]
    ) {
      self.action = action
      self.kind = kind
      self.title = title
      self.service = service
      self.arguments = arguments
      self.isReversible = isReversible
      self.migrates = migrates
      self.effects = effects
    }

    /// `cap-concurrency limit=32 on pricing`
    public var words: String { ActionPlan.words(action, arguments, on: [service]) }
  }

  public struct Origin: Sendable, Hashable, Codable {
    public var runbook: String
    public var hash: [UInt8]
    /// `containment.2`
    public var step: String
    public init(runbook: String, hash: [UInt8], step: String) {
      self.runbook = runbook
      self.hash = hash
      self.step = step
    }
  }

  public init(
    id: String, of action: Action, service: String, steps: [Step], by: String
  ) {
    self.id = id
    self.action = action.name
    kind = action.kind
    title = action.title
    risk = action.risk
    self.service = service
    arguments = []
    self.steps = steps
    preconditions = []
    outcome = action.outcome
    proof = action.proof
    recovery = action.recovery
    policy = action.policy
    timeout = action.timeout
    expiry = action.expiry
    self.by = by
    reason = ""
  }

  /// A plan of several actions: as risky as the riskiest of them.
  public init(id: String, of maneuver: Maneuver, _ actions: [Action], steps: [Step], by: String) {
    self.id = id
    action = maneuver.id
    let kinds = Set(actions.map(\.kind))
    kind = kinds.count == 1 ? kinds.first ?? .custom : .custom
    title = maneuver.title
    risk = Action.Risk.joined(actions.map(\.risk))
    service = maneuver.parts.first?.service ?? ""
    arguments = []
    self.steps = steps
    preconditions = []
    manifest = maneuver.manifest
    outcome = maneuver.outcome
    recovery = maneuver.recovery
    policy = Action.Policy()
    timeout = actions.map(\.timeout).max() ?? 10
    expiry = nil
    self.by = by
    reason = ""
  }

  /// SHA-256 of its canonical bytes, in hexadecimal.
  public var hash: String {
    // A plan is plain values: there is nothing in it that has no bytes.
    let bytes = (try? CanonicalEncoder.bytes(of: self)) ?? []
    return SHA256.hash(data: bytes).map { Hexadecimal.pair($0) }.joined()
  }

  /// It can be taken back at every target: it is said how, and how to learn whether somebody has changed it since.
  public var isReversible: Bool {
    parts.isEmpty ? canTakeBack(part: 0) : parts.indices.allSatisfy { canTakeBack(part: $0) }
  }

  /// Whether all that one part does can be taken back.
  public func canTakeBack(part: Int) -> Bool {
    guard parts.indices.contains(part) ? parts[part].isReversible : true else { return false }
    return steps.allSatisfy { $0.part != part || $0.revert != nil && $0.read != nil }
  }

  /// All that it depends on held when it was planned; what is not known did not.
  public var isPermitted: Bool {
    preconditions.allSatisfy { $0.truth == .yes } && requirements.allSatisfy { $0.truth == .yes }
  }

  /// The services that it sends something to, each once, in the order of the steps.
  public var services: [String] {
    var names: [String] = []
    for step in steps where !names.contains(step.service) { names.append(step.service) }
    return names.isEmpty ? [service] : names
  }

  /// No two that do the same to the same service or target go on at once.
  public func conflicts(with other: ActionPlan) -> Bool {
    steps.contains { mine in
      other.steps.contains {
        mine.kind == $0.kind && (mine.service == $0.service || mine.target == $0.target)
      }
    }
  }

  /// `cap-concurrency limit=32 on pricing`
  public var words: String { ActionPlan.words(action, arguments, on: services) }

  private static func words(
    _ action: String, _ arguments: [Given], on services: [String]
  ) -> String {
    let said = arguments.map { " \($0.name)=\($0.value.words)" }.joined()
    return "\(action)\(said) on \(services.joined(separator: ", "))"
  }
}
