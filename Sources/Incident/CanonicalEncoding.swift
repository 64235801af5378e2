import Canonical

extension State {
  /// The state as bytes that are the same on every machine and in every process, so that two states
  /// can be compared by a hash.
  public func canonicalBytes() throws -> [UInt8] { try CanonicalEncoder.bytes(of: self) }

  /// The state that `bytes` of `canonicalBytes()` say.
  ///
  /// - Parameter mapping: given each different text, what it is to be.
  public init(canonicalBytes bytes: [UInt8], mapping: (String) -> String = { $0 }) throws {
    self = try CanonicalDecoder.value(State.self, from: bytes, mapping: mapping)
    present.places = PlaceHints(present.services)
  }

  /// The same in the parts that a keyframe keeps apart.
  public func canonicalParts() throws -> [[UInt8]] {
    [
      try CanonicalEncoder.bytes(of: present), try CanonicalEncoder.bytes(of: history),
      try CanonicalEncoder.bytes(of: ledger),
    ]
  }

  /// The state of three parts that were read.
  public init(_ present: Present, _ history: History, _ ledger: Ledger) throws {
    self.present = present
    self.history = history
    self.ledger = ledger
    if let misfit { throw Malformed(misfit, at: 0) }
    self.present.places = PlaceHints(present.services)
  }
}
