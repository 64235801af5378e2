import Canonical
import Foundation
import Glibc
import Incident

/// What a journal costs on the named workload.
struct JournalBench {
  private let options: Options

  init(_ options: Options) { self.options = options }

  func run() throws(BenchError) {
    var workload = NamedWorkload()
    var state = State(began: NamedWorkload.began)
    var before = Clock.threadTime()
    workload.begin { state.apply($0) }
    for _ in 0..<720 { workload.poll { state.apply($0) } }
    print(
      "series each", workload.seriesEach, "changed a poll", Double(workload.changed) / 721 / 100)
    func mark(_ what: String) {
      let now = Clock.threadTime()
      print(what, Double(now - before) / 1e6, "ms")
      before = Clock.threadTime()
    }
    mark("hour with workload")
    do {
      for round in 0..<3 {
        var entries: [Entry] = []
        for _ in 0..<12 { workload.poll { entries.append($0) } }
        mark("made minute")
        for entry in entries { state.apply(entry) }
        mark("applied minute \(entries.count)")
        let bytes = try CanonicalEncoder.bytes(of: state)
        mark("encoded state \(bytes.count)")
        let back = try CanonicalDecoder.value(State.self, from: bytes)
        mark("decoded")
        print(try back.canonicalBytes() == bytes)
        before = Clock.threadTime()
        let present = try CanonicalEncoder.bytes(of: state.present)
        mark("present \(present.count)")
        _ = try CanonicalDecoder.value(Present.self, from: present)
        mark("decoded present")
        let history = try CanonicalEncoder.bytes(of: state.history)
        mark("history \(history.count)")
        let ledger = try CanonicalEncoder.bytes(of: state.ledger)
        mark("ledger \(ledger.count)")
        let fleet = try CanonicalEncoder.bytes(of: state.present.fleet)
        mark("fleet \(fleet.count)")
        try Data(present).write(to: URL(fileURLWithPath: "/tmp/exp/present\(round)"))
        try Data(history).write(to: URL(fileURLWithPath: "/tmp/exp/history\(round)"))
        try Data(ledger).write(to: URL(fileURLWithPath: "/tmp/exp/ledger\(round)"))
        before = Clock.threadTime()
      }
    } catch { throw BenchError("\(error)") }
  }
}
