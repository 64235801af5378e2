/// What an answer said word for word, by its content: the bytes are kept beside the entries.
///
/// It follows the observation that was made of it, and changes nothing.
public struct AnswerBody: Sendable, Hashable, Codable {
  /// Which of a target's routes was asked.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case liveness, readiness, metrics
  }

  public var kind: Kind
  /// SHA-256 of the body, unpacked.
  public var hash: [UInt8]

  public init(_ kind: Kind, hash: [UInt8]) {
    self.kind = kind
    self.hash = hash
  }
}
