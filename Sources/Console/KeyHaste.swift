package import Canvas

/// Tells keys that nobody means from those that somebody does: by when they came, and with what.
///
/// Where a key would confirm something, one that comes with others, that is held down, or that comes before anybody can
/// have read the question is not meant. Elsewhere only one that is held down or pasted is not: faster than a finger,
/// the same again.
package struct KeyHaste: Sendable {
  /// What a key would confirm now.
  package enum Question: Sendable {
    case none
    /// It is not on the screen yet.
    case unseen
    case seen(ContinuousClock.Instant)
  }

  /// What came last.
  private var last: (event: InputEvent, at: ContinuousClock.Instant)?

  /// How long a question stands before it can be answered.
  private static let reading = Duration.milliseconds(400)
  /// The same key again within this is one that is held down: keyboards wait up to half a second before they repeat.
  private static let repeating = Duration.milliseconds(700)
  /// No finger comes down on the same key again within this; keyboards repeat ten times a second and more.
  private static let tapping = Duration.milliseconds(100)

  package init() {}

  /// Takes what came, in its order.
  ///
  /// - Parameter count: events that came at once with it, itself included.
  package mutating func judges(
    _ event: InputEvent, among count: Int = 1, before question: Question = .none,
    at now: ContinuousClock.Instant
  ) -> Bool {
    let gap = last.flatMap { $0.event == event ? now - $0.at : nil }
    last = (event, now)
    switch question {
    case .none: return gap.map { $0 < KeyHaste.tapping } ?? false
    case .unseen: return true
    case .seen(let since):
      guard count == 1, now - since >= KeyHaste.reading else { return true }
      return gap.map { $0 < KeyHaste.repeating } ?? false
    }
  }
}
