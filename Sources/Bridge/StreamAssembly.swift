import Recording

/// Puts together what comes by a stream in pieces, and turns back what nobody means well with.
struct StreamAssembly {
  /// What is wrong with what came: nothing is read after it.
  struct Flaw: Error, CustomStringConvertible {
    let sentence: String
    init(_ sentence: String) { self.sentence = sentence }
    var description: String { sentence }
  }

  /// Bytes of a packed keyframe, of a chunk, and of all chunks that are not whole yet.
  static let longestKeyframe = 256 << 20
  static let longestChunk = 64 << 20
  static let mostUnfinished = 128 << 20
  /// Room that is made on nothing but the other side's word.
  private static let believed = 1 << 20

  private struct Pieces {
    var bytes: [UInt8] = []
    var total: Int

    init(_ total: Int) {
      self.total = total
      bytes.reserveCapacity(min(total, StreamAssembly.believed))
    }
  }

  private var keyframe: Pieces?
  private var chunks: [ContentHash: Pieces] = [:]
  private var unfinished = 0

  // What of the frame that is being received has come.
  private var head: [UInt8] = []
  private var length = 0
  private var body: [UInt8] = []

  /// Takes bytes as they come; frames begin and end where they will in them.
  mutating func take(_ bytes: ArraySlice<UInt8>) throws(Flaw) -> [StreamEvent] {
    var events: [StreamEvent] = []
    var rest = bytes
    while !rest.isEmpty {
      if head.count < Frame.head {
        let part = rest.prefix(Frame.head - head.count)
        head += part
        rest = rest.dropFirst(part.count)
        guard head.count == Frame.head else { break }
        length = Frame.length(head)
        guard (1...StreamFrame.longest).contains(length) else {
          throw Flaw("what came is no frame of Damcon's protocol (\(length) bytes)")
        }
      }
      let part = rest.prefix(length - body.count)
      body += part
      rest = rest.dropFirst(part.count)
      guard body.count == length else { break }
      guard let frame = StreamFrame(body) else {
        throw Flaw(
          "a frame came that this Damcon does not know: is the same release on both sides?")
      }
      head.removeAll(keepingCapacity: true)
      body.removeAll(keepingCapacity: true)
      if let event = try take(frame) { events.append(event) }
    }
    return events
  }

  /// - Returns: nil where more has to come first.
  mutating func take(_ frame: StreamFrame) throws(Flaw) -> StreamEvent? {
    switch frame {
    case .news(.keyframe(let sequence, let format, let bytes)):
      guard (1...StreamAssembly.longestKeyframe).contains(bytes) else {
        throw Flaw("a state of \(bytes) bytes was announced, and none has more than 256 MB")
      }
      // Another that was on its way comes no more.
      keyframe = Pieces(bytes)
      return .announced(sequence: sequence, format: format)
    case .news(let news): return .news(news)
    case .keyframePiece(let piece): return try add(piece)
    case .batch(let batch): return .batch(batch)
    case .chunkPiece(let hash, let total, let offset, let piece):
      return try add(piece, to: hash, total: total, offset: offset)
    }
  }

  private mutating func add(_ piece: [UInt8]) throws(Flaw) -> StreamEvent? {
    guard keyframe != nil else { throw Flaw("a part of a state came that was not announced") }
    let left = keyframe.map { $0.total - $0.bytes.count } ?? 0
    guard (1...left).contains(piece.count) else {
      throw Flaw("the parts of a state are not what was announced")
    }
    keyframe?.bytes += piece
    guard piece.count == left, let bytes = keyframe?.bytes else { return nil }
    keyframe = nil
    return .keyframe(bytes)
  }

  private mutating func add(
    _ piece: [UInt8], to hash: ContentHash, total: Int, offset: Int
  ) throws(Flaw) -> StreamEvent? {
    guard (0...StreamAssembly.longestChunk).contains(total) else {
      throw Flaw("a part of the history has \(total) bytes, and none has more than 64 MB")
    }
    var pieces = chunks.removeValue(forKey: hash) ?? Pieces(total)
    unfinished -= pieces.bytes.count
    guard total == pieces.total, offset == pieces.bytes.count, piece.count <= total - offset,
      !piece.isEmpty || total == 0
    else { throw Flaw("the pieces of a part of the history do not fit each other") }
    pieces.bytes += piece
    guard pieces.bytes.count < total else {
      guard ContentHash(of: pieces.bytes) == hash else {
        throw Flaw("a part of the history is not what its name says")
      }
      return .chunk(hash, pieces.bytes)
    }
    unfinished += pieces.bytes.count
    guard unfinished <= StreamAssembly.mostUnfinished else {
      throw Flaw("too many parts of the history came that were not ended")
    }
    chunks[hash] = pieces
    return nil
  }
}
