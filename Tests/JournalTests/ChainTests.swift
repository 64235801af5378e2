import Fleet
import Foundation
import GRDB
import Incident
import Journal
import Recording
import Synchronization
import Testing

final class OSAllocatedFlag: Sendable {
  private let flag = Mutex(false)
  var isSet: Bool { flag.withLock { $0 } }
  func set() { flag.withLock { $0 = true } }
}

/// Heads as they would stand in the system's log.
final class KeptHeads: HeadLog {
  private let lines = Mutex<[String]>([])
  func tell(_ head: JournalHead, of fleet: String) {
    lines.withLock { $0.append("Nov 21 14:02:11 bastion damcon[4711]: \(head.line(of: fleet))") }
  }
  func finish() {}
  var text: String { lines.withLock { $0.joined(separator: "\n") } }
}

@Suite("The journal's chain")
struct ChainTests {
  @Test("an untouched file is consistent, and intact with a head that was kept elsewhere")
  func intact() throws {
    let scratch = try Scratch()
    var story = Story()
    let log = KeptHeads()
    try story.write(60, to: scratch.file, heads: log)
    let alone = try Verifier.verify(path: scratch.file)
    #expect(alone.isGood)
    #expect(alone.sentences[0].hasPrefix("consistent: it is as it was written; without a head"))
    #expect(alone.batches == 60 && alone.audits == 9)
    #expect(alone.keyframes == story.keyframes.count && alone.blobs == story.blobs.count)
    let heads = JournalHead.found(in: "noise\n" + log.text + "\nnoise", of: "shop")
    #expect(heads.count == 9)
    #expect(JournalHead.found(in: log.text, of: "other").isEmpty)
    let vouched = try Verifier.verify(path: scratch.file, heads: heads)
    #expect(vouched.isGood)
    #expect(vouched.sentences[0].hasPrefix("intact: the chain leads through head"))
    let last = try #require(vouched.last)
    #expect(JournalHead("\(last.sequence):\(last.link)") == last)
    #expect(vouched.sentences.last == "head \(last.sequence) \(last.link)")
  }

  /// The tables that `verify` vouches for, with their keys.
  private static let tables = [
    ("about", "id"), ("anchor", "id"), ("batch", "first"), ("keyframe", "sequence"),
    ("milestone", "id"), ("pulse", "id"), ("blob", "id"), ("usage", "id"),
  ]

  @Test("one bit that is another one, in any column of any table, is noticed and never believed")
  func everyColumn() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(60, to: scratch.file)
    var count = 0
    for (table, key) in Self.tables {
      let columns = try DatabaseQueue(path: scratch.file).read { db in
        try String.fetchAll(
          db, sql: "SELECT name FROM pragma_table_info(?)", arguments: [table])
      }
      for column in columns {
        let copy = try scratch.copy("flipped.damcon")
        defer { try? FileManager.default.removeItem(atPath: copy) }
        let isChanged = try flip(table, key, column, in: copy)
        try #require(isChanged, "\(table).\(column)")
        let verification = try Verifier.verify(path: copy)
        #expect(!verification.isGood, "\(table).\(column)")
        #expect(verification.finding == .altered, "\(table).\(column)")
        let archive = try JournalArchive(path: copy)
        #expect(story.falsehoods(of: archive).isEmpty, "\(table).\(column)")
        count += 1
      }
    }
    #expect(count == 55)
  }

  /// - Returns: whether there was anything to change.
  private func flip(
    _ table: String, _ key: String, _ column: String, in path: String
  ) throws -> Bool {
    let queue = try DatabaseQueue(path: path)
    defer { try? queue.close() }
    return try queue.write { db in
      let rows = try Row.fetchAll(db, sql: "SELECT \(key), \(column) FROM \(table) ORDER BY \(key)")
      let row = rows[rows.count / 2]
      let id: Int64 = row[0]
      let type = try String.fetchOne(
        db, sql: "SELECT type FROM pragma_table_info(?) WHERE name = ?", arguments: [table, column])
      switch (row[1] as DatabaseValue).storage {
      // High enough that the row is not another one's.
      case .int64(let value):
        try db.execute(
          sql: "UPDATE \(table) SET \(column) = ? WHERE \(key) = ?",
          arguments: [value ^ 1 << 20, id])
      case .double(let value):
        try db.execute(
          sql: "UPDATE \(table) SET \(column) = ? WHERE \(key) = ?",
          arguments: [Double(bitPattern: value.bitPattern ^ 1), id])
      case .blob(var data):
        data[data.count / 2] ^= 1
        try db.execute(
          sql: "UPDATE \(table) SET \(column) = ? WHERE \(key) = ?", arguments: [data, id])
      case .null:
        try db.execute(
          sql: "UPDATE \(table) SET \(column) = \(type == "BLOB" ? "x'00'" : "0") WHERE \(key) = ?",
          arguments: [id])
      case .string: return false
      }
      return db.changesCount == 1
    }
  }

  @Test(
    "a row that is missing is noticed, and from where",
    arguments: ["batch", "keyframe", "milestone", "pulse", "blob", "usage", "anchor", "about"])
  func missing(_ table: String) throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(60, to: scratch.file)
    try edit(scratch.file) { db in
      try db.execute(
        sql: """
          DELETE FROM \(table) WHERE rowid IN (SELECT rowid FROM \(table)
          LIMIT 1 OFFSET (SELECT count(*) / 2 FROM \(table)))
          """)
    }
    let verification = try Verifier.verify(path: scratch.file)
    // A keyframe is a shortcut; nothing rests on it.
    #expect(verification.isGood == (table == "keyframe"))
    if table == "batch" {
      let gone = story.batches[30]
      #expect(verification.place?.sequence == gone.first)
      #expect(verification.place?.instant == story.batches[29].end)
      let clock = CivilTime(unixNanoseconds: story.batches[29].end.wall).rfc3339Seconds
      #expect(
        verification.sentences[0]
          == "altered from entry \(gone.first) (\(clock)): entries \(gone.first) to \(gone.last) are missing; entries \(gone.first)–\(gone.last) are gone"
      )
      let archive = try JournalArchive(path: scratch.file)
      #expect(try story.all(of: archive) == story.batches.filter { $0 != gone })
      #expect(archive.damage?.entries == gone.last - gone.first + 1)
    }
  }

  @Test("a tail that was cut off cleanly shows against a head that was kept")
  func tailCut() throws {
    let scratch = try Scratch()
    var story = Story()
    let log = KeptHeads()
    try story.write(60, to: scratch.file, heads: log)
    let heads = JournalHead.found(in: log.text, of: "shop")
    let kept = story.batches[40]
    try edit(scratch.file) { db in
      try db.execute(sql: "DELETE FROM batch WHERE first > ?", arguments: [Int64(kept.first)])
      for table in ["milestone", "pulse"] {
        try db.execute(sql: "DELETE FROM \(table) WHERE batch > ?", arguments: [Int64(kept.first)])
      }
      try db.execute(sql: "DELETE FROM keyframe WHERE sequence > ?", arguments: [Int64(kept.last)])
    }
    // By itself it is a journal that ended there.
    #expect(try Verifier.verify(path: scratch.file).isGood)
    let verification = try Verifier.verify(path: scratch.file, heads: heads)
    #expect(!verification.isGood)
    #expect(verification.sentences[0].hasPrefix("cut: head "))
    #expect(verification.sentences[0].hasSuffix("the file ends at entry \(kept.last)"))
  }

  @Test("a tail that was written anew, chain and all, shows against a head that was kept")
  func rewritten() throws {
    let scratch = try Scratch()
    var story = Story()
    let log = KeptHeads()
    try story.write(40, to: scratch.file, heads: log)
    let other = try Scratch()
    var forged = Story()
    let file = try JournalFile(path: other.file, about: Story.about, heads: nil)
    for number in 0..<40 {
      let page = forged.page()
      var batch = try #require(page.batch)
      if number == 20 { batch.body[0] ^= 1 }
      try file.append(JournalPage(batch, milestones: page.milestones, pulses: page.pulses))
    }
    try file.close()
    #expect(try Verifier.verify(path: other.file).isGood)
    let heads = JournalHead.found(in: log.text, of: "shop")
    let verification = try Verifier.verify(path: other.file, heads: heads)
    #expect(!verification.isGood)
    #expect(verification.sentences[0].contains("entries up to it were written anew"))
  }

  @Test("what is said of the file cannot be changed beside its first entry")
  func about() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(5, to: scratch.file)
    var about = Story.about
    about.fleet = "other"
    let other = scratch.path + "/other.damcon"
    try JournalFile(path: other, about: about, heads: nil).close()
    try edit(scratch.file) { db in
      try db.execute(
        sql: "ATTACH ? AS other", arguments: [other])
      try db.execute(
        sql: """
          UPDATE about SET (identity, fleet, link) =
          (SELECT identity, fleet, link FROM other.about)
          """)
    }
    #expect(try !Verifier.verify(path: scratch.file).isGood)
  }

  private func edit(_ path: String, _ body: (Database) throws -> Void) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.inDatabase(body)
    try queue.close()
  }
}
