import Fleet
package import Incident
package import Recording
import Synchronization

/// The journal of a session that another process keeps: what a rewind asks of it goes over a connection of its own.
///
/// The connection is made when something is asked first, and once more where it was lost meanwhile. Whoever asks waits on
/// the thread that it is asked on; what stays as it is, is asked for once. A session that does not answer is waited for
/// once, for a few seconds: until it does again, every other question fails at once.
package final class RemoteArchive: Archive {
  private let core: Mutex<ArchiveCaller>

  /// Bytes of what is put together of pieces.
  private static let longest = 256 << 20
  /// Milestones or pulses, in all.
  private static let mostMarks = 1_000_000
  /// Marks at the end that may still change.
  private static let unsettled = 8

  /// - Parameter patience: seconds without a word after which whoever asks waits no longer.
  package init(_ place: SocketPlace, patience: Double = 3) {
    core = Mutex(ArchiveCaller(place, patience: patience))
  }

  package func span() throws -> RecordingSpan? {
    switch try ask(.span) {
    case .span(let first, let last, let from, let to):
      guard first <= last, from.offset <= to.offset else { throw strange() }
      return RecordingSpan(firstSequence: first, lastSequence: last, first: from, last: to)
    case .none: return nil
    default: throw strange()
    }
  }

  package func keyframe(atOrBefore sequence: UInt64, format: Int) throws -> KeyframeRecord? {
    guard let record = try keyframe(.keyframe(atOrBefore: sequence, format: format)) else {
      return nil
    }
    guard record.sequence <= sequence, record.format == format else { throw strange() }
    return record
  }

  package func keyframe(at sequence: UInt64) throws -> KeyframeRecord? {
    guard let record = try keyframe(.keyframeAt(sequence)) else { return nil }
    guard record.sequence == sequence else { throw strange() }
    return record
  }

  private func keyframe(_ question: ArchiveQuestion) throws -> KeyframeRecord? {
    switch try ask(question) {
    case .keyframe(let sequence, let instant, let format, let base, let bytes):
      let body = try core.withLock { core in
        if let known = core.bodies[sequence], known.count == bytes { return known }
        let body = try RemoteArchive.pieces(of: bytes, &core) {
          .keyframeBody(sequence, offset: $0)
        }
        guard let body else { throw core.trouble("a state is not kept any more: look again") }
        core.bodies.put(body, as: sequence, weighing: body.count)
        return body
      }
      return KeyframeRecord(
        sequence: sequence, instant: instant, format: format, base: base, body: body)
    case .none: return nil
    default: throw strange()
    }
  }

  package func sequence(atOrBefore offset: Int64) throws -> UInt64? {
    switch try ask(.sequence(atOrBefore: offset)) {
    case .sequence(let sequence): return sequence
    case .none: return nil
    default: throw strange()
    }
  }

  package func batches(after sequence: UInt64, limit: Int) throws -> [Batch] {
    try core.withLock { core in
      if let known = core.batches[sequence] { return Array(known.prefix(limit)) }
      guard case .batches(let frames) = try core.ask(.batches(after: sequence, limit: limit)) else {
        throw core.strange()
      }
      var batches: [Batch] = []
      for frame in frames {
        guard case .batch(let batch) = StreamFrame(Array(frame)), batch.first <= batch.last,
          batch.last > sequence, batch.first > batches.last?.last ?? 0
        else { throw core.strange() }
        batches.append(batch)
      }
      guard batches.count <= limit else { throw core.strange() }
      // What is there stays; what follows on the last one is asked for after it.
      if !batches.isEmpty {
        let weight = batches.reduce(0) { $0 + $1.body.count + 128 }
        core.batches.put(batches, as: sequence, weighing: weight)
      }
      return batches
    }
  }

  package func blob(_ hash: ContentHash) throws -> [UInt8]? {
    try core.withLock { core in
      if let known = core.blobs[hash] { return known }
      let bytes = try RemoteArchive.pieces(of: nil, &core) { .blob(hash.name, offset: $0) }
      guard let bytes else { return nil }
      guard ContentHash(of: bytes) == hash else {
        throw core.trouble("a value of the journal is not what its name says")
      }
      core.blobs.put(bytes, as: hash, weighing: bytes.count)
      return bytes
    }
  }

  package func milestones() throws -> [Milestone] {
    try core.withLock { core in
      core.milestones = try RemoteArchive.marks(after: core.milestones) { place in
        guard case .milestones(let some, let isAll) = try core.ask(.milestones(after: place)) else {
          throw core.strange()
        }
        return (some, isAll)
      }
      return core.milestones
    }
  }

  package func pulses() throws -> [Pulse] {
    try core.withLock { core in
      core.pulses = try RemoteArchive.marks(after: core.pulses) { place in
        guard case .pulses(let some, let isAll) = try core.ask(.pulses(after: place)) else {
          throw core.strange()
        }
        return (some, isAll)
      }
      return core.pulses
    }
  }

  // MARK: Asked

  private func ask(_ question: ArchiveQuestion) throws -> ArchiveAnswer {
    try core.withLock { try $0.ask(question) }
  }

  private func strange() -> BridgeError { core.withLock { $0.strange() } }

  /// What comes in pieces, whole; nil where there is none.
  ///
  /// - Parameter count: the bytes that it has, where that was said.
  private static func pieces(
    of count: Int?, _ core: inout ArchiveCaller, _ question: (Int) -> ArchiveQuestion
  ) throws -> [UInt8]? {
    var bytes: [UInt8] = []
    while true {
      switch try core.ask(question(bytes.count)) {
      case .piece(let piece, let total):
        guard (0...longest).contains(total), count ?? total == total,
          piece.count <= total - bytes.count, !piece.isEmpty || total == 0
        else { throw core.strange() }
        bytes += piece
        if bytes.count == total { return bytes }
      case .none where bytes.isEmpty: return nil
      case .none: throw core.trouble("a part of it is not kept any more: look again")
      default: throw core.strange()
      }
    }
  }

  /// The list that goes on from what is known of it; all of it anew where it does not.
  private static func marks<Mark: Equatable>(
    after known: [Mark], _ ask: (Int) throws -> (some: [Mark], isAll: Bool)
  ) throws -> [Mark] {
    var all = Array(known.dropLast(unsettled))
    // One that is known already comes again, where nothing was let go of before it.
    let last = all.popLast()
    var isFirst = true
    while all.count < mostMarks {
      let (some, isAll) = try ask(all.count)
      if isFirst, let last, some.first != last { return try marks(after: [], ask) }
      isFirst = false
      all += some
      if isAll || some.isEmpty { break }
    }
    return all
  }
}
