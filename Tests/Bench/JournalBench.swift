import Canonical
import Fleet
import Foundation
import Glibc
import Incident
import Recording

/// What a journal costs on the named workload.
struct JournalBench {
  private let options: Options

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    do { try experiment() } catch { throw BenchError("\(error)") }
  }

  private func experiment() throws {
    var workload = NamedWorkload()
    var state = State(began: NamedWorkload.began)
    var encoder = EntryEncoder()
    var decoder = EntryDecoder()
    var total = 0
    var encodeTime: Int64 = 0, decodeTime: Int64 = 0, applyTime: Int64 = 0, keyTime: Int64 = 0
    var keyBytes = 0, keys = 0
    var base: Keyframe?
    var entriesCount = 0
    func feed(_ entries: [Entry]) throws {
      var at = 0
      while at < entries.count {
        // A second.
        let start = at
        while at < entries.count,
          entries[at].instant.offset / 1_000_000_000 == entries[start].instant.offset
            / 1_000_000_000
        { at += 1 }
        let slice = entries[start..<at]
        var t = Clock.threadTime()
        for entry in slice { try encoder.append(entry) }
        let body = encoder.finish()!
        encodeTime += Clock.threadTime() - t
        total += body.count + 80
        t = Clock.threadTime()
        let back = try decoder.entries(
          of: Batch(
            kind: .observations, first: slice.first!.sequence, last: slice.last!.sequence,
            begin: slice.first!.instant, end: slice.last!.instant, body: body))
        decodeTime += Clock.threadTime() - t
        guard back == Array(slice) else { throw BenchError("differs") }
        t = Clock.threadTime()
        for entry in slice { state.apply(entry) }
        applyTime += Clock.threadTime() - t
        entriesCount += slice.count
      }
    }
    var first: [Entry] = []
    workload.begin { first.append($0) }
    try feed(first)
    print("begin", total)
    total = 0
    for minute in 0..<(options.quick ? 20 : 120) {
      var entries: [Entry] = []
      for _ in 0..<12 { workload.poll { entries.append($0) } }
      try feed(entries)
      let t = Clock.threadTime()
      let memory = try encoder.endStretch()
      let key = try Keyframe(state, memory: memory)
      let isBase = minute % 16 == 0
      let packed = key.packed(from: isBase ? nil : base)
      keyTime += Clock.threadTime() - t
      if isBase {
        base = key; print("base", packed.count, "memory", memory.count, Zstd.pack(memory).count)
      } else {
        keyBytes += packed.count; keys += 1
      }
      if minute % 16 == 15 { print("patch", packed.count) }
      if minute == 5 || minute == 19 {
        let t = ContinuousClock.now
        let back = try Keyframe(unpacking: packed, from: isBase ? nil : base)
        let u = ContinuousClock.now
        let s = try back.state()
        print("unpack", u - t, "decode", ContinuousClock.now - u)
        guard try s.canonicalBytes() == state.canonicalBytes() else {
          throw BenchError("state differs")
        }
      }
    }
    let minutes = options.quick ? 20.0 : 120.0
    print(
      "changed each",
      Double(workload.changed) / Double(workload.readings) * Double(workload.seriesEach), "of",
      workload.seriesEach)
    print(
      "bytes a changed sample", Double(total) / Double(workload.changed), "per day MB",
      Double(total) / minutes * 1440 / 1e6)
    print(
      "encode us/entry", Double(encodeTime) / 1e3 / Double(entriesCount), "decode",
      Double(decodeTime) / 1e3 / Double(entriesCount), "apply",
      Double(applyTime) / 1e3 / Double(entriesCount))
    print("keyframe", keyBytes / max(1, keys), "ms", Double(keyTime) / 1e6 / minutes)
  }
}
