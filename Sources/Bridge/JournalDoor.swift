import Dispatch
import Fleet
import Foundation
package import Recording

/// What is kept in the journal, for rewinds in other processes: asked in pieces that fit into a frame.
package struct JournalDoor: Sendable {
  private let archive: @Sendable () async throws -> any Archive

  /// Disks are waited for here, and nowhere that anybody else waits.
  private static let queue = DispatchQueue(label: "damcon.bridge.archive")

  /// Bytes of a piece, so that it fits into a frame in base 64.
  static let piece = 700 << 10
  /// Bytes that are put together for one answer, so that a slow link carries it in the time that it is waited for.
  static let portion = 128 << 10
  /// Batches that are looked up at once.
  private static let mostBatches = 256
  /// Milestones or pulses of one answer, at most.
  private static let mostMarks = 2000

  /// - Parameter archive: with all in it that was recorded so far.
  package init(_ archive: @escaping @Sendable () async throws -> any Archive) {
    self.archive = archive
  }

  func answer(_ question: ArchiveQuestion) async -> Reply {
    do {
      let archive = try await archive()
      return try await withCheckedThrowingContinuation { continuation in
        JournalDoor.queue.async {
          continuation.resume(
            with: Result { .archive(try JournalDoor.answer(question, archive)) })
        }
      }
    } catch {
      return .refused(reason: "the journal cannot be read: \(error)")
    }
  }

  private static func answer(
    _ question: ArchiveQuestion, _ archive: any Archive
  ) throws -> ArchiveAnswer {
    switch question {
    case .span:
      return try archive.span().map {
        .span(first: $0.firstSequence, last: $0.lastSequence, from: $0.first, to: $0.last)
      } ?? .none
    case .keyframe(let sequence, let format):
      return answer(try archive.keyframe(atOrBefore: sequence, format: format))
    case .keyframeAt(let sequence): return answer(try archive.keyframe(at: sequence))
    case .sequence(let offset):
      return try archive.sequence(atOrBefore: offset).map { .sequence($0) } ?? .none
    case .batches(let sequence, let limit):
      return try batches(
        archive.batches(after: sequence, limit: max(0, min(limit, mostBatches))))
    case .keyframeBody(let sequence, let offset):
      return cut(try archive.keyframe(at: sequence)?.body, from: offset)
    case .blob(let name, let offset):
      return cut(try ContentHash(name: name).flatMap { try archive.blob($0) }, from: offset)
    case .milestones(let after):
      let (some, isAll) = marks(try archive.milestones(), after: after)
      return .milestones(some, isAll: isAll)
    case .pulses(let after):
      let (some, isAll) = marks(try archive.pulses(), after: after)
      return .pulses(some, isAll: isAll)
    }
  }

  private static func answer(_ keyframe: KeyframeRecord?) -> ArchiveAnswer {
    keyframe.map {
      .keyframe(
        sequence: $0.sequence, instant: $0.instant, format: $0.format, base: $0.base,
        bytes: $0.body.count)
    } ?? .none
  }

  private static func cut(_ bytes: [UInt8]?, from offset: Int) -> ArchiveAnswer {
    guard let bytes, (0...bytes.count).contains(offset) else { return .none }
    return .piece(
      Data(bytes[offset..<min(offset + portion, bytes.count)]), total: bytes.count)
  }

  private static func batches(_ batches: [Batch]) throws -> ArchiveAnswer {
    var room = portion
    var frames: [Data] = []
    for batch in batches {
      guard let frame = StreamFrame.batch(batch).bytes, frame.count <= piece else {
        // What comes before it is told first.
        if frames.isEmpty {
          throw BridgeError(
            "entry \(batch.first)", "what was written with it is too long to be told", .broken)
        }
        break
      }
      room -= frame.count
      guard room >= 0 || frames.isEmpty else { break }
      frames.append(Data(frame[Frame.head...]))
    }
    return .batches(frames)
  }

  /// Those from a place on, as many as fit into a frame.
  private static func marks<Mark: Encodable>(
    _ all: [Mark], after place: Int
  ) -> (some: [Mark], isAll: Bool) {
    guard place >= 0, place < all.count else { return ([], true) }
    var some = all[place...].prefix(mostMarks)
    while some.count > 1, ((try? Frame.bytes(of: Array(some), upTo: piece)) ?? nil) == nil {
      some = some.prefix(some.count / 2)
    }
    return (Array(some), some.endIndex == all.endIndex)
  }
}
