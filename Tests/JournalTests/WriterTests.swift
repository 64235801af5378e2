import Fleet
import Foundation
import Journal
import Recording
import Synchronization
import Testing

@Suite("Recording on a thread of its own")
struct WriterTests {
  private final class Sentences: Sendable {
    private let sentences = Mutex<[String]>([])
    func add(_ text: String) { sentences.withLock { $0.append(text) } }
    var all: [String] { sentences.withLock { $0 } }
  }

  @Test("what is put is in the file, in its order, when it is finished")
  func order() async throws {
    let scratch = try Scratch()
    var story = Story()
    let writer = JournalWriter(path: scratch.file, about: Story.about, heads: nil) { _ in }
    #expect(try await writer.begin() == nil)
    for _ in 0..<200 {
      let page = story.page()
      writer.put { _ in [page] }
    }
    let audit = JournalPage(story.batch(.audit, count: 1))
    try await writer.audit { _ in [audit] }
    // Durable before anything is done about it.
    #expect(writer.progress.sequence == story.sequence)
    #expect(try JournalArchive(path: scratch.file).span()?.lastSequence == story.sequence)
    await writer.finish()
    #expect(try story.all(of: JournalArchive(path: scratch.file)) == story.batches)
    let next = JournalWriter(path: scratch.file, about: Story.about, heads: nil) { _ in }
    #expect(try await next.begin()?.sequence == story.sequence)
  }

  @Test("a full disk: told once, kept in memory as long as there is room, and then it goes on")
  func full() async throws {
    let scratch = try Scratch()
    var story = Story()
    let sentences = Sentences()
    let writer = JournalWriter(
      path: scratch.file, about: Story.about, heads: nil, limit: 200_000
    ) { sentences.add($0) }
    _ = try await writer.begin()
    let pages = (0..<20).map { _ in story.page() }
    writer.put { _ in pages }
    try await writer.limitPages(8)
    // More than the disk takes, and less than memory does.
    for _ in 0..<60 {
      let page = JournalPage(story.batch())
      writer.put { _ in [page] }
    }
    await writer.caughtUp()
    #expect(writer.progress.isStopped)
    #expect(sentences.all.count == 1)
    #expect(
      sentences.all.first
        == "\(scratch.file): cannot be written: the disk is full; recording has stopped, and goes on by itself when it can"
    )
    await #expect(throws: JournalError.self) { try await writer.audit { _ in [] } }
    try await writer.limitPages(1 << 30)
    #expect(
      waitUntil(10) {
        writer.put { _ in [] }
        return !writer.progress.isStopped
      })
    #expect(sentences.all.count == 2)
    #expect(sentences.all.last?.hasSuffix("recording goes on, nothing was lost") == true)
    #expect(try story.all(of: JournalArchive(path: scratch.file)) == story.batches)

    // Now more than memory may hold: what is lost is a gap, and what follows is told so.
    try await writer.limitPages(8)
    let wasLost = Mutex(false)
    for _ in 0..<300 {
      let page = JournalPage(story.batch())
      writer.put { _ in [page] }
    }
    await writer.caughtUp()
    #expect(writer.progress.lost > 0)
    try await writer.limitPages(1 << 30)
    #expect(
      waitUntil(10) {
        writer.put { _ in [] }
        return !writer.progress.isStopped
      })
    let last = story.batch()
    let keyframe = KeyframeRecord(
      sequence: last.first - 1, instant: last.begin, format: 1, base: nil, body: [7])
    writer.put { isAfterLoss in
      wasLost.withLock { $0 = isAfterLoss }
      return [JournalPage(last, keyframe: keyframe)]
    }
    await writer.finish()
    #expect(wasLost.withLock { $0 })
    let verification = try Verifier.verify(path: scratch.file)
    #expect(verification.isGood)
    #expect(verification.gaps.count == 1)
    #expect(verification.gaps.first?.last == last.first - 1)
    #expect(sentences.all.count == 4)
    #expect(sentences.all.last?.contains(/recording goes on, [0-9]+ batches were lost$/) == true)
  }

  @Test("a spoilt journal is moved out of the way, and recording begins anew")
  func spoilt() async throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(40, to: scratch.file)
    var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: scratch.file)))
    for place in 100..<16_384 { bytes[place] = 0x20 }
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.file))
    let sentences = Sentences()
    let writer = JournalWriter(path: scratch.file, about: Story.about, heads: nil) {
      sentences.add($0)
    }
    #expect(try await writer.begin() == nil)
    await writer.finish()
    let aside = scratch.path + "/shop.damaged-1.damcon"
    #expect(sentences.all.count == 1)
    #expect(
      sentences.all.first?.hasSuffix("it was moved to \(aside), and a new journal is begun") == true
    )
    #expect(try story.all(of: JournalArchive(path: aside)) == story.batches)
    #expect(try Verifier.verify(path: scratch.file).isGood)
  }

  @Test("a place that cannot be written to is told once and costs nothing else")
  func nowhere() async throws {
    let sentences = Sentences()
    let writer = JournalWriter(path: "/nowhere/x.damcon", about: Story.about, heads: nil) {
      sentences.add($0)
    }
    await #expect(throws: JournalError.self) { try await writer.begin() }
    var story = Story()
    for _ in 0..<50 {
      let page = story.page()
      writer.put { _ in [page] }
    }
    await writer.finish()
    #expect(writer.progress.isStopped)
    #expect(sentences.all.isEmpty)
  }
}
