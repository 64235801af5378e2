import Fleet
import Foundation
import GRDB
import Incident
import Journal
import Replay
import Session
import Synchronization
import Testing

/// A disk that does not answer for a while: news goes on, what somebody asked for waits for it, and what
/// is recorded is what was lived.
@Suite("A disk that hangs", .serialized)
struct HungDiskTests {
  private final class Hearer: Onlooker, Sendable {
    private let heard = Mutex<[Bool]>([])
    func look(at state: State) {}
    func hear(recordingHangs: Bool) { heard.withLock { $0.append(recordingHangs) } }
    var all: [Bool] { heard.withLock { $0 } }
  }

  private let path = FileManager.default.temporaryDirectory
    .appendingPathComponent("damcon-hung-\(UUID().uuidString).damcon").path

  private static let fleet = Fleet(
    name: "hung",
    services: [Service(name: "cart", instances: [Instance(url: "http://127.0.0.1:9000")])])

  private func wait(_ isSo: () async -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(20)
    while await !isSo() {
      try #require(ContinuousClock.now < end, "waited in vain")
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// - Parameters:
  ///   - hang: makes the disk hang.
  ///   - release: makes it answer again.
  private func live(
    _ hang: (JournalWriter) async throws -> Void, _ release: () -> Void
  ) async throws {
    defer {
      for suffix in ["", "-wal", "-shm", ".lock"] { unlink(path + suffix) }
    }
    let writer = JournalWriter(
      path: path, about: About(fleet: "hung", madeBy: "test", made: 1), heads: nil
    ) { _ in }
    _ = try await writer.begin()
    let scribe = Scribe(writer)
    let session = Session(
      fleet: Self.fleet, recorder: scribe, patience: .milliseconds(200))
    let hearer = Hearer()
    await session.attach { hearer }
    let running = Task { await session.run() }
    session.inbox.put(.note(Note(.info, "before")))
    @Sendable func notes(_ state: State) -> [String] { state.present.notes.map(\.note.text) }
    try await wait { await session.read(notes).contains("before") }
    await scribe.flush()

    try await hang(writer)
    let asked = Task { await session.submit(.remark("hold on"), by: Principal(name: "ada")) }
    try await wait { hearer.all == [true] }
    for number in 0..<20 { session.inbox.put(.note(Note(.info, "news \(number)"))) }
    try await wait { await session.read(notes).contains("news 19") }
    // Shown, and said aloud; but nothing has come of what is not durable.
    let shown = await session.read(notes)
    #expect(shown.contains { $0.hasPrefix("recording hangs") })
    #expect(!shown.contains { $0.contains("noted") })

    release()
    _ = await asked.value
    try await wait { await session.read(notes).contains { $0.hasPrefix("recording goes on") } }
    let after = await session.read(notes)
    let noted = try #require(after.firstIndex(of: "ada noted: hold on"))
    #expect(noted < after.firstIndex(of: "news 0") ?? 0)
    #expect(after.count { $0 == "news 7" } == 1)
    #expect(hearer.all == [true, false])

    session.inbox.close()
    await running.value
    let lived = try await session.read { try $0.canonicalBytes() }
    await scribe.stop()
    let player = try Player(try JournalArchive(path: path), at: .max)
    #expect(try player.state.canonicalBytes() == lived)
    #expect(try Verifier.verify(path: path).audits == 1)
  }

  @Test("an earlier page hangs")
  func before() async throws {
    let gate = DispatchSemaphore(value: 0)
    try await live { writer in
      writer.put { _ in
        _ = gate.wait(timeout: .now() + 30)
        return []
      }
    } _: {
      gate.signal()
    }
  }

  @Test("the entry's own page hangs: somebody else holds the file")
  func own() async throws {
    let gate = DispatchSemaphore(value: 0)
    let path = path
    try await live { _ in
      let other = try JournalConnection(writing: path, isOwner: false)
      let held = HeldFile(other, gate)
      held.begin()
      try await wait { held.isHeld }
    } _: {
      gate.signal()
    }
  }
}

/// A file that another one writes to, for as long as the gate is shut.
private final class HeldFile: Sendable {
  private let connection: JournalConnection
  private let gate: DispatchSemaphore
  private let held = Mutex(false)
  var isHeld: Bool { held.withLock { $0 } }

  init(_ connection: JournalConnection, _ gate: DispatchSemaphore) {
    self.connection = connection
    self.gate = gate
  }

  func begin() {
    Thread.detachNewThread { [self] in
      try? connection.queue.inDatabase { db in
        try db.inTransaction(.immediate) {
          held.withLock { $0 = true }
          _ = gate.wait(timeout: .now() + 4)
          return .rollback
        }
      }
    }
  }
}
