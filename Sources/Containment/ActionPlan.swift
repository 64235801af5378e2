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
  public var preconditions: [Precondition]
  public var outcome: String?
  public var proof: Action.Proof?
  public var policy: Action.Policy
  public var timeout: Double
  public var expiry: Double?
  /// The runbook's step that asked for it.
  public var origin: Origin?
  public var by: String
  /// Why, in the words of who asks; empty where nobody said.
  public var reason: String

  public struct Given: Sendable, Hashable, Codable {
    public var name: String
    public var value: Argument
    public init(name: String, value: Argument) {
      self.name = name
      self.value = value
    }
  }

  /// What goes to one target.
  public struct Step: Sendable, Hashable, Codable {
    /// The address of the instance; the service's name where there is one request for all of it.
    public var target: String
    public var request: PlannedRequest
    public var read: PlannedReading?
    /// What `read` found when the plan was made; nil where nothing was read.
    public var captured: Argument?
    /// What takes it back; nil where nothing does, or where what was so before is not known.
    public var revert: PlannedRequest?

    public init(target: String, request: PlannedRequest) {
      self.target = target
      self.request = request
    }
  }

  /// What held when it was planned: another answer makes it another plan.
  public struct Precondition: Sendable, Hashable, Codable {
    public var condition: Condition
    public var truth: Truth
    public init(condition: Condition, truth: Truth) {
      self.condition = condition
      self.truth = truth
    }
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
    policy = action.policy
    timeout = action.timeout
    expiry = action.expiry
    self.by = by
    reason = ""
  }

  /// SHA-256 of its canonical bytes, in hexadecimal.
  public var hash: String {
    // A plan is plain values: there is nothing in it that has no bytes.
    let bytes = (try? CanonicalEncoder.bytes(of: self)) ?? []
    return SHA256.hash(data: bytes).map { Hexadecimal.pair($0) }.joined()
  }

  /// It can be taken back at every target.
  public var isReversible: Bool { steps.allSatisfy { $0.revert != nil } }

  /// All that it depends on held when it was planned; what is not known did not.
  public var isPermitted: Bool { preconditions.allSatisfy { $0.truth == .yes } }

  /// No two that do the same to the same service go on at once.
  public func conflicts(with other: ActionPlan) -> Bool {
    kind == other.kind
      && (service == other.service
        || !Set(steps.map(\.target)).isDisjoint(with: other.steps.map(\.target)))
  }

  /// `cap-concurrency limit=32 on pricing`
  public var words: String {
    let said = arguments.map { " \($0.name)=\($0.value.words)" }.joined()
    return "\(action)\(said) on \(service)"
  }
}

/// A request as it will be sent but for secrets, which are named by their places.
public struct PlannedRequest: Sendable, Hashable, Codable {
  public var method: String
  public var url: String
  public var headers: [Header]
  /// JSON text; nil where nothing is sent.
  public var body: String?
  /// Status codes that say that it was done.
  public var success: [ClosedRange<Int>]

  public struct Header: Sendable, Hashable, Codable {
    public var name: String
    public var value: Value
    public init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
    public enum Value: Sendable, Hashable, Codable {
      case text(String)
      case secret(SecretPlace)
    }
  }

  public init(
    method: String, url: String, headers: [Header] = [], body: String? = nil,
    success: [ClosedRange<Int>] = [200...299]
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.success = success
  }

  public func isDone(by status: Int) -> Bool { success.contains { $0.contains(status) } }
}

/// How to learn what is so at a target, and what is there once the action is in force.
public struct PlannedReading: Sendable, Hashable, Codable {
  public var request: PlannedRequest
  /// As RFC 6901 writes it.
  public var pointer: String
  public var expected: Argument
  public init(request: PlannedRequest, pointer: String, expected: Argument) {
    self.request = request
    self.pointer = pointer
    self.expected = expected
  }
}

enum Hexadecimal {
  static func pair(_ byte: UInt8) -> String {
    let digits = Array("0123456789abcdef")
    return String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
  }
}
