#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension State {
  /// The state as bytes that are the same on every machine and in every process: JSON with sorted
  /// keys and the shortest digits that read back, so that two states can be compared by a hash.
  public func canonicalBytes() throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
    return Array(try encoder.encode(self))
  }

  /// The state that `bytes` of `canonicalBytes()` say.
  public init(canonicalBytes bytes: [UInt8]) throws {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "+Inf", negativeInfinity: "-Inf", nan: "NaN")
    self = try decoder.decode(State.self, from: Data(bytes))
  }
}
