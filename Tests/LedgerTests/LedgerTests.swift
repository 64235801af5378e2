import Foundation
import GRDB
import Journal
import Ledger
import Telemetry
import Testing

/// A folder of a test's own, gone when it is.
final class Scratch {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "damcon-ledger-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  var file: String { path + "/shop.damcon" }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A page about an objective with `count` minutes from `first` on, `total` events in each.
func page(
  _ slo: String = "availability", from first: Int64, _ count: Int = 1, bad: UInt64 = 1,
  total: UInt64 = 10
) -> LedgerPage {
  var hours: [LedgerMemory.Minutes] = []
  for place in first..<first + Int64(count) {
    if hours.last?.hour != place / 60 { hours.append(.init(hour: place / 60)) }
    hours[hours.count - 1][Int(place % 60)] = EventCount(bad: bad, total: total)
  }
  return LedgerPage(
    kind: "service", owner: "cart", slo: slo, meaning: "requests",
    memory: LedgerMemory(minutes: hours))
}

let asked = LedgerPage(
  kind: "service", owner: "cart", slo: "availability", meaning: "requests", memory: LedgerMemory())

@Suite("The ledger's file")
struct LedgerFileTests {
  private let began: Int64 = 29_900_040

  private func events(_ file: LedgerFile) throws -> EventCount {
    let memory = try file.pages([asked]).first?.memory ?? LedgerMemory()
    let minutes = memory.minutes.flatMap(\.events).compactMap(\.self)
    return minutes.reduce(.none, +) + memory.hours.map(\.events).reduce(.none, +)
  }

  @Test("what was written is there for the next run, minute for minute")
  func restart() throws {
    let scratch = try Scratch()
    do {
      let file = try LedgerFile(path: scratch.file)
      try file.write([page(from: began, 100)])
    }
    let file = try LedgerFile(path: scratch.file)
    let kept = try #require(try file.pages([asked]).first)
    #expect(kept == page(from: began, 100))
    #expect(kept.memory.last == began + 99)
    let stranger = LedgerPage(
      kind: "service", owner: "cart", slo: "availability", meaning: "within 5 ns",
      memory: LedgerMemory())
    #expect(try file.pages([stranger]).isEmpty)
  }

  @Test("a minute that somebody else has written is left as it is; one's own may be told better")
  func twoWriters() throws {
    let scratch = try Scratch()
    let first = try LedgerFile(path: scratch.file)
    let second = try LedgerFile(path: scratch.file)
    try first.write([page(from: began, 3)])
    try second.write([page(from: began, 5, total: 10)])
    #expect(try events(first).total == 50)
    // A scrape after a gap told the first one more of its minutes.
    try first.write([page(from: began, 5, bad: 2, total: 100)])
    #expect(try events(second).total == 320)
    try second.write([page(from: began, 5, bad: 2, total: 200)])
    #expect(try events(first).total == 3 * 100 + 2 * 200)
  }

  @Test("two Damcons that write at once lose nothing and add nothing twice")
  func atOnce() throws {
    let scratch = try Scratch()
    let path = scratch.file
    _ = try LedgerFile(path: path)
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      do {
        let file = try LedgerFile(path: path)
        for step in 0..<30 { try file.write([page(from: began + Int64(step), 2)]) }
      } catch { Issue.record("\(error)") }
    }
    #expect(try events(LedgerFile(path: path)) == EventCount(bad: 31, total: 310))
  }

  @Test("minutes older than three days become hours, once, and every event stays")
  func folds() throws {
    let scratch = try Scratch()
    let file = try LedgerFile(path: scratch.file)
    try file.write([page(from: began, 600)])
    for day in 1...6 { try file.write([page(from: began + Int64(day) * 1440, 60)]) }
    #expect(try events(file) == EventCount(bad: 960, total: 9600))
    let memory = try #require(try file.pages([asked]).first?.memory)
    #expect(memory.minutes.count <= 75)
    #expect(memory.hours.first { $0.hour == began / 60 }?.seen == 60)
    // They are there for the next run's sums as well.
    var ledger = SLOLedger(windows: [30 * 1440])
    ledger.roll(to: began + 6 * 1440 + 60)
    ledger.remember(memory)
    #expect(ledger.sum(over: 30 * 1440)?.events == EventCount(bad: 960, total: 9600))
    // A year later nothing of it is held.
    try file.write([page(from: began + 400 * 1440, 1)])
    try file.write([page(from: began + 401 * 1440, 1)])
    #expect(try events(file).total == 20)
  }

  @Test("large counts survive, minutes without events are no gaps")
  func extremes() throws {
    let scratch = try Scratch()
    let file = try LedgerFile(path: scratch.file)
    let most = UInt64(UInt32.max) - 1
    try file.write([page(from: began, 1, bad: most, total: most)])
    try file.write([page(from: began + 1, 1, bad: 0, total: 0)])
    let memory = try #require(try file.pages([asked]).first?.memory)
    #expect(memory.minutes[0][Int(began % 60)] == EventCount(bad: most, total: most))
    #expect(memory.minutes[0][Int(began % 60) + 1] == EventCount.none)
    #expect(memory.minutes[0][Int(began % 60) + 2] == nil)
  }

  @Test("a file that is no ledger, or of another program, is one sentence and is left alone")
  func foreign() throws {
    let scratch = try Scratch()
    let text = "not a database, but a letter to my aunt\n"
    try text.write(toFile: scratch.file, atomically: true, encoding: .utf8)
    #expect(
      told { _ = try LedgerFile(path: scratch.file) }
        == "\(scratch.file): is no journal, or a database of another program; move it away")
    #expect(try String(contentsOfFile: scratch.file, encoding: .utf8) == text)

    let other = scratch.path + "/other.damcon"
    try DatabaseQueue(path: other).write { try $0.execute(sql: "CREATE TABLE songs (a)") }
    let before = try Data(contentsOf: URL(fileURLWithPath: other))
    #expect(
      told { _ = try LedgerFile(path: other) }
        == "\(other): is no journal, or a database of another program; move it away")
    #expect(try Data(contentsOf: URL(fileURLWithPath: other)) == before)

    let newer = scratch.path + "/newer.damcon"
    _ = try LedgerFile(path: newer)
    try DatabaseQueue(path: newer).write { try $0.execute(sql: "PRAGMA user_version = 9") }
    #expect(told { _ = try LedgerFile(path: newer) }?.hasSuffix("use that one") == true)
    #expect(
      told { _ = try LedgerFile(path: scratch.path + "/nowhere/x.sqlite") }
        == "\(scratch.path)/nowhere/x.sqlite: cannot be opened; may its folder be written to?")
  }

  @Test("counts that were tampered with count as not seen; the rest stays, and is written on")
  func damaged() throws {
    let scratch = try Scratch()
    let file = try LedgerFile(path: scratch.file)
    try file.write([page(from: began, 120)])
    let whole = try events(file)
    #expect(file.leftOut == 0)
    let hour = began / 60 + 1
    try DatabaseQueue(path: scratch.file).write { db in
      let counts = try #require(
        try Data.fetchOne(
          db, sql: "SELECT counts FROM ledger_minutes WHERE hour = ?", arguments: [hour]))
      var bytes = [UInt8](counts)
      bytes[4] ^= 2
      try db.execute(
        sql: "UPDATE ledger_minutes SET counts = ? WHERE hour = ?", arguments: [Data(bytes), hour])
    }
    #expect(try events(file).total == whole.total - 600)
    #expect(file.leftOut == 1)
    try file.write([page(from: hour * 60, 60)])
    #expect(try events(file) == whole)
  }

  @Test("what an earlier Damcon kept in a file of its own is taken over, once")
  func takenOver() throws {
    let scratch = try Scratch()
    let folder = scratch.path + "/ledger"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    let earlier = folder + "/shop.sqlite"
    func make(_ total: UInt8) throws {
      let queue = try DatabaseQueue(path: earlier)
      try queue.inDatabase { db in
        try db.execute(
          sql: """
            PRAGMA journal_mode = WAL;
            PRAGMA application_id = \(0x4441_4d4c);
            PRAGMA user_version = 1;
            CREATE TABLE account (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner TEXT NOT NULL,
              slo TEXT NOT NULL, meaning TEXT NOT NULL, UNIQUE (kind, owner, slo, meaning)) STRICT;
            CREATE TABLE minutes (hour INTEGER NOT NULL, account INTEGER NOT NULL,
              counts BLOB NOT NULL, PRIMARY KEY (hour, account)) STRICT, WITHOUT ROWID;
            CREATE TABLE hours (day INTEGER NOT NULL, account INTEGER NOT NULL,
              counts BLOB NOT NULL, PRIMARY KEY (day, account)) STRICT, WITHOUT ROWID;
            INSERT INTO account VALUES (7, 'service', 'cart', 'availability', 'requests');
            """)
        // Sixty minutes of so many events, none bad; an hour of a day before, seen whole.
        let hour = Data((0..<60).flatMap { _ in [total + 1, 0] })
        let day = Data([60, 100, 5] + [UInt8](repeating: 0, count: 23))
        try db.execute(
          sql: "INSERT INTO minutes VALUES (?, 7, ?)", arguments: [began / 60, hour])
        try db.execute(
          sql: "INSERT INTO hours VALUES (?, 7, ?)", arguments: [began / 1440 - 5, day])
      }
      try queue.close()
    }
    try make(3)
    let file = try LedgerFile(path: scratch.file)
    #expect(try events(file) == EventCount(bad: 5, total: 280))
    #expect(!FileManager.default.fileExists(atPath: earlier))
    #expect(FileManager.default.fileExists(atPath: earlier + ".taken"))
    // What another old Damcon has written since is no second counting of the same minutes.
    try make(9)
    #expect(try events(LedgerFile(path: scratch.file)) == EventCount(bad: 5, total: 280))
    // One that is no ledger is left alone, and costs nothing.
    try "a letter".write(toFile: earlier, atomically: true, encoding: .utf8)
    #expect(try events(LedgerFile(path: scratch.file)).total == 280)
    #expect(try String(contentsOfFile: earlier, encoding: .utf8) == "a letter")
  }

  @Test("the ledger is written while another process records into the same file")
  func besideJournal() throws {
    let scratch = try Scratch()
    let about = About(fleet: "shop", madeBy: "1.0", made: 1)
    let journal = try JournalFile(path: scratch.file, about: about, heads: nil)
    let file = try LedgerFile(path: scratch.file)
    try file.write([page(from: began, 5)])
    #expect(try events(file).total == 50)
    #expect(try Verifier.verify(path: scratch.file).isGood)
    try journal.close()
    #expect(try events(LedgerFile(path: scratch.file)).total == 50)
  }

  @Test("a full disk is one sentence; what was not written is not taken for written")
  func full() throws {
    let scratch = try Scratch()
    let file = try LedgerFile(path: scratch.file)
    try file.write([page(from: began)])
    try file.limit(pages: 8)
    var reason: String?
    for slo in 0..<400 where reason == nil {
      reason = told { try file.write([page("slo-\(slo)", from: began, 60)]) }
    }
    #expect(reason == "\(scratch.file): cannot be written: the disk is full")
    try file.limit(pages: 1 << 20)
    try file.write([page(from: began, 2, total: 20)])
    #expect(try events(file).total == 40)
  }

  @Test("what a killed process had written is there; the next run goes on from it")
  func killed() throws {
    let scratch = try Scratch()
    let file = try LedgerFile(path: scratch.file)
    try file.write([page(from: began, 10)])
    // Its write-ahead log is copied while it is open, as a kill would leave it.
    let copy = scratch.path + "/copy.damcon"
    for suffix in ["", "-wal"] {
      try FileManager.default.copyItem(atPath: scratch.file + suffix, toPath: copy + suffix)
    }
    #expect(try events(LedgerFile(path: copy)).total == 100)
  }

  private func told(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return "\(error)" }
  }
}

@Suite("Keeping what a watch counts")
struct LedgerPlaceTests {
  @Test("a fleet's budgets are kept in its journal's file")
  func place() throws {
    let scratch = try Scratch()
    let path = try LedgerPlace.path(of: "shop", in: scratch.path + "/state/damcon")
    #expect(path == scratch.path + "/state/damcon/shop.damcon")
    _ = try LedgerFile(path: path)
  }
}
