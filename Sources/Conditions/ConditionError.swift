/// Why a text is no condition: where, what was expected and what to write instead.
public struct ConditionError: Error, Sendable, Hashable, CustomStringConvertible {
  /// From 1, in Unicode scalars of the condition's text.
  public var column: Int
  /// A sentence that follows the place.
  public var reason: String

  public init(column: Int, reason: String) {
    self.column = column
    self.reason = reason
  }

  public var description: String { "column \(column): \(reason)" }
}
