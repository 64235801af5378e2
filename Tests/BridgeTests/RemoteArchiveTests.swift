import Bridge
import Fleet
import Foundation
import Health
import Incident
import Recording
import Replay
import Synchronization
import Testing

/// A rewind in another process reads the journal as one in the session's own does.
@Suite("A journal behind a socket", .serialized)
struct RemoteArchiveTests {
  /// A recording that lies in memory, and counts what it is asked.
  private final class Shelf: Archive {
    let all: [Batch]
    let keyframes: [KeyframeRecord]
    let marks: Mutex<[Milestone]>
    private let blobs: [ContentHash: [UInt8]]
    private let asked = Mutex(0)
    var count: Int { asked.withLock { $0 } }

    init(_ all: [Batch], _ keyframes: [KeyframeRecord], _ blobs: [ContentHash: [UInt8]]) {
      (self.all, self.keyframes, self.blobs) = (all, keyframes, blobs)
      marks = Mutex(
        (0..<30).map {
          Milestone(
            .note, sequence: UInt64($0),
            instant: Instant(wall: Int64($0), offset: Int64($0)), words: "mark \($0)")
        })
    }

    func span() throws -> RecordingSpan? {
      guard let first = all.first, let last = all.last else { return nil }
      return RecordingSpan(
        firstSequence: first.first, lastSequence: last.last, first: first.begin, last: last.end)
    }
    func keyframe(atOrBefore sequence: UInt64, format: Int) throws -> KeyframeRecord? {
      keyframes.last { $0.sequence <= sequence && $0.format == format }
    }
    func keyframe(at sequence: UInt64) throws -> KeyframeRecord? {
      keyframes.last { $0.sequence == sequence }
    }
    func sequence(atOrBefore offset: Int64) throws -> UInt64? {
      guard let batch = all.last(where: { $0.begin.offset <= offset }) else { return nil }
      return batch.end.offset <= offset ? batch.last : batch.first
    }
    func batches(after sequence: UInt64, limit: Int) throws -> [Batch] {
      asked.withLock { $0 += 1 }
      return Array(all.filter { $0.last > sequence }.prefix(limit))
    }
    func blob(_ hash: ContentHash) throws -> [UInt8]? {
      asked.withLock { $0 += 1 }
      return blobs[hash]
    }
    func milestones() throws -> [Milestone] { marks.withLock { $0 } }
    func pulses() throws -> [Pulse] {
      (0..<2500).map {
        Pulse(instant: Instant(wall: Int64($0), offset: 0), burn: nil, worst: .healthy)
      }
    }
  }

  private static func shelf(_ more: [ContentHash: [UInt8]] = [:]) throws -> (Shelf, State) {
    var recording = ShopRecording()
    var batches: [Batch] = []
    var keyframes: [KeyframeRecord] = []
    var blobs = more
    for _ in 0..<20 {
      batches.append(try recording.batch(40))
      let (record, values) = try recording.keyframe()
      keyframes.append(record)
      blobs.merge(values) { first, _ in first }
    }
    batches.append(try recording.batch(5))
    return (Shelf(batches, keyframes, blobs), recording.state)
  }

  @Test("what is answered is what the journal has, at every question")
  func answers() async throws {
    let (shelf, _) = try Self.shelf()
    try await warRoom(archive: JournalDoor { shelf }) { room in
      let place = room.folder.place()
      try await aside { () throws in
        let archive = RemoteArchive(place)
        #expect(try archive.span() == shelf.span())
        for sequence: UInt64 in [0, 5, 700, 1200, .max] {
          #expect(
            try archive.keyframe(atOrBefore: sequence, format: Keyframe.format)
              == shelf.keyframe(atOrBefore: sequence, format: Keyframe.format))
          #expect(
            try archive.batches(after: sequence, limit: 4)
              == shelf.batches(after: sequence, limit: 4))
        }
        #expect(try archive.keyframe(atOrBefore: .max, format: 2) == nil)
        #expect(try archive.keyframe(at: 3) == nil)
        for record in shelf.keyframes {
          #expect(try archive.keyframe(at: record.sequence) == record)
        }
        for offset: Int64 in [-5, 0, 700_000_000_000, .max] {
          #expect(try archive.sequence(atOrBefore: offset) == shelf.sequence(atOrBefore: offset))
        }
        #expect(try archive.blob(ContentHash(of: [9, 9, 9])) == nil)
        #expect(try archive.milestones() == shelf.milestones())
        #expect(try archive.pulses() == shelf.pulses())
      }
    }
  }

  @Test("a past plays on it as on the journal itself")
  func plays() async throws {
    let (shelf, last) = try Self.shelf()
    try await warRoom(archive: JournalDoor { shelf }) { room in
      let place = room.folder.place()
      try await aside { () throws in
        let player = try Player(RemoteArchive(place), at: .max)
        #expect(try player.state.canonicalBytes() == last.canonicalBytes())
        let own = try Player(shelf, at: .max)
        for offset: Int64 in [900, 250, 3000, 1] {
          try player.seek(toOffset: offset * 1_000_000_000)
          try own.seek(toOffset: offset * 1_000_000_000)
          #expect(try player.state.canonicalBytes() == own.state.canonicalBytes())
        }
      }
    }
  }

  @Test("large values come in pieces, and what was had is not asked for again")
  func large() async throws {
    var dice: UInt64 = 7
    let value = (0..<2_000_000).map { _ -> UInt8 in
      dice = dice &* 6_364_136_223_846_793_005 &+ 1
      return UInt8(truncatingIfNeeded: dice >> 33)
    }
    let (good, bad) = (ContentHash(of: value), ContentHash(of: [1]))
    let (shelf, _) = try Self.shelf([good: value, bad: [2]])
    try await warRoom(archive: JournalDoor { shelf }) { room in
      let place = room.folder.place()
      try await aside { () throws in
        let archive = RemoteArchive(place)
        #expect(try archive.blob(good) == value)
        _ = try archive.batches(after: 0, limit: 3)
        let asked = shelf.count
        #expect(try archive.blob(good) == value)
        #expect(try archive.batches(after: 0, limit: 3) == Array(shelf.all.prefix(3)))
        #expect(shelf.count == asked)
        #expect {
          _ = try archive.blob(bad)
        } throws: {
          "\($0)".contains("a value of the journal is not what its name says")
        }
      }
    }
  }

  @Test("a list that has grown is gone on with, and one that begins elsewhere is read anew")
  func grows() async throws {
    let (shelf, _) = try Self.shelf()
    try await warRoom(archive: JournalDoor { shelf }) { room in
      let place = room.folder.place()
      try await aside { () throws in
        let archive = RemoteArchive(place)
        #expect(try archive.milestones() == shelf.milestones())
        shelf.marks.withLock { marks in
          var next = marks[29]
          next.words = "another"
          marks[29].words = "it was settled"
          marks.append(next)
        }
        #expect(try archive.milestones() == shelf.milestones())
        shelf.marks.withLock { $0.removeFirst(12) }
        #expect(try archive.milestones() == shelf.milestones())
        shelf.marks.withLock { $0 = [] }
        #expect(try archive.milestones() == [])
      }
    }
  }

  @Test("a session that went and came is asked again; one that is gone is said to be")
  func comesBack() async throws {
    let (shelf, _) = try Self.shelf()
    try await warRoom(archive: JournalDoor { shelf }) { room in
      let archive = RemoteArchive(room.folder.place())
      #expect(try await aside { try archive.span() } == shelf.span())
      await room.shut()
      await #expect {
        _ = try await aside { try archive.span() }
      } throws: {
        "\($0)".contains("nothing listens there")
      }
      try await room.open()
      #expect(try await aside { try archive.span() } == shelf.span())
    }
    try await warRoom { room in
      let archive = RemoteArchive(room.folder.place())
      await #expect {
        _ = try await aside { try archive.span() }
      } throws: {
        "\($0)".contains("nothing is recorded here")
      }
    }
  }
}
