public import Canonical

/// Which of the expected signals a process really exports, by what its last scrape held.
public struct Exports: OptionSet, Sendable, Hashable, CanonicalCodable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  public static let rate = Exports(rawValue: 1)
  public static let errors = Exports(rawValue: 2)
  public static let latency = Exports(rawValue: 4)
  public static let saturation = Exports(rawValue: 8)
  public static let queueDepth = Exports(rawValue: 16)
  public static let health = Exports(rawValue: 32)
  public static let version = Exports(rawValue: 64)

  /// Each with the word for it, in the order in which they are asked for.
  public static let named: [(signal: Exports, word: String)] = [
    (.rate, "rate"), (.errors, "errors"), (.latency, "latency"), (.saturation, "saturation"),
    (.queueDepth, "queue depth"), (.health, "health"), (.version, "version"),
  ]

  /// The words of those in it.
  public var words: [String] { Exports.named.filter { contains($0.signal) }.map(\.word) }
}
