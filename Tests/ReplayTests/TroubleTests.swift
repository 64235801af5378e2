import Fleet
import Incident
import Recording
import Replay
import Synchronization
import Testing

/// An archive that fails while it is told to.
private final class BrokenArchive: Archive, @unchecked Sendable {
  struct Trouble: Error, CustomStringConvertible {
    var description: String { "it does not answer" }
  }
  private let archive = MemoryArchive()
  private let broken = Mutex(false)

  var isBroken: Bool {
    get { broken.withLock { $0 } }
    set { broken.withLock { $0 = newValue } }
  }

  init() throws {
    var maker = BatchMaker()
    for (place, entry) in RandomRun(seed: 7, entries: 400).entries.enumerated() {
      try maker.add(entry)
      if place % 5 == 4, let batch = maker.finish() { archive.all.append(batch) }
    }
    if let batch = maker.finish() { archive.all.append(batch) }
  }

  private func whole() throws -> MemoryArchive {
    if isBroken { throw Trouble() }
    return archive
  }

  func span() throws -> RecordingSpan? { try whole().span() }
  func keyframe(atOrBefore sequence: UInt64, format: Int) throws -> KeyframeRecord? { nil }
  func keyframe(at sequence: UInt64) throws -> KeyframeRecord? { nil }
  func sequence(atOrBefore offset: Int64) throws -> UInt64? {
    try whole().sequence(atOrBefore: offset)
  }
  func batches(after sequence: UInt64, limit: Int) throws -> [Batch] {
    try whole().batches(after: sequence, limit: limit)
  }
  func blob(_ hash: ContentHash) throws -> [UInt8]? { nil }
  func milestones() throws -> [Milestone] { [] }
  func pulses() throws -> [Pulse] { [] }
}

@Suite("What goes wrong on the way through a recording")
struct TroubleTests {
  /// Asks one thing at its next look, and keeps what it saw after it.
  private final class Viewer: PastOnlooker, Sendable {
    private let kept = Mutex<(asks: [Past.Ask], looks: [(offset: Int64, trouble: String?)])>(
      ([], []))

    func look(at state: State, _ course: Past.Course) -> [Past.Ask] {
      kept.withLock { kept in
        kept.looks.append((state.present.now.offset, course.trouble))
        defer { kept.asks = [] }
        return kept.asks
      }
    }

    func show(_ before: Present, _ after: Present) {}
    func ask(_ ask: Past.Ask) { kept.withLock { $0.asks.append(ask) } }
    var last: (offset: Int64, trouble: String?)? { kept.withLock { $0.looks.last } }
  }

  private func wait(_ isSo: () -> Bool) async throws {
    var turns = 0
    while !isSo() {
      turns += 1
      try #require(turns < 6000, "waited in vain")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  @Test(
    "why a seek came to nothing is told at the looks after it, and the next begins at what is shown"
  )
  func seek() async throws {
    let archive = try BrokenArchive()
    let span = try #require(try archive.span())
    let middle = (span.first.offset + span.last.offset) / 2
    let past = try Past(archive, at: .offset(middle))
    let viewer = Viewer()
    await past.attach { viewer }
    let running = Task { await past.run() }
    defer { running.cancel() }
    let shown = try #require(viewer.last?.offset)
    archive.isBroken = true
    viewer.ask(.seek(span.last.offset))
    past.nudge()
    try await wait { viewer.last?.trouble?.contains("it does not answer") == true }
    #expect(viewer.last?.offset == shown)
    archive.isBroken = false
    // A step of nothing at all shows where it stands, and it is there.
    viewer.ask(.step(0))
    past.nudge()
    try await wait { viewer.last?.trouble == nil }
    #expect(viewer.last?.offset == shown)
  }

  @Test("that nothing more happens is told once somebody asks for it")
  func nothingMore() async throws {
    let past = try Past(try BrokenArchive())
    let viewer = Viewer()
    await past.attach { viewer }
    let running = Task { await past.run() }
    defer { running.cancel() }
    viewer.ask(.event(1))
    past.nudge()
    try await wait { viewer.last?.trouble == "nothing more happens after this" }
    viewer.ask(.pause)
    past.nudge()
    try await wait { viewer.last?.trouble == nil }
  }
}
