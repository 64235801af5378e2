/// Names what lies apart from a value: the rows that its tables of one kind have of one stretch of time.
public struct ChunkKey: Sendable, Hashable, Comparable {
  /// Tables of a kind let go of a stretch at the same time.
  public var kind: UInt8
  /// Length of the stretch in seconds.
  public var seconds: Int64
  /// Number of the stretch on the clock: its time divided by its length.
  public var number: Int64

  public init(kind: UInt8, seconds: Int64, number: Int64) {
    self.kind = kind
    self.seconds = seconds
    self.number = number
  }

  /// When the stretch is over, in seconds of the same clock.
  public var end: Double { (Double(number) + 1) * Double(seconds) }

  public static func < (a: ChunkKey, b: ChunkKey) -> Bool {
    (a.kind, a.seconds, a.number) < (b.kind, b.seconds, b.number)
  }
}
