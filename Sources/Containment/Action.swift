public import Conditions
public import Fleet

/// Something that a responder can trigger, as the fleet file or a runbook declares it.
///
/// What is not declared is the strict one: without `risk` it is high, without `mode` a person decides, without
/// `read` its effect is neither looked up nor taken back.
public struct Action: Sendable, Hashable, Codable {
  /// `cap-concurrency`
  public var name: String
  /// The runbook that defines it; nil: the fleet file does.
  public var home: String?
  public var kind: Kind
  /// What it does, in plain words.
  public var title: String?
  /// The services that it is for; empty: any.
  public var services: [String] = []
  public var parameters: [Parameter] = []
  public var risk = Risk.high
  public var mode = Mode.judgement
  public var order: Order
  /// How to learn what is so now.
  public var read: Reading?
  /// What takes it back; `{captured}` in it is what `read` found before.
  public var revert: Order?
  /// What must hold before anything is sent.
  public var preconditions: [Condition] = []
  /// What is expected of it, in plain words.
  public var outcome: String?
  public var proof: Proof?
  /// How it goes from one value to the next; nil: at once.
  public var staging: Staging?
  /// When what was lost counts as back; nil: nobody watches for it.
  public var recovery: Recovery?
  public var policy = Policy()
  /// Seconds that a request may take.
  public var timeout = 10.0
  /// Seconds after which it is taken back by itself; nil: never.
  public var expiry: Double?

  public init(name: String, kind: Kind, order: Order) {
    self.name = name
    self.kind = kind
    self.order = order
  }

  /// How it is asked for: runbooks may each have one of the same name.
  public var id: String { home.map { "\($0)/\(name)" } ?? name }

  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case throttle, drain, restart, scale, custom
    case breakCircuit = "break-circuit"
    case toggleFlag = "toggle-flag"
    case capConcurrency = "cap-concurrency"
    case resizePool = "resize-pool"
    case runtimeParameter = "runtime-parameter"
    case traceLevel = "trace-level"
    case shiftTraffic = "shift-traffic"
    case rollBack = "roll-back"
  }

  public enum Risk: String, Sendable, Hashable, Codable, CaseIterable { case low, medium, high }

  /// Whether a rule may trigger it, or only somebody who has thought about it.
  public enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
    case automatable, judgement
  }

  /// How to learn the present state of one target.
  public struct Reading: Sendable, Hashable, Codable {
    public var order: Order
    /// Where in the answer it stands; parameters may be put into a `match`.
    public var place: Place
    /// The file says that asking changes nothing, where the way of asking does not say so by itself.
    public var isReadOnly = false
    /// What is there once the action is in force.
    public var expected: Expected

    public enum Expected: Sendable, Hashable, Codable {
      case fixed(Argument)
      case parameter(String)
    }

    public enum Place: Sendable, Hashable, Codable {
      case pointer(String)
      case match(Template)
      case whole
    }

    public init(order: Order, place: Place, expected: Expected) {
      self.order = order
      self.place = place
      self.expected = expected
    }
  }

  /// What proves that it worked: conditions that hold together for a time.
  public struct Proof: Sendable, Hashable, Codable {
    public var parts: [Condition]
    /// Seconds for which all of them have to hold.
    public var window: Double
    /// Seconds after which it is inconclusive where nobody can tell, and regressed where it does not hold.
    public var patience: Double
    /// All of them, for so long.
    public private(set) var whole: Condition

    /// nil where there is no part.
    public init?(
      _ parts: [Condition], window: Double, patience: Double
    ) throws(ConditionError) {
      guard let all = try Condition(all: parts) else { return nil }
      self.parts = parts
      self.window = window
      self.patience = patience
      whole = window > 0 ? try Condition(all, held: window) : all
    }
  }

  /// Who may ask for it, who has to agree, and what happens where it does not work.
  public struct Policy: Sendable, Hashable, Codable {
    /// People other than who asks for it.
    public var approvals = 0
    /// Seconds after which an unanswered request is none any more, and an approval neither.
    public var patience = 900.0
    /// Who may ask for it; empty: every responder.
    public var requesters = People()
    /// Who may agree to it; empty: every approver.
    public var approvers = People()
    /// It is taken back by itself where what should prove it does not hold; else that is offered.
    public var revertsOnRegression = false
    public init() {}
  }

  public func applies(to service: String) -> Bool { services.isEmpty || services.contains(service) }
}
