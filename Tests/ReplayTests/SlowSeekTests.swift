import Fleet
import Foundation
import Incident
import Recording
import Replay
import Synchronization
import Testing

/// An archive on a disk that takes its time, a little for each read.
private final class SlowArchive: Archive, @unchecked Sendable {
  private let archive: MemoryArchive
  private let counted = Mutex(0)
  /// Written before it is read from, by one test.
  var isSlow = false
  var reads: Int { counted.withLock { $0 } }
  /// Reads that are answered; those after them wait until it is raised.
  private let answered = Mutex(Int.max)

  /// Answers a few reads and no more, so that what is on its way is still there when a test that waited for
  /// a thread comes to look.
  func holdAfterAFew() { answered.withLock { $0 = reads + 60 } }
  func letGo() { answered.withLock { $0 = .max } }

  init(_ archive: MemoryArchive) { self.archive = archive }

  func span() throws -> RecordingSpan? { archive.span() }
  func keyframe(atOrBefore sequence: UInt64, format: Int) throws -> KeyframeRecord? { nil }
  func keyframe(at sequence: UInt64) throws -> KeyframeRecord? { nil }
  func sequence(atOrBefore offset: Int64) throws -> UInt64? {
    archive.sequence(atOrBefore: offset)
  }

  func batches(after sequence: UInt64, limit: Int) throws -> [Batch] {
    counted.withLock { $0 += 1 }
    guard isSlow else { return archive.batches(after: sequence, limit: limit) }
    usleep(20_000)
    while reads > answered.withLock({ $0 }) { usleep(1000) }
    return archive.batches(after: sequence, limit: 2)
  }

  func blob(_ hash: ContentHash) throws -> [UInt8]? { nil }
  func milestones() throws -> [Milestone] { [] }
  func pulses() throws -> [Pulse] { [] }
}

/// One after the other: each holds a thread while its archive sleeps, and there may be two in all.
@Suite("A seek that takes its time", .serialized)
struct SlowSeekTests {
  /// What the past showed, and what is asked of it at its next look.
  private final class Viewer: PastOnlooker, Sendable {
    struct Seen {
      var looks: [(offset: Int64, isSeeking: Bool)] = []
      var asks: [Past.Ask] = []
      var compared = 0
    }
    private let seen = Mutex(Seen())

    func look(at state: State, _ course: Past.Course) -> [Past.Ask] {
      seen.withLock { seen in
        seen.looks.append((state.present.now.offset, course.isSeeking))
        defer { seen.asks = [] }
        return seen.asks
      }
    }

    func show(_ before: Present, _ after: Present) { seen.withLock { $0.compared += 1 } }
    func ask(_ ask: Past.Ask) { seen.withLock { $0.asks.append(ask) } }
    var last: (offset: Int64, isSeeking: Bool)? { seen.withLock { $0.looks.last } }
    var compared: Int { seen.withLock(\.compared) }
    var looks: Int { seen.withLock { $0.looks.count } }
  }

  private func recording() throws -> (SlowArchive, RecordingSpan) {
    let entries = RandomRun(seed: 5, entries: 2500).entries
    let archive = MemoryArchive()
    var maker = BatchMaker()
    for (place, entry) in entries.enumerated() {
      try maker.add(entry)
      if place % 5 == 4, let batch = maker.finish() { archive.all.append(batch) }
    }
    if let batch = maker.finish() { archive.all.append(batch) }
    return (SlowArchive(archive), try #require(archive.span()))
  }

  /// Looks again every few milliseconds until `isSo` holds, for thirty seconds of turns: those in which other
  /// tests hold every thread are not counted.
  private func wait(_ isSo: () async -> Bool) async throws {
    var turns = 0
    while await !isSo() {
      turns += 1
      try #require(turns < 6000, "waited in vain")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test("keys are answered while it goes on, it says so, and another one takes its place")
  func interrupted() async throws {
    let (archive, span) = try recording()
    let past = try Past(archive)
    let viewer = Viewer()
    await past.attach { viewer }
    archive.isSlow = true
    let running = Task { await past.run() }
    defer { running.cancel() }
    let whole = 500 / 2
    archive.holdAfterAFew()
    await past.perform(.seek(span.last.offset))
    past.nudge()
    // On the way, seen more than once, and not there yet.
    let before = viewer.looks
    try await wait { viewer.looks > before + 2 && viewer.last?.isSeeking == true }
    #expect(viewer.last.map { $0.offset < span.last.offset } == true)
    #expect(archive.reads < whole)
    viewer.ask(.seek(span.first.offset))
    archive.letGo()
    past.nudge()
    try await wait { viewer.last.map { !$0.isSeeking && $0.offset == span.first.offset } == true }
    // It did not first go where it was sent before.
    #expect(archive.reads < whole)
    // Left alone it arrives.
    viewer.ask(.seek(span.last.offset))
    past.nudge()
    try await wait { viewer.last?.offset == span.last.offset }
    try await wait { viewer.last?.isSeeking == false }
  }

  @Test("a comparison is made beside what is shown, and the last one asked for is the one shown")
  func compared() async throws {
    let (archive, span) = try recording()
    let past = try Past(archive)
    let viewer = Viewer()
    await past.attach { viewer }
    archive.isSlow = true
    let running = Task { await past.run() }
    defer { running.cancel() }
    archive.holdAfterAFew()
    await past.perform(.compare(span.first.offset, span.last.offset))
    past.nudge()
    try await wait { viewer.last?.isSeeking == true }
    #expect(viewer.compared == 0)
    archive.letGo()
    await past.perform(.compare(span.first.offset, span.first.offset + 1))
    past.nudge()
    try await wait { viewer.compared == 1 }
    try await wait { viewer.last?.isSeeking == false }
    #expect(archive.reads < 500 / 2)
  }
}
