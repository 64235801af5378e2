import Conditions

/// What a reference names, told apart once: conditions ask for the same things at every poll.
struct FactSubject: Sendable {
  /// nil: the service that the condition belongs to.
  var service: String?
  var kind: Kind

  /// With the name of the one thing that is meant, where there may be several.
  enum Kind: Sendable {
    case health, liveness, readiness, age, phase, version, track, exports
    case figure(RequestFigure)
    /// nil: of whatever is fullest.
    case saturation(String?)
    case fallback(String)
    case breaker(String)
    case flag(String)
    case check(String)
    case unusual(String)
    case rising(String)
    case burn(objective: String, window: String)
    case budget(String)
    case healing(String)
    case alert(String)
    case capability(String)
    case journey(String)
    case signal(String)
    /// Nothing that could be known: a breaker without a name, a signal with one.
    case nothing
  }

  init(_ reference: Reference) {
    service = reference.service
    kind = Kind(reference)
  }
}

extension FactSubject.Kind {
  init(_ reference: Reference) {
    func named(_ kind: (String) -> Self) -> Self { reference.argument.map(kind) ?? .nothing }
    self =
      switch reference.kind {
      case "health": .health
      case "liveness": .liveness
      case "readiness": .readiness
      case "age": .age
      case "phase": .phase
      case "version": .version
      case "track": .track
      case "exports": .exports
      case "saturation": .saturation(reference.argument)
      case "fallback": named(Self.fallback)
      case "breaker": named(Self.breaker)
      case "flag": named(Self.flag)
      case "check": named(Self.check)
      case "unusual": named(Self.unusual)
      case "rising": named(Self.rising)
      case "capability": named(Self.capability)
      case "journey": named(Self.journey)
      case "burn", "budget", "budget_healing", "alert": Self(ofObjective: reference)
      default:
        if let figure = RequestFigure(rawValue: reference.kind) {
          .figure(figure)
        } else {
          reference.argument == nil ? .signal(reference.kind) : .nothing
        }
      }
  }

  /// `burn(fast, 1h)`, `budget(fast)`, `budget_healing(fast)`, `alert(fast)`.
  private init(ofObjective reference: Reference) {
    let arguments = reference.arguments
    guard let objective = arguments.first else {
      self = .nothing
      return
    }
    switch reference.kind {
    case "budget": self = .budget(objective)
    case "budget_healing": self = .healing(objective)
    case "alert": self = .alert(objective)
    default:
      self = arguments.count == 2 ? .burn(objective: objective, window: arguments[1]) : .nothing
    }
  }
}
