import Fleet
package import Recording

/// A frame to somebody who stays, behind the four bytes of its length: a byte that says what it is, then that.
package enum StreamFrame: Sendable, Hashable {
  case news(StreamNews)
  /// Of the keyframe that was announced, in their order.
  case keyframePiece([UInt8])
  case batch(Batch)
  /// Of a value by its name; `total` bytes in all, these from `offset` on.
  case chunkPiece(ContentHash, total: Int, offset: Int, [UInt8])

  /// Bytes of a piece.
  package static let piece = 256 << 10
  /// Bytes of a frame, its length not counted.
  package static let longest = Frame.longest

  private enum Kind: UInt8 { case news = 1, keyframe, batch, chunk }

  /// With its length before it; nil where it is too long.
  package var bytes: [UInt8]? {
    var body: [UInt8] = [0, 0, 0, 0]
    switch self {
    case .news(let news):
      guard let framed = (try? Frame.bytes(of: news)).flatMap({ $0 }) else { return nil }
      body.append(Kind.news.rawValue)
      body += framed[Frame.head...]
    case .keyframePiece(let piece):
      body.append(Kind.keyframe.rawValue)
      body += piece
    case .batch(let batch):
      body.append(Kind.batch.rawValue)
      body.append(batch.kind.rawValue)
      for number in [batch.first, batch.last] { StreamFrame.put(number, into: &body) }
      for instant in [batch.begin, batch.end] {
        StreamFrame.put(UInt64(bitPattern: instant.wall), into: &body)
        StreamFrame.put(UInt64(bitPattern: instant.offset), into: &body)
      }
      body += batch.body
    case .chunkPiece(let hash, let total, let offset, let piece):
      body.append(Kind.chunk.rawValue)
      body += hash.bytes
      StreamFrame.put(UInt64(total), into: &body)
      StreamFrame.put(UInt64(offset), into: &body)
      body += piece
    }
    let length = body.count - Frame.head
    guard length <= StreamFrame.longest else { return nil }
    for place in 0..<Frame.head {
      body[place] = UInt8(truncatingIfNeeded: length >> (24 - 8 * place))
    }
    return body
  }

  /// - Parameter body: without the length.
  /// - Returns: nil where it is none.
  package init?(_ body: [UInt8]) {
    guard let kind = body.first.flatMap(Kind.init) else { return nil }
    let rest = body[1...]
    switch kind {
    case .news:
      guard let news = try? Frame.message(StreamNews.self, from: Array(rest)) else { return nil }
      self = .news(news)
    case .keyframe: self = .keyframePiece(Array(rest))
    case .batch:
      guard rest.count >= 49, let kind = Batch.Kind(rawValue: rest[1]) else { return nil }
      let numbers = (0..<6).map { StreamFrame.number(rest[(2 + 8 * $0)...]) }
      self = .batch(
        Batch(
          kind: kind, first: numbers[0], last: numbers[1],
          begin: Instant(
            wall: Int64(bitPattern: numbers[2]), offset: Int64(bitPattern: numbers[3])),
          end: Instant(wall: Int64(bitPattern: numbers[4]), offset: Int64(bitPattern: numbers[5])),
          body: Array(rest[50...])))
    case .chunk:
      guard rest.count >= 48, let hash = ContentHash(Array(rest[1..<33])),
        let total = Int(exactly: StreamFrame.number(rest[33...])),
        let offset = Int(exactly: StreamFrame.number(rest[41...]))
      else { return nil }
      self = .chunkPiece(hash, total: total, offset: offset, Array(rest[49...]))
    }
  }

  private static func put(_ number: UInt64, into bytes: inout [UInt8]) {
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift)))
    }
  }

  private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
  }
}
