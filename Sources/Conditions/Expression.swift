/// What a condition says, without how it was written.
indirect enum Expression: Sendable, Hashable {
  case comparison(Comparison)
  case not(Expression)
  /// At least two.
  case all([Expression])
  case any([Expression])
  /// Holds once `part` has held for `seconds`.
  case held(Expression, seconds: Double)
  /// Holds from when the first does until the second does (hysteresis).
  case latch(Expression, until: Expression)

  /// Of every timer its `for`, of every latch 0, in the order in which a run looks at them.
  func gatherLimits(_ found: inout [Double]) {
    switch self {
    case .comparison: break
    case .not(let part): part.gatherLimits(&found)
    case .all(let parts), .any(let parts): for part in parts { part.gatherLimits(&found) }
    case .held(let part, let seconds):
      found.append(seconds)
      part.gatherLimits(&found)
    case .latch(let entry, let exit):
      found.append(0)
      entry.gatherLimits(&found)
      exit.gatherLimits(&found)
    }
  }

  /// Every comparison in the order of the text.
  func gather(_ found: inout [Comparison]) {
    switch self {
    case .comparison(let comparison): found.append(comparison)
    case .not(let part), .held(let part, _): part.gather(&found)
    case .all(let parts), .any(let parts): for part in parts { part.gather(&found) }
    case .latch(let entry, let exit):
      entry.gather(&found)
      exit.gather(&found)
    }
  }
}

extension Expression: CustomStringConvertible {
  /// The shortest text that parses back to the same, with parentheses where they decide.
  var description: String {
    switch self {
    case .any(let parts): parts.map(\.asPartOfAny).joined(separator: " or ")
    case .all(let parts): parts.map(\.asPartOfAll).joined(separator: " and ")
    case .held(let part, let seconds):
      "\(part.asNegation) for \(SignalUnit.seconds.text(seconds))"
    case .latch(let entry, let exit): "\(entry.asEntry) until \(exit.asExit(of: entry))"
    case .not, .comparison: asNegation
    }
  }

  private var asPartOfAny: String {
    if case .any = self { "(\(self))" } else { description }
  }

  private var asPartOfAll: String {
    switch self {
    case .any, .all: "(\(self))"
    default: description
    }
  }

  /// What can stand before `for`.
  private var asNegation: String {
    switch self {
    case .comparison(let comparison): comparison.description
    case .not(let part): "not \(part.asNegation)"
    default: "(\(self))"
    }
  }

  /// What can stand before `until`.
  private var asEntry: String {
    if case .held = self { description } else { asNegation }
  }

  /// What stands after `until`: of the same thing only the limit.
  private func asExit(of entry: Expression) -> String {
    var part = self
    var held = ""
    if case .held(let inner, let seconds) = self {
      part = inner
      held = " for \(SignalUnit.seconds.text(seconds))"
    }
    if case .comparison(let comparison) = part,
      entry.comparison?.reference == comparison.reference
    {
      return comparison.limit + held
    }
    return part.asNegation + held
  }

  /// The one comparison that it is, held for a time or not.
  var comparison: Comparison? {
    switch self {
    case .comparison(let comparison): comparison
    case .held(.comparison(let comparison), _): comparison
    default: nil
    }
  }
}
