public import Fleet

/// All that is known, made of entries and of nothing else.
///
/// `present` is what holds now and the whole of a keyframe; `history` is what charts look back on,
/// `ledger` what budgets are reckoned from.
public struct State: Sendable, Hashable, Codable {
  public internal(set) var present: Present
  public internal(set) var history: History
  /// The events of every objective; what they come to is in `present`.
  public internal(set) var ledger: Ledger

  public init(began: Instant) {
    present = Present(began: began)
    history = History()
    ledger = Ledger(began: began)
  }
}
