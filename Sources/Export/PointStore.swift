/// The points of every series, each series by itself though they come all at once.
///
/// What does not fit into memory goes to a spool in chunks, each of which begins with where the one
/// before it of the same series lies: memory grows with the series and not with their points.
package struct PointStore {
  /// Bytes of points that are kept in memory until all go to the spool.
  package static let usualRoom = 16 << 20

  private let spool: any Spool
  private let room: Int
  private var streams: [Stream] = []
  private var pending = 0
  private var spooled: UInt64 = 0

  /// One series: when and what, in order of time.
  private struct Stream {
    /// Points that are not in the spool yet.
    var bytes: [UInt8] = []
    /// Where its last chunk lies; nil before the first.
    var chunk: UInt64?
    var time: Int64 = 0
    var value = 0.0
    var hasPoints = false
  }

  package init(spool: any Spool, room: Int = PointStore.usualRoom) {
    self.spool = spool
    self.room = room
  }

  var count: Int { streams.count }

  package mutating func addSeries() -> Int {
    streams.append(Stream())
    return streams.count - 1
  }

  package func hasPoints(_ series: Int) -> Bool { streams[series].hasPoints }

  /// Adds a point, unless the series has one at that time or later.
  ///
  /// - Parameter time: milliseconds.
  package mutating func add(_ value: Double, at time: Int64, to series: Int) throws {
    if streams[series].hasPoints, time <= streams[series].time { return }
    let before = streams[series].bytes.count
    let isSame =
      streams[series].hasPoints && streams[series].value.bitPattern == value.bitPattern
    // Milliseconds of wall time, which is nanoseconds in 64 bits, leave more than this bit free.
    let step = UInt64(bitPattern: time &- streams[series].time) << 1
    streams[series].bytes.appendNumber(step | (isSame ? 1 : 0))
    if !isSame { streams[series].bytes.append(bits: value.bitPattern) }
    streams[series].time = time
    streams[series].value = value
    streams[series].hasPoints = true
    pending += streams[series].bytes.count - before
    if pending > room { try flush() }
  }

  private mutating func flush() throws {
    var block: [UInt8] = []
    for index in streams.indices where !streams[index].bytes.isEmpty {
      let at = spooled + UInt64(block.count)
      block.append(bits: streams[index].chunk ?? .max)
      block.append(bits: UInt64(streams[index].bytes.count))
      block += streams[index].bytes
      streams[index].bytes = []
      streams[index].chunk = at
      if block.count > 1 << 20 { try put(&block) }
    }
    try put(&block)
    pending = 0
  }

  private mutating func put(_ block: inout [UInt8]) throws {
    if block.isEmpty { return }
    try spool.append(block)
    spooled += UInt64(block.count)
    block.removeAll(keepingCapacity: true)
  }

  /// Reads a series from its first point on.
  package func points(of series: Int) throws -> PointReader {
    var chunks: [PointReader.Chunk] = []
    var next = streams[series].chunk
    while let at = next {
      let head = try spool.read(16, at: at)
      let count = Int(clamping: head.bits(at: 8))
      chunks.append(PointReader.Chunk(start: at + 16, count: count))
      let before = head.bits(at: 0)
      next = before == .max ? nil : before
    }
    return PointReader(spool: spool, chunks: chunks, rest: streams[series].bytes)
  }
}

/// The points of one series, one after another, a chunk of them in memory at a time.
package struct PointReader {
  struct Chunk {
    var start: UInt64
    var count: Int
  }

  let spool: any Spool
  /// Those still to be read, the last first.
  private var chunks: [Chunk]
  private var rest: [UInt8]?
  private var bytes: [UInt8] = []
  private var place = 0
  private var time: Int64 = 0
  private var value = 0.0

  init(spool: any Spool, chunks: [Chunk], rest: [UInt8]) {
    self.spool = spool
    self.chunks = chunks
    self.rest = rest
  }

  package mutating func next() throws -> (time: Int64, value: Double)? {
    while place == bytes.count {
      place = 0
      if let chunk = chunks.popLast() {
        bytes = try spool.read(chunk.count, at: chunk.start)
      } else if let rest {
        bytes = rest
        self.rest = nil
      } else {
        return nil
      }
    }
    guard let number = bytes.number(at: &place) else { throw PointReader.damaged }
    time &+= Int64(bitPattern: number) >> 1
    if number & 1 == 0 {
      guard bytes.count - place >= 8 else { throw PointReader.damaged }
      value = Double(bitPattern: bytes.bits(at: place))
      place += 8
    }
    return (time, value)
  }

  private static let damaged = SpoolError(reason: "it was written to by somebody else")
}

extension [UInt8] {
  /// Seven bits a byte, the least first, the highest bit set where more follow.
  fileprivate mutating func appendNumber(_ number: UInt64) {
    var rest = number
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(truncatingIfNeeded: rest))
  }

  fileprivate func number(at place: inout Int) -> UInt64? {
    var number: UInt64 = 0
    var shift: UInt64 = 0
    while place < count, shift < 64 {
      let byte = self[place]
      place += 1
      number |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return number }
      shift += 7
    }
    return nil
  }

  fileprivate mutating func append(bits: UInt64) {
    for shift in stride(from: UInt64(0), to: 64, by: 8) {
      append(UInt8(truncatingIfNeeded: bits >> shift))
    }
  }

  /// Eight bytes, all of which are there.
  fileprivate func bits(at place: Int) -> UInt64 {
    (0..<8).reduce(0) { $0 | UInt64(self[place + $1]) << UInt64(8 * $1) }
  }
}
