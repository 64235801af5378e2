/// One comparison of a condition: what it names, and what that is held against.
public struct Term: Sendable, Hashable {
  public enum Relation: String, Sendable, Hashable {
    case above = ">"
    case atLeast = ">="
    case below = "<"
    case atMost = "<="
    case equal = "=="
    case unequal = "!="
    case `is` = "is"
    case isNot = "is not"
  }

  public enum Operand: Sendable, Hashable {
    /// In the unit that the name of the reference tells.
    case number(Double)
    case word(String)
  }

  public var reference: Reference
  public var relation: Relation
  public var operand: Operand
  /// Where the reference stands in the text, from 1.
  public var column: Int

  /// Whether it holds by itself, of `for` and hysteresis apart. What is not known, not a number or of another kind
  /// than what it is held against decides nothing.
  public func truth(_ facts: some Facts) -> Truth {
    Comparison(reference: reference, relation: relation, operand: operand).truth(facts)
  }
}

extension Term: CustomStringConvertible {
  /// As a condition writes it: `p99_ms > 800ms`.
  public var description: String {
    Comparison(reference: reference, relation: relation, operand: operand).description
  }
}

/// A term without its place, so that conditions that say the same are equal.
struct Comparison: Sendable, Hashable {
  var reference: Reference
  var relation: Term.Relation
  var operand: Term.Operand

  func truth(_ facts: some Facts) -> Truth { truth(of: facts.fact(reference)) }

  /// - Parameter fact: what `reference` names.
  func truth(of fact: Fact) -> Truth {
    switch (fact, operand) {
    case (.number(let value), .number(let limit)):
      guard !value.isNaN else { return .unknown }
      switch relation {
      case .above: return Truth(value > limit)
      case .atLeast: return Truth(value >= limit)
      case .below: return Truth(value < limit)
      case .atMost: return Truth(value <= limit)
      case .equal: return Truth(value == limit)
      case .unequal: return Truth(value != limit)
      case .is, .isNot: return .unknown
      }
    case (.word(let found), .word(let word)):
      switch relation {
      case .is: return Truth(found == word)
      case .isNot: return Truth(found != word)
      default: return .unknown
      }
    default: return .unknown
    }
  }

  var description: String { "\(reference) \(limit)" }

  /// What follows the name: `> 800ms`, `is not pass`.
  var limit: String {
    switch operand {
    case .number(let value):
      "\(relation.rawValue) \(SignalUnit(of: reference.kind).text(value))"
    case .word(let word):
      "\(relation.rawValue) \(Spelling.isBareWord(word) ? word : Spelling.quoted(word))"
    }
  }
}
