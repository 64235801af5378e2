/// A question about the fleet that is true, false or unknown: `p99_ms > 800 for 5m`.
///
/// One grammar serves SLO policies, rollback triggers, fallbacks, runbooks, preconditions and
/// verification:
///
///     condition  = and-part { "or" and-part }
///     and-part   = clause { "and" clause }
///     clause     = part [ "for" time ] [ "until" exit [ "for" time ] ]
///     part       = "not" part | "(" condition ")" | comparison
///                | ( "all" | "any" ) "(" condition { "," condition } ")"
///     comparison = reference ( ">" | ">=" | "<" | "<=" | "==" | "!=" ) number [ unit ]
///                | reference "is" [ "not" ] word
///     exit       = part, or only what follows the reference: "< 600", "is healthy"
///     reference  = [ service "." ] name [ "(" argument ")" ]
///
/// `for` belongs to the part before it alone, a `not` included: `not readiness is pass for 5m` asks
/// whether readiness has not passed for five minutes. What follows `until` ends what began before
/// it, so `p99_ms > 800 until < 600 for 2m` holds from 800 ms on until it has been below 600 ms for
/// two minutes. Names and words that have other signs than letters, digits, `_`, `-` and `.` stand
/// in double quotes.
public struct Condition: Sendable {
  /// As it was written.
  public let text: String
  let root: Expression
  /// Of every timer its `for`, of every latch 0.
  let limits: [Double]
  /// Where the comparisons stand, in their order.
  private let columns: [Int]

  /// Bytes of the longest text.
  public static let textLimit = 4096
  /// How deep parts may stand in parts.
  public static let depthLimit = 32
  /// How many comparisons one may have.
  public static let termLimit = 64

  public init(_ text: String) throws(ConditionError) {
    var parser = try Parser(text)
    self.text = text
    root = try parser.condition()
    columns = parser.columns
    var limits: [Double] = []
    root.gatherLimits(&limits)
    self.limits = limits
  }

  /// Every comparison in it, in the order of the text.
  public var terms: [Term] {
    var found: [Comparison] = []
    root.gather(&found)
    return zip(found, columns).map {
      Term(
        reference: $0.reference, relation: $0.relation, operand: $0.operand, column: $1)
    }
  }

  /// What it names, once each, in the order of the text.
  public var subjects: [Reference] {
    var found: [Reference] = []
    for term in terms where !found.contains(term.reference) { found.append(term.reference) }
    return found
  }

  /// All of the parts hold; nil where there is none.
  public init?(all parts: [Condition]) throws(ConditionError) { try self.init("and", parts) }

  /// At least one of the parts holds; nil where there is none.
  public init?(any parts: [Condition]) throws(ConditionError) { try self.init("or", parts) }

  /// What `part` says has held for `seconds`.
  public init(_ part: Condition, held seconds: Double) throws(ConditionError) {
    try self.init("(\(part.text)) for \(SignalUnit.seconds.text(seconds))")
  }

  /// The longest time for which anything of it has to hold, in seconds.
  public var longestHold: Double { limits.max() ?? 0 }

  /// What `part` says does not hold.
  public init(not part: Condition) throws(ConditionError) { try self.init("not (\(part.text))") }

  private init?(_ word: String, _ parts: [Condition]) throws(ConditionError) {
    guard let first = parts.first else { return nil }
    if parts.count == 1 {
      self = first
    } else {
      try self.init(parts.map { "(\($0.text))" }.joined(separator: " \(word) "))
    }
  }
}

extension Condition: Hashable {
  /// Two that say the same are equal, however they are written.
  public static func == (a: Condition, b: Condition) -> Bool { a.root == b.root }

  public func hash(into hasher: inout Hasher) { hasher.combine(root) }
}

extension Condition: CustomStringConvertible {
  /// The plainest text of the same condition.
  public var description: String { root.description }
}

extension Condition: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    do {
      try self.init(text)
    } catch {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "no condition: \(error)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
