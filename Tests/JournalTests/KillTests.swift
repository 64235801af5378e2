import Fleet
import Foundation
import Incident
import Journal
import Ledger
import Recording
import Telemetry
import Testing

@Suite("A journal whose writer is killed", .serialized)
struct KillTests {
  /// `DAMCON_KILLS` of the environment, for hundreds of them.
  private static let rounds =
    ProcessInfo.processInfo.environment["DAMCON_KILLS"].flatMap(Int.init) ?? 30

  /// A batch as the writer said that it was in the file.
  private struct Said {
    var isAudit: Bool
    var first: UInt64
    var last: UInt64
    var name: String
    var link: String

    init?(_ line: String) {
      let words = line.split(separator: " ")
      guard words.count == 5, words[0] == "audit" || words[0] == "entry",
        let first = UInt64(words[1]), let last = UInt64(words[2])
      else { return nil }
      isAudit = words[0] == "audit"
      self.first = first
      self.last = last
      name = String(words[3])
      link = String(words[4])
    }
  }

  @Test(
    "at every kind of write, under load: it opens, the chain verifies, nothing acknowledged is missing"
  )
  func killed() throws {
    let scratch = try Scratch()
    var dice = Dice(UInt64(Date().timeIntervalSince1970 * 1000))
    var said: [Said] = []
    var minutes: Set<Int64> = []
    var audits = 0
    for round in 0..<Self.rounds {
      let probe = try Probe("record", scratch.file, "\(dice.next())")
      try #require(probe.wait(lines: 5), "\(probe.lines)")
      usleep(UInt32.random(in: 0...120_000, using: &dice))
      probe.kill()
      try #require(probe.end())
      let lines = probe.lines
      #expect(!lines.contains { $0.hasPrefix("/") }, "\(lines.filter { $0.hasPrefix("/") })")
      said += lines.compactMap(Said.init)
      minutes.formUnion(
        lines.filter { $0.hasPrefix("minute ") }.compactMap { Int64($0.dropFirst(7)) })
      audits += lines.count { $0.hasPrefix("audit") }

      let heads = said.suffix(50).filter(\.isAudit).compactMap { said in
        Link(hex: said.link).map { JournalHead(sequence: said.last, link: $0) }
      }
      let verification = try Verifier.verify(path: scratch.file, heads: heads)
      #expect(verification.isGood, "round \(round): \(verification.sentences)")
      #expect(verification.gaps.isEmpty)
      let archive = try JournalArchive(path: scratch.file)
      var kept: [UInt64: String] = [:]
      // The ledger's thread can be killed before the first page was written: then there is none.
      guard let begin = try archive.span()?.firstSequence else {
        #expect(said.isEmpty, "round \(round)")
        continue
      }
      var last = begin - 1
      while case let batches = try archive.batches(after: last, limit: 500), !batches.isEmpty {
        for batch in batches {
          kept[batch.first] = Link(ContentHash(of: batch.body).bytes)?.description
          last = batch.last
        }
      }
      for batch in said where batch.first >= begin {
        #expect(kept[batch.first] == batch.name, "round \(round): entry \(batch.first)")
      }
      // What retention has left can be decoded from its beginning on.
      if begin > 1 {
        #expect(try archive.keyframe(at: begin - 1)?.base == .some(nil), "round \(round)")
      }
      #expect(archive.damage == nil)
      said = said.filter { $0.first >= begin }
    }
    #expect(audits > Self.rounds)
    // The ledger's minutes, in the same file, by the same rule.
    let asked = LedgerPage(
      kind: "service", owner: "cart", slo: "availability", meaning: "requests",
      memory: LedgerMemory())
    let pages = try LedgerFile(path: scratch.file).pages([asked])
    let total = pages.first.map { page in
      page.memory.minutes.flatMap(\.events).compactMap(\.self).reduce(.none, +).total
        + page.memory.hours.map(\.events).reduce(.none, +).total
    }
    #expect(total ?? 0 > 0)
    #expect(!minutes.isEmpty)
  }

  @Test("one writer a fleet: a second one is told who, and gets it once the first one is dead")
  func twoWriters() throws {
    let scratch = try Scratch()
    let first = try Probe("hold", scratch.file)
    try #require(first.wait(lines: 1))
    #expect(first.lines == ["held 0"])
    let second = try Probe("hold", scratch.file)
    try #require(second.end())
    let sentence = try #require(second.lines.first)
    #expect(
      sentence.contains(
        /^.*shop\.damcon: recorded by another Damcon \(pid [0-9]+\) since [0-9]{2}:[0-9]{2} UTC$/),
      "\(sentence)")
    #expect(sentence.contains("(pid \(first.id))"))
    // Readers and the ledger do not ask for it.
    #expect(try JournalArchive(path: scratch.file).span() == nil)
    _ = try LedgerFile(path: scratch.file)
    first.kill()
    try #require(first.end())
    let third = try Probe("hold", scratch.file)
    try #require(third.wait(lines: 1))
    #expect(third.lines == ["held 0"])
  }
}
