extension Condition {
  /// Whether it would hold once every `for` in it has passed, if all stays as it is.
  public func truthInTime(_ facts: some Facts) -> Truth { root.truthInTime(facts) }
}

extension Expression {
  fileprivate func truthInTime(_ facts: some Facts) -> Truth {
    switch self {
    case .comparison(let comparison): comparison.truth(facts)
    case .not(let inner): !inner.truthInTime(facts)
    case .all(let parts): Truth.all(parts.map { $0.truthInTime(facts) })
    case .any(let parts): Truth.any(parts.map { $0.truthInTime(facts) })
    case .held(let inner, _): inner.truthInTime(facts)
    case .latch(let entry, let exit):
      Truth.all([entry.truthInTime(facts), !exit.truthInTime(facts)])
    }
  }
}
