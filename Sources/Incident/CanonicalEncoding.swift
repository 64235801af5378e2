public import Canonical
import Fleet

extension State {
  /// The state as bytes that are the same on every machine and in every process, so that two states
  /// can be compared by a hash.
  public func canonicalBytes() throws -> [UInt8] { try CanonicalEncoder.bytes(of: self) }

  /// The state that `bytes` of `canonicalBytes()` say.
  ///
  /// - Parameter mapping: given each different text, what it is to be.
  public init(canonicalBytes bytes: [UInt8], mapping: (String) -> String = { $0 }) throws {
    self = try CanonicalDecoder.value(State.self, from: bytes, mapping: mapping)
  }

  /// What a keyframe keeps, in parts that can be read at the same time.
  public func parts() throws -> StateParts {
    let services = present.services
    let length = max(StateParts.leastServices, (services.count + 7) / 8)
    let (history, chunks) = try CanonicalEncoder.parts(
      of: history, before: present.now.seconds - StateParts.settling)
    return StateParts(
      present: try CanonicalEncoder.bytes(of: present),
      services: try stride(from: 0, to: services.count, by: length).map {
        try CanonicalEncoder.bytes(of: Array(services[$0..<min($0 + length, services.count)]))
      },
      history: history, chunks: chunks, ledger: try CanonicalEncoder.bytes(of: ledger))
  }
}

/// A state as bytes, in parts of which each can be read without the others.
public struct StateParts: Sendable {
  public var present: [UInt8]
  /// Some services each, in their order.
  public var services: [[UInt8]]
  /// Without what lies apart.
  public var history: [UInt8]
  /// Of each stretch of time that is over, what charts look back on: it stays as it is.
  public var chunks: [ChunkKey: [UInt8]]
  public var ledger: [UInt8]

  /// Fewer are no help: each part has its own names.
  static let leastServices = 8
  /// Seconds after which nothing is expected any more of a stretch that is over.
  static let settling = 12.0
}
