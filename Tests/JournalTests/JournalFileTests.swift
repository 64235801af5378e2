import Fleet
import Foundation
import GRDB
import Incident
import Journal
import Recording
import Synchronization
import Testing

@Suite("The journal's file")
struct JournalFileTests {
  @Test("what was written is there for the next run, which goes on behind it")
  func restart() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(30, to: scratch.file)
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    #expect(file.end?.sequence == story.sequence)
    #expect(file.end?.instant == story.batches.last?.end)
    for _ in 0..<30 { try file.append(story.page()) }
    let archive = try JournalArchive(path: scratch.file)
    #expect(try story.all(of: archive) == story.batches)
    #expect(try archive.milestones() == story.milestones)
    #expect(try archive.pulses() == story.pulses)
    #expect(try archive.about() == Story.about)
    #expect(try archive.head() == file.head)
    for blob in story.blobs { #expect(try archive.blob(ContentHash(of: blob)) == blob) }
    #expect(try archive.blob(ContentHash(of: [1, 2, 3])) == nil)
    let span = try #require(try archive.span())
    #expect(span.firstSequence == 1 && span.lastSequence == story.sequence)
    #expect(span.first == story.batches.first?.begin && span.last == story.batches.last?.end)
    #expect(archive.damage == nil)
  }

  @Test("it says whose it is and of which form")
  func header() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(1, to: scratch.file)
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: scratch.file)))
    #expect(bytes[68..<72].elementsEqual("DAMJ".utf8))
    #expect(bytes[60..<64].elementsEqual([0, 0, 0, 1]))
    #expect(
      try FileManager.default.attributesOfItem(atPath: scratch.file)[.posixPermissions] as? Int
        == 0o600)
  }

  @Test("any entry is found by its number and by its time")
  func seeks() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(100, to: scratch.file)
    let archive = try JournalArchive(path: scratch.file)
    for sequence in 0...story.sequence {
      let expected = story.batches.filter { $0.last > sequence }.prefix(3)
      #expect(try archive.batches(after: sequence, limit: 3) == Array(expected))
      let keyframe = story.keyframes.last { $0.sequence <= sequence }
      #expect(try archive.keyframe(atOrBefore: sequence, format: 1) == keyframe)
      #expect(
        try archive.keyframe(at: sequence) == story.keyframes.first { $0.sequence == sequence })
    }
    #expect(try archive.keyframe(atOrBefore: .max, format: 2) == nil)
    for step in -4...420 {
      let offset = Int64(step) * 250_000_000
      let batch = story.batches.last { $0.begin.offset <= offset }
      let expected = batch.map { $0.end.offset <= offset ? $0.last : $0.first }
      #expect(try archive.sequence(atOrBefore: offset) == expected)
    }
    #expect(try archive.sequence(atOrBefore: .max) == story.sequence)
    #expect(try archive.sequence(atOrBefore: .min) == nil)
  }

  @Test(
    "entries that would overlap or go back in time are refused, and cost nothing that was there")
  func order() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    for _ in 0..<5 { try file.append(story.page()) }
    let head = file.head
    var twice = story.batches[4]
    #expect(
      told { try file.append(JournalPage(twice)) }
        == "\(scratch.file): entries \(twice.first) to \(twice.last) cannot come after entry \(twice.last)"
    )
    twice.first = story.sequence + 1
    twice.last = story.sequence + 5
    twice.begin.offset = 0
    #expect(
      told { try file.append(JournalPage(twice)) }?.hasSuffix("would go back in time") == true)
    let next = story.batch()
    let stranger = JournalPage(next, uses: [ContentHash(of: [9])])
    #expect(told { try file.append(stranger) }?.hasSuffix("is referred to is not kept") == true)
    #expect(file.head == head)
    #expect(try file.missing([ContentHash(of: [9])]) == [ContentHash(of: [9])])
    try file.append(JournalPage(next, blobs: [[9]]))
    #expect(try file.missing([ContentHash(of: [9])]).isEmpty)
    #expect(try Verifier.verify(path: scratch.file).isGood)
  }

  @Test("a value that is given twice is kept once")
  func once() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    let value = story.dice.bytes(100_000)
    try file.append(JournalPage(story.batch(), blobs: [value, value]))
    try file.append(JournalPage(story.batch(), blobs: [value]))
    #expect(try Verifier.verify(path: scratch.file).blobs == 1)
  }

  @Test("entries that were never written show as a gap, and the chain holds across it")
  func gap() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    for _ in 0..<3 { try file.append(story.page()) }
    let before = try #require(story.batches.last)
    story.sequence += 100
    let keyframe = KeyframeRecord(
      sequence: story.sequence, instant: before.end, format: 1, base: nil, body: [1, 2])
    let after = story.batch()
    try file.append(JournalPage(after, keyframe: keyframe))
    let verification = try Verifier.verify(path: scratch.file)
    #expect(verification.isGood)
    #expect(
      verification.gaps == [
        RecordingGap(
          first: before.last + 1, last: after.first - 1, after: before.end, before: after.begin)
      ])
    let archive = try JournalArchive(path: scratch.file)
    #expect(try archive.keyframe(after: before.last, format: 1) == keyframe)
    #expect(try archive.batches(after: before.last, limit: 9) == [after])
  }

  @Test("readers see each page whole while it is written, and never hold the writer up")
  func readers() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(1, to: scratch.file)
    let path = scratch.file
    let isDone = OSAllocatedFlag()
    let rounds = Mutex<[Int]>([0, 0, 0])
    let problems = Mutex<[String]>([])
    for number in 0..<3 {
      Thread.detachNewThread {
        do {
          let archive = try JournalArchive(path: path)
          var last: UInt64 = 0
          while !isDone.isSet {
            for batch in try archive.batches(after: last, limit: 50) { last = batch.last }
            _ = try archive.milestones()
            rounds.withLock { $0[number] += 1 }
          }
          if let damage = archive.damage { problems.withLock { $0.append("\(damage)") } }
        } catch { problems.withLock { $0.append("\(error)") } }
        rounds.withLock { $0[number] = .max }
      }
    }
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    for _ in 0..<300 { try file.append(story.page()) }
    let isRead = waitUntil(20) {
      try? file.append(story.page())
      return rounds.withLock { $0.allSatisfy { $0 > 5 } }
    }
    isDone.set()
    #expect(isRead)
    #expect(waitUntil(20) { rounds.withLock { $0.allSatisfy { $0 == .max } } })
    #expect(problems.withLock { $0 } == [])
    #expect(try story.all(of: JournalArchive(path: scratch.file)) == story.batches)
  }

  @Test("a batch of a usual second costs well under a millisecond")
  func cost() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    try file.append(story.page())
    let batches = (0..<1000).map { _ in story.batch() }
    let before = threadTime()
    for batch in batches { try file.append(JournalPage(batch)) }
    let each = (threadTime() - before) / 1000
    #expect(each < 0.5e-3, "\(each * 1e6) µs")
    try file.close()
    // What stands around 1.5 kB of entries is little.
    let size = try FileManager.default.attributesOfItem(atPath: scratch.file)[.size] as? Int ?? 0
    // Empty tables take a page each.
    #expect(size < 1000 * 1500 * 110 / 100 + 16 * 16_384, "\(size)")
  }

  private func threadTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
