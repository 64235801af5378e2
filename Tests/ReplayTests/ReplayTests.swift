import Exposition
import Fleet
import Incident
import Recording
import Replay
import Testing

@Suite("A recording replayed")
struct ReplayTests {
  /// A run in batches of about a second, with a keyframe every so many batches.
  private func archive(_ entries: [Entry], keyframeEvery: Int?) throws -> (
    MemoryArchive, [UInt64: [UInt8]]
  ) {
    let archive = MemoryArchive()
    var maker = BatchMaker()
    var live = State(began: Instant(wall: 0, offset: 0))
    var states: [UInt64: [UInt8]] = [:]
    var begin: Int64?
    for entry in entries {
      if let begun = begin, entry.instant.offset - begun > 1_000_000_000 || entry.event.isAudited {
        let batch = maker.finish()
        archive.all.append(try #require(batch))
        if let keyframeEvery, archive.all.count.isMultiple(of: keyframeEvery) {
          archive.take(try maker.keyframe(live))
        }
        begin = nil
      }
      begin = begin ?? entry.instant.offset
      try maker.add(entry)
      live.apply(entry)
      if entry.sequence % 23 == 0 || entry.sequence == entries.last?.sequence {
        states[entry.sequence] = try live.canonicalBytes()
      }
    }
    if let batch = maker.finish() { archive.all.append(batch) }
    return (archive, states)
  }

  @Test("what is read from batches is what was written, bit for bit", arguments: 1...12)
  func batches(seed: UInt64) throws {
    let entries = RandomRun(seed: seed, entries: 700).entries
    let (archive, _) = try archive(entries, keyframeEvery: 5)
    var decoder = EntryDecoder()
    var read: [Entry] = []
    for batch in archive.all { read += try decoder.entries(of: batch) }
    #expect(read.count == entries.count)
    for (a, b) in zip(read, entries) where !same(a, b) {
      Issue.record("entry \(b.sequence): \(b.event) came back as \(a.event)")
      break
    }
  }

  @Test("history that is over is kept once, and a keyframe that has lost it is passed by")
  func chunks() throws {
    let entries = RandomRun(seed: 3, entries: 1500).entries
    let (archive, states) = try archive(entries, keyframeEvery: 8)
    #expect(archive.blobs.count > 10)
    #expect(archive.uses > 2 * archive.blobs.count)
    let ends = states.keys.sorted().suffix(12)
    let player = try Player(archive)
    for target in ends.reversed() {
      try player.seek(to: target)
      #expect(try player.state.canonicalBytes() == states[target], "entry \(target)")
    }
    archive.blobs = [:]
    let other = try Player(archive)
    for target in ends.suffix(2) {
      try other.seek(to: target)
      #expect(try other.state.canonicalBytes() == states[target], "entry \(target)")
    }
  }

  /// NaN is not equal to itself; its bits are.
  private func same(_ a: Entry, _ b: Entry) -> Bool {
    if a == b { return true }
    guard case .scrape(let t, let x) = a.event, case .scrape(let u, let y) = b.event,
      case .extracted(let v, let m) = x.outcome, case .extracted(let w, let n) = y.outcome
    else { return false }
    return t == u && m == n && a.instant == b.instant && x.duration == y.duration
      && v.defined == w.defined && v.epoch == w.epoch && v.exemplars == w.exemplars
      && v.violations == w.violations && v.sampleCount == w.sampleCount
      && v.readings.map(\.series) == w.readings.map(\.series)
      && v.readings.map(\.value.bitPattern) == w.readings.map(\.value.bitPattern)
  }

  @Test(
    "whatever way leads to an entry, its state is the one that was live", arguments: 20...27,
    [nil, 3, 17])
  func seeks(seed: UInt64, keyframeEvery: Int?) throws {
    let entries = RandomRun(seed: seed, entries: 900).entries
    let (archive, states) = try archive(entries, keyframeEvery: keyframeEvery)
    let player = try Player(archive)
    var dice = SplitMix(state: seed)
    let known = states.keys.sorted()
    for _ in 0..<25 {
      let target = known[Int(dice.next() % UInt64(known.count))]
      if dice.next() % 3 == 0 {
        let entry = entries[Int(target - 1)]
        try player.seek(toOffset: entry.instant.offset)
        #expect(player.now.offset <= entry.instant.offset)
        #expect(player.sequence >= target)
      }
      try player.seek(to: target)
      #expect(player.sequence == target)
      #expect(try player.state.canonicalBytes() == states[target], "entry \(target)")
    }
  }

  @Test("a state read from a keyframe goes on like the one it was made of")
  func keyframeGoesOn() throws {
    let entries = RandomRun(seed: 99, entries: 1200).entries
    var live = State(began: entries[0].instant)
    for entry in entries.prefix(600) { live.apply(entry) }
    var back = try State(canonicalBytes: live.canonicalBytes())
    for entry in entries.dropFirst(600) {
      live.apply(entry)
      back.apply(entry)
    }
    #expect(try live.canonicalBytes() == back.canonicalBytes())
  }

  @Test("bytes that are not a batch cost an error, never a crash or a hang", arguments: 1...40)
  func hostile(seed: UInt64) throws {
    let entries = RandomRun(seed: seed % 5, entries: 200).entries
    let (archive, _) = try archive(entries, keyframeEvery: nil)
    var dice = SplitMix(state: seed)
    for batch in archive.all {
      var decoder = EntryDecoder()
      var bad = batch
      for _ in 0...dice.next() % 4 {
        let place = Int(dice.next() % UInt64(bad.body.count))
        if dice.next() % 5 == 0 {
          bad.body.removeSubrange(place...)
        } else {
          bad.body[place] = UInt8(truncatingIfNeeded: dice.next())
        }
        if bad.body.isEmpty { bad.body = [1] }
      }
      if dice.next() % 3 == 0 { bad.last = bad.first + dice.next() % 2_000_000 }
      // Another value may come of it: the file's chain tells that, not the coder.
      _ = try? decoder.entries(of: bad)
    }
  }
}
