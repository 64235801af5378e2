import Bridge
import Fleet
import Foundation
import Health
import Incident
import Recording
import Synchronization
import Testing

/// What a rewind in another process asks comes in pieces that fit.
@Suite("What is kept, asked from elsewhere", .serialized)
struct JournalDoorTests {
  /// A recording that lies in memory.
  private final class Kept: Archive {
    let value: [UInt8]
    init(_ value: [UInt8]) { self.value = value }

    func span() throws -> RecordingSpan? {
      RecordingSpan(
        firstSequence: 1, lastSequence: 300, first: Instant(wall: 5, offset: 0),
        last: Instant(wall: 9, offset: 4))
    }
    func keyframe(atOrBefore sequence: UInt64, format: Int) throws -> KeyframeRecord? {
      sequence < 100 ? nil : try keyframe(at: 100)
    }
    func keyframe(at sequence: UInt64) throws -> KeyframeRecord? {
      guard sequence == 100 else { return nil }
      return KeyframeRecord(
        sequence: 100, instant: Instant(wall: 6, offset: 1), format: Keyframe.format, base: nil,
        body: value)
    }
    func sequence(atOrBefore offset: Int64) throws -> UInt64? { offset < 0 ? nil : 100 }
    func batches(after sequence: UInt64, limit: Int) throws -> [Batch] {
      (sequence + 1..<max(sequence + 1, 301)).prefix(limit).map { sequence in
        Batch(
          kind: .observations, first: sequence, last: sequence, begin: Instant(wall: 5, offset: 0),
          end: Instant(wall: 5, offset: 0), body: [UInt8](repeating: 7, count: 10_000))
      }
    }
    func blob(_ hash: ContentHash) throws -> [UInt8]? {
      hash == ContentHash(of: value) ? value : nil
    }
    func milestones() throws -> [Milestone] { [] }
    func pulses() throws -> [Pulse] {
      (0..<4500).map {
        Pulse(instant: Instant(wall: Int64($0), offset: 0), burn: nil, worst: .healthy)
      }
    }
  }

  private static func asking(
    _ archive: Kept?, _ body: @escaping @Sendable ((ArchiveQuestion) throws -> Reply) throws -> Void
  ) async throws {
    let door = archive.map { archive in JournalDoor { archive } }
    try await attaching(archive: door) { room in
      try await aside {
        let client = try BridgeClient.connect(to: room.place)
        try body { try client.ask(.archive($0)) }
      }
    }
  }

  @Test("a long value comes piece by piece, and is whole")
  func pieces() async throws {
    var random = Seeded(5)
    let value = (0..<2_000_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    try await Self.asking(Kept(value)) { ask throws in
      let hash = ContentHash(of: value).bytes.map { byte in
        String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
      }.joined()
      for question in [
        { (offset: Int) in ArchiveQuestion.blob(hash, offset: offset) },
        { ArchiveQuestion.keyframeBody(100, offset: $0) },
      ] {
        var got: [UInt8] = []
        var count = 0
        while got.count < value.count {
          guard case .archive(.piece(let piece, let total)) = try ask(question(got.count)) else {
            Issue.record("no piece")
            return
          }
          #expect(total == value.count && !piece.isEmpty)
          got += piece
          count += 1
        }
        #expect(got == value && count > 1)
        #expect(try ask(question(value.count + 1)) == .archive(.none))
        #expect(try ask(question(-1)) == .archive(.none))
      }
      #expect(try ask(.blob("no name", offset: 0)) == .archive(.none))
    }
  }

  @Test("as many batches as there is room for, and one at least")
  func batches() async throws {
    try await Self.asking(Kept([])) { ask throws in
      var last: UInt64 = 0
      var answers = 0
      while last < 300 {
        guard case .archive(.batches(let frames)) = try ask(.batches(after: last, limit: 1 << 40))
        else {
          Issue.record("no batches")
          return
        }
        try #require(!frames.isEmpty)
        for frame in frames {
          guard case .batch(let batch)? = StreamFrame(Array(frame)) else {
            Issue.record("no batch")
            return
          }
          #expect(batch.first == last + 1)
          last = batch.last
        }
        answers += 1
      }
      #expect(answers > 3)
      #expect(try ask(.batches(after: 300, limit: 5)) == .archive(.batches([])))
      #expect(try ask(.batches(after: 0, limit: -1)) == .archive(.batches([])))
    }
  }

  @Test("marks come a part at a time, until all are there")
  func marks() async throws {
    try await Self.asking(Kept([])) { ask throws in
      var walls: [Int64] = []
      var isAll = false
      while !isAll {
        guard case .archive(.pulses(let some, let isEnd)) = try ask(.pulses(after: walls.count))
        else {
          Issue.record("no pulses")
          return
        }
        walls += some.map(\.instant.wall)
        isAll = isEnd
      }
      #expect(walls == (0..<4500).map(Int64.init))
      #expect(try ask(.milestones(after: 0)) == .archive(.milestones([], isAll: true)))
      #expect(try ask(.pulses(after: -3)) == .archive(.pulses([], isAll: true)))
    }
  }

  @Test("the rest of what an archive is asked")
  func rest() async throws {
    try await Self.asking(Kept([1, 2, 3])) { ask throws in
      #expect(
        try ask(.span)
          == .archive(
            .span(
              first: 1, last: 300, from: Instant(wall: 5, offset: 0),
              to: Instant(wall: 9, offset: 4))))
      #expect(
        try ask(.keyframe(atOrBefore: 200, format: Keyframe.format))
          == .archive(
            .keyframe(
              sequence: 100, instant: Instant(wall: 6, offset: 1), format: Keyframe.format,
              base: nil, bytes: 3)))
      #expect(try ask(.keyframe(atOrBefore: 2, format: 6)) == .archive(.none))
      #expect(try ask(.sequence(atOrBefore: 4)) == .archive(.sequence(100)))
      #expect(try ask(.sequence(atOrBefore: -4)) == .archive(.none))
    }
  }

  @Test("where nothing is recorded that is said")
  func nothing() async throws {
    try await Self.asking(nil) { ask throws in
      #expect(try ask(.span) == .refused(reason: "nothing is recorded here"))
    }
  }
}
