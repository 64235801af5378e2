import Fleet
import Foundation
import GRDB
import Journal
import Recording
import Testing

@Suite("Where a journal lies, and whose it is")
struct PlaceTests {
  @Test("fleets have files of their own, whatever they are called")
  func names() throws {
    #expect(JournalPlace.name("shop-production") == "shop-production")
    #expect(JournalPlace.name("../../etc/passwd").hasPrefix("______etc_passwd-"))
    #expect(JournalPlace.name("a/b") != JournalPlace.name("a b"))
    #expect(JournalPlace.name("").count > 1)
    #expect(JournalPlace.name(String(repeating: "x", count: 500)).count < 110)
    let scratch = try Scratch()
    let path = try JournalPlace.path(of: "shop", in: scratch.path + "/state/damcon")
    #expect(path == scratch.path + "/state/damcon/shop.damcon")
    var story = Story()
    try story.write(1, to: path)
  }

  @Test("what is no journal is one sentence and is left as it is")
  func foreign() throws {
    let scratch = try Scratch()
    let sentence = "\(scratch.file): is no journal, or a database of another program; move it away"
    let letter = "not a database, but a letter to my aunt\n"
    try letter.write(toFile: scratch.file, atomically: true, encoding: .utf8)
    #expect(told { try open(scratch.file) } == sentence)
    #expect(told { _ = try JournalArchive(path: scratch.file) } == sentence)
    #expect(try String(contentsOfFile: scratch.file, encoding: .utf8) == letter)
    unlink(scratch.file)

    let songs = try DatabaseQueue(path: scratch.file)
    try songs.write { try $0.execute(sql: "CREATE TABLE songs (a)") }
    try songs.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: scratch.file))
    #expect(told { try open(scratch.file) } == sentence)
    #expect(told { _ = try JournalArchive(path: scratch.file) } == sentence)
    #expect(told { _ = try Verifier.verify(path: scratch.file) } == sentence)
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.file)) == before)

    let pipe = scratch.path + "/pipe.damcon"
    #expect(mkfifo(pipe, 0o600) == 0)
    #expect(told { try open(pipe) } == "\(pipe): is no file")
    #expect(told { _ = try JournalArchive(path: pipe) } == "\(pipe): is no file")
    let nowhere = scratch.path + "/nowhere/x.damcon"
    #expect(
      told { try open(nowhere) } == "\(nowhere): its folder is not there; nothing is recorded")
    #expect(told { _ = try JournalArchive(path: nowhere) } == "\(nowhere): is not there")
  }

  @Test("a table, view or trigger that no Damcon made is not read through")
  func strangers() throws {
    for sql in [
      "CREATE VIEW more AS SELECT * FROM batch",
      "CREATE TRIGGER more AFTER INSERT ON batch BEGIN DELETE FROM batch; END",
      "ALTER TABLE batch ADD COLUMN more TEXT",
    ] {
      let scratch = try Scratch()
      var story = Story()
      try story.write(3, to: scratch.file)
      let queue = try DatabaseQueue(path: scratch.file)
      try queue.write { try $0.execute(sql: sql) }
      try queue.close()
      #expect(
        told { try open(scratch.file) }
          == "\(scratch.file): is damaged: its tables are not those of a journal")
      #expect(try !Verifier.verify(path: scratch.file).isGood)
    }
  }

  @Test("a file of a newer Damcon is one sentence, and is left as it is")
  func newer() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(3, to: scratch.file)
    let queue = try DatabaseQueue(path: scratch.file)
    try queue.write { try $0.execute(sql: "PRAGMA user_version = 9") }
    try queue.close()
    let before = try Data(contentsOf: URL(fileURLWithPath: scratch.file))
    let sentence =
      "\(scratch.file): was written by a newer Damcon (form 9, this one knows 1); use that one"
    #expect(told { try open(scratch.file) } == sentence)
    #expect(told { _ = try JournalArchive(path: scratch.file) } == sentence)
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.file)) == before)
  }

  /// As it would be with one more table.
  private static let next = JournalSchema(
    version: 2, sql: JournalSchema.current.sql + "CREATE TABLE later (a INTEGER) STRICT;",
    migrations: [1: { try $0.execute(sql: "CREATE TABLE later (a INTEGER) STRICT") }])

  @Test("a file of an older one is brought to this one on a copy, and then swapped in")
  func older() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(30, to: scratch.file)
    let old = try JournalArchive(path: scratch.file)
    let number = try inode(scratch.file)

    // To read, nothing of it is changed.
    let before = try Data(contentsOf: URL(fileURLWithPath: scratch.file))
    do {
      let reading = try JournalConnection(reading: scratch.file, schema: Self.next)
      #expect(reading.path == scratch.file)
      let count = try reading.queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM batch") }
      #expect(count == 30)
    }
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.file)) == before)

    // Somebody has it open: nothing is swapped under them.
    _ = try old.span()
    #expect(
      told { _ = try JournalConnection(writing: scratch.file, schema: Self.next, isOwner: true) }
        == "\(scratch.file): is being held by another program")
    // Without the lock it is used as it is.
    _ = try JournalConnection(writing: scratch.file, schema: Self.next, isOwner: false)
    #expect(try story.all(of: old) == story.batches)
    withExtendedLifetime(old) {}
    #expect(try inode(scratch.file) == number)
  }

  @Test("an older file that nobody has open is swapped whole")
  func migrated() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(30, to: scratch.file)
    let number = try inode(scratch.file)
    do {
      let connection = try JournalConnection(
        writing: scratch.file, schema: Self.next, isOwner: true)
      let (version, count) = try connection.queue.read { db in
        (
          try Int.fetchOne(db, sql: "PRAGMA user_version"),
          try Int.fetchOne(db, sql: "SELECT count(*) FROM batch")
        )
      }
      #expect(version == 2 && count == 30)
    }
    #expect(try inode(scratch.file) != number)
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path).sorted()
        == ["shop.damcon", "shop.damcon.lock"])
    // A step that fails leaves the old one.
    let broken = JournalSchema(
      version: 3, sql: Self.next.sql,
      migrations: [2: { try $0.execute(sql: "CREATE TABLE batch (a)") }])
    #expect(
      told { _ = try JournalConnection(writing: scratch.file, schema: broken, isOwner: true) }
        != nil)
    _ = try JournalConnection(reading: scratch.file, schema: Self.next)
  }

  private func inode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
  }

  @Test("a folder that cannot be written to: no recording and a sentence; reading goes as ever")
  func readOnly() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(20, to: scratch.file)
    let last = story.sequence
    let closed = try Probe("read", scratch.file)
    try #require(closed.end())
    if geteuid() == 0 { #expect(closed.lines == ["\(scratch.file): may not be read by you"]) }
    chmod(scratch.file, 0o644)
    unlink(scratch.file + ".lock")
    chmod(scratch.path, 0o555)
    let writer = try Probe("write", scratch.file)
    try #require(writer.end())
    #expect(
      writer.lines == [
        "\(scratch.file): its folder cannot be written to; nothing is recorded, all else goes on"
      ])
    let reader = try Probe("read", scratch.file)
    try #require(reader.end())
    #expect(reader.lines == ["read \(last)"])
    chmod(scratch.path, 0o755)
  }

  @Test("a killed writer's log is read where nothing can be written beside it")
  func readOnlyLog() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    for _ in 0..<20 { try file.append(story.page()) }
    let folder = scratch.path + "/sent"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(
        atPath: scratch.file + suffix, toPath: folder + "/shop.damcon" + suffix)
      chmod(folder + "/shop.damcon" + suffix, 0o444)
    }
    chmod(folder, 0o555)
    let reader = try Probe("read", folder + "/shop.damcon")
    try #require(reader.end())
    #expect(reader.lines == ["read \(story.sequence)"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        == ["shop.damcon", "shop.damcon-wal"])
    chmod(folder, 0o755)
  }

  @Test("a copy without its log is a journal that ends earlier")
  func withoutLog() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    for _ in 0..<700 { try file.append(story.page()) }
    let copy = try scratch.copy("copy.damcon")
    let archive = try JournalArchive(path: copy)
    let all = try story.all(of: archive)
    #expect(all.count < 700 && all == Array(story.batches.prefix(all.count)))
  }

  private func open(_ path: String) throws {
    _ = try JournalFile(path: path, about: Story.about, heads: nil)
  }
}
