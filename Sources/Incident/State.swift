public import Fleet

/// All that is known, made of entries and of nothing else.
///
/// `present` is what holds now and the whole of a keyframe; `history` is what charts look back on.
public struct State: Sendable, Hashable, Codable {
  public internal(set) var present: Present
  public internal(set) var history: History

  public init(began: Instant) {
    present = Present(began: began)
    history = History()
  }
}
