import Fleet
import Foundation
import Health
import Incident
import Journal
import Recording
import Replay
import Session
import Synchronization
import Testing

/// What is kept beside entries, recorded as a session records it.
@Suite("Files in force and bodies beside the entries")
struct EnclosureTests {
  private static let target = Target(service: "pay", instance: "http://pay:80")
  private static let fleet = Fleet(
    name: "shop", services: [Service(name: "pay", instances: [Instance(url: "http://pay:80")])])

  /// A session's owner whose clock goes as the test says.
  private final class Owner {
    let writer: JournalWriter
    let scribe: Scribe
    private(set) var state = State(began: Instant(wall: 0, offset: 0))
    private(set) var entries: [Entry] = []
    private var now = Instant(wall: 1_795_000_000_000_000_000, offset: 0)

    init(_ path: String) async throws {
      writer = JournalWriter(path: path, about: Story.about, heads: nil) { _ in }
      _ = try await writer.begin()
      scribe = Scribe(writer)
      enter(.began)
      enter(.fleet(EnclosureTests.fleet))
    }

    func enter(_ event: Event, with enclosure: Enclosure? = nil) {
      let entry = Entry(sequence: UInt64(entries.count + 1), instant: now, event: event)
      entries.append(entry)
      scribe.record(entry, with: enclosure)
      state.apply(entry)
      scribe.applied(entry, to: state)
    }

    func pass(_ seconds: Int) {
      for _ in 0..<seconds {
        now = now.advanced(by: 1)
        enter(.tick)
      }
    }

    func poll() {
      enter(
        .probe(
          target: EnclosureTests.target,
          .init(kind: .liveness, path: "/", duration: 0.1, answer: .fault(Fault(.refused, "no")))))
    }

    func put(_ body: String, _ allowance: BodyAllowance) {
      poll()
      let bytes = [UInt8](body.utf8)
      guard let enclosure = bytes.withUnsafeBytes({ allowance.enclose($0) }) else { return }
      enter(
        .body(
          target: EnclosureTests.target,
          AnswerBody(.liveness, hash: ContentHash(of: bytes).bytes)), with: enclosure)
    }

    func adopt(_ text: String) {
      enter(
        .documents([EnclosureTests.document(text)]), with: Enclosure([[UInt8](text.utf8)]))
    }
  }

  private static func document(_ text: String) -> Document {
    let bytes = [UInt8](text.utf8)
    return Document(
      kind: .fleetFile, name: "damcon.yaml", hash: ContentHash(of: bytes).bytes, size: bytes.count)
  }

  private func hash(_ text: String) -> ContentHash { ContentHash(of: [UInt8](text.utf8)) }

  private func entries(of archive: JournalArchive) throws -> [Entry] {
    var decoder = EntryDecoder()
    var found: [Entry] = []
    while true {
      let batches = try archive.batches(after: found.last?.sequence ?? 0, limit: 50)
      if batches.isEmpty { return found }
      for batch in batches { found += try decoder.entries(of: batch) }
    }
  }

  @Test("a file in force is in the journal by its content, each once, with when it came into force")
  func documents() async throws {
    let scratch = try Scratch()
    let owner = try await Owner(scratch.file)
    owner.adopt("fleet: one")
    owner.pass(5)
    owner.adopt("fleet: two")
    owner.pass(130)
    owner.adopt("fleet: one")
    owner.pass(5)
    await owner.scribe.stop()
    let archive = try JournalArchive(path: scratch.file)
    #expect(try entries(of: archive) == owner.entries)
    var state = State(began: Instant(wall: 0, offset: 0))
    var inForce: [String] = []
    for entry in try entries(of: archive) {
      state.apply(entry)
      guard case .documents = entry.event else { continue }
      let hash = try #require(ContentHash(state.present.documents[0].hash))
      inForce.append(String(decoding: try #require(try archive.blob(hash)), as: UTF8.self))
    }
    #expect(inForce == ["fleet: one", "fleet: two", "fleet: one"])
    let verification = try Verifier.verify(path: scratch.file)
    #expect(verification.isGood)
    #expect(verification.keyframes > 0)
    #expect(verification.blobs == 2)
  }

  @Test("a file that a kept keyframe's state refers to outlives its entry; one that none does goes")
  func retention() async throws {
    let scratch = try Scratch()
    let owner = try await Owner(scratch.file)
    let allowance = BodyAllowance { _ in }
    owner.adopt("fleet: old")
    owner.put("old body", allowance)
    owner.pass(70)
    owner.adopt("fleet: new")
    // Until after the next keyframe that stands by itself: there is one each 32 minutes.
    for _ in 0..<22 {
      owner.pass(100)
      await owner.scribe.flush()
    }
    owner.put("new body", allowance)
    owner.pass(5)
    await owner.scribe.stop()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    var steps = 0
    while try file.trim(Retention(age: 300, bytes: .max)) {
      steps += 1
      try #require(steps < 10_000)
    }
    let archive = try JournalArchive(path: scratch.file)
    let first = try #require(try archive.span()).firstSequence
    #expect(first > 1000)
    // Its first state is a keyframe's.
    let state = try Player(archive).state
    #expect(state.present.documents == [Self.document("fleet: new")])
    #expect(try archive.blob(hash("fleet: new")) == [UInt8]("fleet: new".utf8))
    #expect(try archive.blob(hash("fleet: old")) == nil)
    #expect(try archive.blob(hash("new body")) == [UInt8]("new body".utf8))
    #expect(try archive.blob(hash("old body")) == nil)
    #expect(try Verifier.verify(path: scratch.file).blobs == 2)
  }

  @Test("a body that comes again is kept once")
  func once() async throws {
    let scratch = try Scratch()
    let owner = try await Owner(scratch.file)
    let allowance = BodyAllowance { _ in }
    let long = String(repeating: "all is well, ", count: 5000)
    for number in 0..<60 {
      owner.put(number % 20 == 7 ? "other" : long, allowance)
      owner.pass(1)
    }
    await owner.scribe.stop()
    let archive = try JournalArchive(path: scratch.file)
    #expect(try entries(of: archive) == owner.entries)
    #expect(try archive.blob(hash(long)) == [UInt8](long.utf8))
    #expect(try Verifier.verify(path: scratch.file).blobs == 2)
    // What is written needs no room any more.
    #expect(allowance.held == 0)
  }

  @Test("a disk that takes nothing costs bodies, says so, and no observation")
  func slow() async throws {
    let scratch = try Scratch()
    let owner = try await Owner(scratch.file)
    let told = Mutex<[String]>([])
    let allowance = BodyAllowance(limit: 100_000) { text in told.withLock { $0.append(text) } }
    owner.pass(2)
    await owner.scribe.flush()
    try await owner.writer.limitPages(8)
    for number in 0..<200 {
      owner.put("\(number) " + String(repeating: "x", count: 9000), allowance)
      owner.pass(1)
      #expect(allowance.held <= 100_000)
    }
    await owner.scribe.flush()
    // How many the disk took before it was full is its own affair.
    let lost = allowance.lost
    #expect(lost > 10)
    #expect(
      told.withLock { $0 }
        == ["answers come faster than the disk takes them: not every body is kept"]
        + [10, 100].filter { $0 <= lost }.map { "\($0) bodies of answers were not kept so far" })
    try await owner.writer.limitPages(1 << 30)
    // A second later it is tried again.
    for _ in 0..<200 where owner.writer.progress.isStopped {
      owner.pass(1)
      await owner.scribe.flush()
      try await Task.sleep(for: .milliseconds(20))
    }
    owner.put("goes on", allowance)
    await owner.scribe.stop()
    let archive = try JournalArchive(path: scratch.file)
    #expect(try entries(of: archive) == owner.entries)
    #expect(try archive.blob(hash("goes on")) != nil)
    let verification = try Verifier.verify(path: scratch.file)
    #expect(verification.isGood && verification.gaps.isEmpty)
    #expect(allowance.held == 0)
  }

  @Test("a body larger than all the room there is finds none, and what comes after does")
  func large() {
    let allowance = BodyAllowance(limit: 10) { _ in }
    #expect([UInt8](repeating: 1, count: 11).withUnsafeBytes { allowance.enclose($0) } == nil)
    var held = [UInt8](repeating: 1, count: 10).withUnsafeBytes { allowance.enclose($0) }
    #expect(held?.values == [[UInt8](repeating: 1, count: 10)])
    #expect([UInt8](repeating: 1, count: 1).withUnsafeBytes { allowance.enclose($0) } == nil)
    held = nil
    #expect(allowance.held == 0)
    #expect(allowance.lost == 2)
  }
}
