import Fleet
import Foundation
import GRDB
import Journal
import Recording
import Testing

@Suite("A journal that is cut or damaged")
struct DamageTests {
  private struct Whole {
    let scratch: Scratch
    let story: Story
    let bytes: [UInt8]

    init(_ pages: Int) throws {
      scratch = try Scratch()
      var story = Story()
      try story.write(pages, to: scratch.file)
      self.story = story
      bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: scratch.file)))
    }

    var pageSize: Int { Int(bytes[16]) << 8 | Int(bytes[17]) }
    var pageCount: Int { bytes.count / pageSize }

    func put(_ bytes: [UInt8]) throws -> String {
      let path = scratch.path + "/damaged.damcon"
      for suffix in ["-wal", "-shm"] { unlink(path + suffix) }
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      return path
    }

    /// Reads all there is and verifies it: whatever happened, nothing is told that was not written.
    func judge(_ path: String, _ what: String) {
      var found = 0
      if let archive = try? JournalArchive(path: path) {
        let lies = story.falsehoods(of: archive)
        #expect(lies.isEmpty, "\(what): \(lies)")
        found = ((try? story.all(of: archive)) ?? []).count
        _ = archive.damage?.description
      }
      if let verification = try? Verifier.verify(path: path), verification.isGood {
        #expect(found == story.batches.count, "\(what): \(found) of \(story.batches.count)")
      }
    }
  }

  @Test("one that was cut at any page is known to be, with how much is missing")
  func cutAtPages() throws {
    let whole = try Whole(120)
    let size = whole.pageSize
    var most = 0
    for count in 1..<whole.pageCount {
      let path = try whole.put(Array(whole.bytes.prefix(count * size)))
      let verification = try Verifier.verify(path: path)
      #expect(verification.finding == .cut, "\(count)")
      let missing = whole.bytes.count - count * size
      if let damage = verification.damage {
        #expect(damage.missingBytes == missing)
        #expect(
          verification.sentences[0].contains(
            "\(missing) of \(whole.bytes.count) bytes are missing"))
      }
      whole.judge(path, "\(count) pages")
      if let archive = try? JournalArchive(path: path) {
        most = max(most, try whole.story.all(of: archive).count)
        #expect(archive.damage != nil)
      }
    }
    // Nearly all of it can be read where only the last page is gone.
    #expect(most > 100)
  }

  @Test("one that was cut anywhere is read as far as it goes")
  func cutAnywhere() throws {
    let whole = try Whole(60)
    var dice = Dice(7)
    for _ in 0..<60 {
      let count = Int.random(in: 0..<whole.bytes.count, using: &dice)
      let path = try whole.put(Array(whole.bytes.prefix(count)))
      whole.judge(path, "\(count) bytes")
      #expect((try? Verifier.verify(path: path).isGood) != true, "\(count) bytes")
    }
  }

  @Test("flipped bits cost what they hit and are never believed")
  func flippedBits() throws {
    let whole = try Whole(60)
    var dice = Dice(11)
    for round in 0..<250 {
      var bytes = whole.bytes
      for _ in 0..<Int.random(in: 1...(round % 5 == 0 ? 40 : 3), using: &dice) {
        // Every other one where pages say what is on them.
        let page = Int.random(in: 0..<whole.pageCount, using: &dice) * whole.pageSize
        let place =
          Bool.random(using: &dice)
          ? page + Int.random(in: 0..<64, using: &dice)
          : Int.random(in: bytes.indices, using: &dice)
        bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &dice)
      }
      whole.judge(try whole.put(bytes), "round \(round)")
    }
  }

  @Test("pages that were swapped, emptied, repeated or given absurd sizes end in an answer")
  func mangledPages() throws {
    let whole = try Whole(60)
    let size = whole.pageSize
    var dice = Dice(13)
    for round in 0..<200 {
      var bytes = whole.bytes
      let one = Int.random(in: 0..<whole.pageCount, using: &dice) * size
      let other = Int.random(in: 0..<whole.pageCount, using: &dice) * size
      switch round % 5 {
      case 0:
        let kept = Array(bytes[one..<one + size])
        bytes.replaceSubrange(one..<one + size, with: bytes[other..<other + size])
        bytes.replaceSubrange(other..<other + size, with: kept)
      case 1: bytes.replaceSubrange(one..<one + size, with: repeatElement(0, count: size))
      case 2: bytes.replaceSubrange(one..<one + size, with: whole.bytes[other..<other + size])
      case 3:
        let start = one + Int.random(in: 0..<size - 8, using: &dice)
        bytes.replaceSubrange(start..<start + 8, with: repeatElement(0xff, count: 8))
      default:
        let start = one + Int.random(in: 0..<32, using: &dice)
        bytes.replaceSubrange(start..<start + 4, with: dice.bytes(4))
      }
      whole.judge(try whole.put(bytes), "round \(round)")
    }
  }

  @Test("every page in turn: what is on the others can still be read")
  func eachPage() throws {
    let whole = try Whole(120)
    for page in 0..<whole.pageCount {
      var bytes = whole.bytes
      for place in 0..<whole.pageSize { bytes[page * whole.pageSize + place] ^= 0xa5 }
      let path = try whole.put(bytes)
      whole.judge(path, "page \(page)")
      // Ten batches stand on a page; a keyframe or the schema takes none with it.
      guard page > 0, let archive = try? JournalArchive(path: path) else { continue }
      #expect(try whole.story.all(of: archive).count >= 105, "page \(page)")
    }
  }

  @Test("a spoilt first page does not cost the rest")
  func firstPage() throws {
    let whole = try Whole(60)
    var bytes = whole.bytes
    for place in 0..<4096 { bytes[place] = 0x20 }
    // It no longer says that it is a journal, which anything might be.
    #expect(throws: JournalError.self) { try JournalArchive(path: whole.put(bytes)) }
    bytes = whole.bytes
    for place in 100..<whole.pageSize { bytes[place] = 0x20 }
    let archive = try JournalArchive(path: whole.put(bytes))
    #expect(try whole.story.all(of: archive) == whole.story.batches)
    #expect(archive.damage != nil)
  }

  @Test("a log left by a kill is read, and one that was damaged costs its own entries")
  func damagedLog() throws {
    let scratch = try Scratch()
    var story = Story()
    let file = try JournalFile(path: scratch.file, about: Story.about, heads: nil)
    for _ in 0..<100 { try file.append(story.page()) }
    let copy = scratch.path + "/copy.damcon"
    try FileManager.default.copyItem(atPath: scratch.file, toPath: copy)
    let log = try [UInt8](Data(contentsOf: URL(fileURLWithPath: scratch.file + "-wal")))
    var dice = Dice(3)
    for round in 0..<40 {
      var bytes = log
      if round % 2 == 0 {
        bytes = Array(log.prefix(Int.random(in: 0..<log.count, using: &dice)))
      } else if round > 1 {
        bytes[Int.random(in: log.indices, using: &dice)] ^= 4
      }
      unlink(copy + "-shm")
      try Data(bytes).write(to: URL(fileURLWithPath: copy + "-wal"))
      if let archive = try? JournalArchive(path: copy) {
        #expect(story.falsehoods(of: archive).isEmpty, "round \(round)")
        let all = try story.all(of: archive)
        // What is there is a beginning of what was written.
        #expect(all == Array(story.batches.prefix(all.count)), "round \(round)")
      }
    }
  }

  @Test("values that unpack to more than they say, or to far more than was read, are not kept")
  func bombs() throws {
    let scratch = try Scratch()
    var story = Story()
    try story.write(10, to: scratch.file)
    let bomb = Zstd.pack([UInt8](repeating: 0, count: 64 << 20))
    let hash = ContentHash(of: [1])
    let queue = try DatabaseQueue(path: scratch.file)
    try queue.write { db in
      for number in 0..<40 {
        try db.execute(
          sql: "INSERT INTO blob (hash, form, size, body) VALUES (?, 1, ?, ?)",
          arguments: [Data(hash.bytes.dropLast() + [UInt8(number)]), 256 << 20, Data(bomb)])
      }
    }
    try queue.close()
    let archive = try JournalArchive(path: scratch.file)
    #expect(try archive.blob(hash) == nil)
    let began = ContinuousClock.now
    #expect(try !Verifier.verify(path: scratch.file).isGood)
    #expect(ContinuousClock.now - began < .seconds(20))
  }

  @Test("a tree of pages that leads to the same rows again and again comes to an end")
  func circles() throws {
    let whole = try Whole(400)
    // Each inner page's pointers all lead to one and the same page.
    for page in 0..<whole.pageCount {
      var bytes = whole.bytes
      let start = page * whole.pageSize + (page == 0 ? 100 : 0)
      guard bytes[start] == 0x05 else { continue }
      let count = Int(bytes[start + 3]) << 8 | Int(bytes[start + 4])
      for number in 0..<count {
        let at = start + 12 + 2 * number
        let cell = page * whole.pageSize + (Int(bytes[at]) << 8 | Int(bytes[at + 1]))
        for place in 0..<4 { bytes[cell + place] = bytes[start + 8 + place] }
      }
      whole.judge(try whole.put(bytes), "page \(page)")
    }
  }
}
