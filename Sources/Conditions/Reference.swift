/// What a condition names: a signal, a state or a thing of a service, such as `pricing.p99_ms`,
/// `readiness` or `fallback(cached-prices)`.
public struct Reference: Sendable, Hashable, Codable {
  /// nil: the service that the condition belongs to.
  public var service: String?
  /// Which of its facts: `p99_ms`, `health`, `fallback`, `alert`, or the name of a signal.
  public var kind: String
  /// What stands in parentheses, without quotes; of several parts with `, ` between them.
  public var argument: String?

  public init(service: String? = nil, kind: String, argument: String? = nil) {
    self.service = service
    self.kind = kind
    self.argument = argument
  }

  /// Reads what a condition would name so: `pricing.p99_ms`, `breaker(postgres)`.
  public init(_ text: String) throws(ConditionError) {
    var parser = try Parser(text)
    self = try parser.onlyReference()
  }

  /// The argument's parts: `burn(fast, 1h)` has two.
  public var arguments: [String] {
    guard let argument else { return [] }
    return argument.split(separator: ",", omittingEmptySubsequences: false).map {
      var part = $0
      while part.first == " " { part.removeFirst() }
      while part.last == " " { part.removeLast() }
      return String(part)
    }
  }

  /// Words that a reference cannot be, since the grammar has them.
  static let reserved: Set<String> = ["all", "any", "not", "and", "or", "for", "until", "is"]
}

extension Reference: CustomStringConvertible {
  /// As a condition writes it: the parser reads the same reference back.
  public var description: String {
    var text = ""
    if let service {
      text += (Spelling.isBareName(service) ? service : Spelling.quoted(service)) + "."
    }
    text += kind
    if let argument {
      text += "(" + (Spelling.isBareArgument(argument) ? argument : Spelling.quoted(argument)) + ")"
    }
    return text
  }
}
