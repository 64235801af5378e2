import Canonical

extension State {
  /// The state as bytes that are the same on every machine and in every process, so that two states
  /// can be compared by a hash.
  public func canonicalBytes() throws -> [UInt8] { try CanonicalEncoder.bytes(of: self) }

  /// The state that `bytes` of `canonicalBytes()` say.
  public init(canonicalBytes bytes: [UInt8]) throws {
    self = try CanonicalDecoder.value(State.self, from: bytes)
  }
}
