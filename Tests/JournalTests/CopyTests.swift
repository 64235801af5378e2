import Fleet
import Foundation
import Incident
import Journal
import Recording
import Testing

@Suite("An incident taken out of a journal")
struct CopyTests {
  private func statement(_ story: Story, _ head: JournalHead?) throws -> CutStatement {
    CutStatement(
      sourceFleet: "shop", from: try #require(story.batches.first).begin,
      to: try #require(story.batches.last).end, firstSequence: 101, lastSequence: 200,
      sourceHead: head, removed: ["raw bodies"],
      redacted: [CutStatement.Redaction(rule: "hosts", count: 7)])
  }

  @Test("it is one file with a chain of its own, and says what it is")
  func cut() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    for _ in 0..<80 { try file.append(story.page()) }
    let source = try JournalArchive(path: scratch.file)
    let keyframe = try #require(story.keyframes.last { $0.base == nil && $0.sequence < 200 })
    let head = try #require(try source.head(at: story.batches[50].last))
    let about = About(
      fleet: "shop", kind: .cut, madeBy: "1.0", made: 1, statement: try statement(story, head))
    let path = scratch.path + "/incident.damcon"
    let copy = try JournalCopy(path: path, about: about)
    let batches = story.batches.filter { $0.first > keyframe.sequence }
    try copy.append(JournalPage(keyframe))
    for batch in batches {
      try copy.append(
        JournalPage(batch, milestones: story.milestones.filter { $0.sequence == batch.first }))
    }
    #expect(!FileManager.default.fileExists(atPath: path))
    let last = try copy.finish()
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        == [
          "incident.damcon", "shop.damcon", "shop.damcon-shm", "shop.damcon-wal",
          "shop.damcon.lock",
        ])
    let archive = try JournalArchive(path: path)
    #expect(try archive.about() == about)
    #expect(try story.all(of: archive) == batches)
    #expect(try archive.keyframe(at: keyframe.sequence) == keyframe)
    #expect(try archive.span()?.firstSequence == keyframe.sequence + 1)
    let verification = try Verifier.verify(path: path, heads: [last])
    #expect(verification.isGood && verification.gaps.isEmpty)
    let said = verification.sentences
    #expect(said[1].hasPrefix("cut out of the journal of shop, 2026-11-18T"))
    #expect(said.contains("removed: raw bodies"))
    #expect(said.contains("redacted: hosts, 7 different"))
    // Reading leaves nothing beside it.
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path)
        .filter { $0.hasPrefix("incident") } == ["incident.damcon"])
  }

  @Test("one that is not finished leaves nothing, and nothing that is there is written over")
  func unfinished() throws {
    let scratch = try Scratch()
    var story = Story()
    let path = scratch.path + "/incident.damcon"
    do {
      let copy = try JournalCopy(path: path, about: Story.about)
      try copy.append(story.page())
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path).isEmpty)
    try "mine".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(
      told { _ = try JournalCopy(path: path, about: Story.about) }
        == "\(path): is there already; name another file")
  }

  @Test("a statement that was changed is noticed")
  func statementChanged() throws {
    let scratch = try Scratch()
    var story = Story()
    _ = story.batch()
    let about = About(
      fleet: "shop", kind: .cut, madeBy: "1.0", made: 1, statement: try statement(story, nil))
    let path = scratch.path + "/incident.damcon"
    let copy = try JournalCopy(path: path, about: about)
    try copy.append(JournalPage(story.batches[0]))
    try copy.finish()
    var bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    let words = Array("raw bodies".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: words) })
    bytes[place] = UInt8(ascii: "l")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(try !Verifier.verify(path: path).isGood)
  }
}
