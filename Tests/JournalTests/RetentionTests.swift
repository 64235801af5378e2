import Fleet
import Foundation
import Incident
import Journal
import Recording
import Testing

@Suite("What of a journal is kept")
struct RetentionTests {
  private func trim(_ file: JournalFile, _ retention: Retention) throws -> Int {
    for step in 0..<10_000 where try !file.trim(retention) { return step }
    Issue.record("it does not come to an end")
    return 0
  }

  @Test("what is too old goes; the rest begins at a keyframe, can be decoded and verifies")
  func age() throws {
    let scratch = try Scratch()
    var story = Story()
    let log = KeptHeads()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: log)
    for _ in 0..<500 { try file.append(story.page()) }
    let steps = try trim(file, Retention(age: 100, bytes: .max))
    #expect(steps > 3)
    let archive = try JournalArchive(path: scratch.file)
    let first = try #require(try archive.span()).firstSequence
    // Keyframes that stand by themselves come every twenty batches.
    let kept = try story.all(of: archive)
    #expect((100...121).contains(kept.count))
    #expect(kept == story.batches.suffix(kept.count))
    let keyframe = try #require(try archive.keyframe(at: first - 1))
    #expect(keyframe.base == nil)
    for keyframe in story.keyframes {
      let told = try archive.keyframe(at: keyframe.sequence)
      #expect(told == (keyframe.sequence >= first - 1 ? keyframe : nil))
      if let base = told?.base { #expect(try archive.keyframe(at: base) != nil) }
    }
    #expect(try archive.milestones() == story.milestones.filter { $0.sequence >= first })
    for blob in story.blobs.suffix(10) {
      #expect(try archive.blob(ContentHash(of: blob)) == blob)
    }
    for blob in story.blobs.prefix(40) { #expect(try archive.blob(ContentHash(of: blob)) == nil) }
    let heads = JournalHead.found(in: log.text, of: "shop")
    let verification = try Verifier.verify(path: scratch.file, heads: heads)
    #expect(verification.isGood, "\(verification.sentences)")
    // It is written on as before, and again by the next run.
    try file.append(story.page())
    try file.close()
    #expect(try Verifier.verify(path: scratch.file).isGood)
  }

  @Test("what still refers to an old value keeps it")
  func uses() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    let fleet = [UInt8]("fleet: shop".utf8)
    let lost = [UInt8]("no longer".utf8)
    try file.append(JournalPage(story.batch(), blobs: [fleet, lost]))
    for _ in 0..<300 {
      let page = story.page()
      try file.append(page)
      if let keyframe = page.keyframe, keyframe.base == nil {
        try file.append(JournalPage(keyframe, uses: [ContentHash(of: fleet)]))
      }
    }
    _ = try trim(file, Retention(age: 60, bytes: .max))
    let archive = try JournalArchive(path: scratch.file)
    #expect(try archive.blob(ContentHash(of: fleet)) == fleet)
    #expect(try archive.blob(ContentHash(of: lost)) == nil)
    #expect(try Verifier.verify(path: scratch.file).isGood)
  }

  @Test("the file gets no larger than it may, and gives back what it no longer needs")
  func size() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    let limit = 3 << 20
    var largest = 0
    for number in 0..<3000 {
      try file.append(story.page())
      if number > 1000 {
        _ = try file.trim(Retention(age: .infinity, bytes: limit))
        largest = max(largest, try bytes(scratch.file))
      }
    }
    _ = try trim(file, Retention(age: .infinity, bytes: limit))
    try file.close()
    let spare = 256 * 16_384
    #expect(try bytes(scratch.file) < limit + spare + (1 << 20))
    #expect(try Verifier.verify(path: scratch.file).isGood)
    let archive = try JournalArchive(path: scratch.file)
    #expect(try story.all(of: archive).count > 500)
  }

  private func bytes(_ path: String) throws -> Int {
    try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
  }

  @Test("where no keyframe stands by itself, nothing goes")
  func noKeyframe() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    for _ in 0..<50 { try file.append(JournalPage(story.batch())) }
    _ = try trim(file, Retention(age: 1, bytes: 1))
    #expect(try story.all(of: JournalArchive(path: scratch.file)) == story.batches)
  }

  @Test("what was being let go of when the writer died goes later, and nobody reads it meanwhile")
  func halfway() throws {
    let scratch = try Scratch()
    var story = Story()
    do {
      let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
      for _ in 0..<500 { try file.append(story.page()) }
      // The beginning moves in steps of twenty batches; each move leaves its rows to the next call.
      while try file.trim(Retention(age: 100, bytes: .max)) {
        let archive = try JournalArchive(path: scratch.file)
        let first = try #require(try archive.span()).firstSequence
        #expect(try first == 1 || archive.keyframe(at: first - 1)?.base == .some(nil))
        #expect(try archive.batches(after: 0, limit: 1).first?.first == first)
        #expect(try Verifier.verify(path: scratch.file).isGood)
      }
    }
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    _ = try trim(file, Retention(age: 100, bytes: .max))
    #expect(try Verifier.verify(path: scratch.file).isGood)
  }
}
