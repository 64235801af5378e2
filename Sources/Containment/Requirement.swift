public import Conditions

/// Something that a release needs, and whether it is so: unknown is not.
public struct Requirement: Sendable, Hashable, Codable {
  /// What is wrong where it does not hold, what nobody knows where that is so, else what is right.
  public var words: String
  public var truth: Truth

  public init(_ words: String, _ truth: Truth) {
    self.words = words
    self.truth = truth
  }
}
