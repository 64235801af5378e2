public import Conditions
import Fleet
import Health

/// A comparison that holds, with its value, in a few words: `p99 2.4 s over 800 ms`.
public enum FactWords {
  public static func words(_ term: Term, _ facts: FleetFacts) -> String {
    let reference = term.reference
    let owner = reference.service.map { "\($0) " } ?? ""
    switch (facts.fact(reference), term.operand) {
    case (.number(let value), .number(let limit)):
      return "\(owner)\(name(reference)) \(facts.figure(value, reference)) \(term.relation.words) "
        + number(limit, reference)
    case (.word(let word), _):
      // `breaker postgres open` reads as it is; what must not be is said with what is.
      return "\(owner)\(name(reference)) \(word)"
    case (.unknown, _), (.number, .word):
      return "\(owner)\(name(reference)) not known"
    }
  }

  /// What it is now: `2.4s`, `open`, `?`.
  public static func now(_ term: Term, _ facts: FleetFacts) -> String {
    switch facts.fact(term.reference) {
    case .number(let value): facts.figure(value, term.reference)
    case .word(let word): word
    case .unknown: "?"
    }
  }

  /// What it is held against: `over 800ms`, `is open`.
  public static func limit(_ term: Term) -> String {
    switch term.operand {
    case .number(let limit): "\(term.relation.words) \(number(limit, term.reference))"
    case .word(let word): "\(term.relation.words) \(word)"
    }
  }

  /// `p99` for `p99_ms`, `breaker postgres` for `breaker(postgres)`.
  public static func name(_ reference: Reference) -> String {
    if reference.kind == "error_ratio" { return "errors" }
    var name = reference.kind
    for ending in ["_ms", "_ratio", "_bytes", "_seconds"] where name.hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    name = name.replacing("_", with: " ")
    return reference.argument.map { "\(name) \($0)" } ?? name
  }

  /// In the unit that the name tells.
  public static func number(_ value: Double, _ reference: Reference) -> String {
    switch SignalUnit(of: reference.kind) {
    case .milliseconds: return Words.duration(value / 1000)
    case .seconds: return Words.wholeDuration(value)
    case .ratio: return Words.percent(value)
    case .bytes:
      for (unit, shift) in [("GiB", 30), ("MiB", 20), ("KiB", 10)]
      where value.magnitude >= Double(1 << shift) {
        return "\(short(value / Double(1 << shift))) \(unit)"
      }
      return "\(short(value)) B"
    case .plain: return short(value)
    }
  }

  /// About three digits of it.
  private static func short(_ value: Double) -> String {
    guard value.isFinite else { return Words.number(value) }
    let size = value.magnitude
    let scale: Double = size >= 100 ? 1 : size >= 10 ? 10 : 100
    return Words.number((value * scale).rounded() / scale)
  }
}

extension FleetFacts {
  /// A value in words; a quantile past the last bucket is only known to be more.
  public func figure(_ value: Double, _ reference: Reference) -> String {
    (isBeyond(reference) ? ">" : "") + FactWords.number(value, reference)
  }
}

extension Term.Relation {
  fileprivate var words: String {
    switch self {
    case .above: "over"
    case .atLeast: "at or over"
    case .below: "under"
    case .atMost: "at or under"
    case .equal, .is: "is"
    case .unequal, .isNot: "is not"
    }
  }
}
