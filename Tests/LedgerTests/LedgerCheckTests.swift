import Foundation
import GRDB
import Journal
import Ledger
import Telemetry
import Testing

@Suite("What budgets have seen, checked beside the recording")
struct LedgerCheckTests {
  private let scratch: Scratch
  private var path: String { scratch.file }

  init() throws { scratch = try Scratch() }

  private func write() throws {
    let file = try LedgerFile(path: path)
    var memory = LedgerMemory()
    for hour in Int64(480_000)..<480_090 {
      var minutes = LedgerMemory.Minutes(hour: hour)
      for minute in 0..<60 { minutes[minute] = EventCount(bad: 1, total: 100) }
      memory.minutes.append(minutes)
    }
    try file.write([
      LedgerPage(
        kind: "service", owner: "cart", slo: "availability", meaning: "requests", memory: memory)
    ])
  }

  private func spoil(_ sql: String) throws {
    try DatabaseQueue(path: path).write { try $0.execute(sql: sql) }
  }

  @Test("what is as it was written needs no word")
  func whole() throws {
    try write()
    let check = try LedgerCheck(path: path)
    #expect(check.isGood)
    #expect(check.sentence == nil)
    // Old hours were summed up by the day.
    #expect(check.rows > 74)
  }

  @Test(
    "damage is told of in a sentence of its own, and the recording is not called altered",
    arguments: [
      "UPDATE ledger_minutes SET counts = zeroblob(40) WHERE hour = 480050",
      "UPDATE ledger_hours SET counts = CAST(x'01' || counts AS BLOB) WHERE day = 20000",
      "UPDATE ledger_minutes SET hour = hour + 500 WHERE hour = 480050",
      "DELETE FROM ledger_account",
    ])
  func damaged(sql: String) throws {
    try write()
    try spoil(sql)
    let check = try LedgerCheck(path: path)
    #expect(!check.isGood)
    let sentence = try #require(check.sentence)
    #expect(sentence.hasPrefix("budgets: "))
    #expect(sentence.hasSuffix("entries are not touched by it"))
    #expect(sql.hasPrefix("DELETE") ? check.broken == check.rows : check.broken == 1)
    #expect(try Verifier.verify(path: path).isGood)
  }

  @Test("pages that are no longer a database's are told of too")
  func pages() throws {
    try write()
    let (page, size) = try DatabaseQueue(path: path).inDatabase { db in
      _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
      return (
        try Int.fetchOne(
          db, sql: "SELECT rootpage FROM sqlite_master WHERE name = 'ledger_minutes'"),
        try Int.fetchOne(db, sql: "PRAGMA page_size")
      )
    }
    var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    let start = (try #require(page) - 1) * (try #require(size))
    for place in start..<start + 64 { bytes[place] = 0xff }
    try bytes.write(to: URL(fileURLWithPath: path))
    let check = try LedgerCheck(path: path)
    #expect(!check.isGood)
    #expect(check.sentence?.contains("cannot be read") == true)
  }
}
