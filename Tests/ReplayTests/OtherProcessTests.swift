import Fleet
import Foundation
import Incident
import Testing

@Suite("A recording replayed in another process")
struct OtherProcessTests {
  /// Places on the earth, tongues, and seeds of Swift's hashing: nothing of them is in a state.
  private static let machines: [[String: String]] = [
    ["LC_ALL": "C", "LANG": "C", "TZ": "UTC"],
    ["LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Asia/Kolkata"],
    ["LC_ALL": "de_DE.UTF-8", "LANG": "de_DE.UTF-8", "TZ": "America/St_Johns"],
    [
      "LC_ALL": "C.UTF-8", "LANG": "ar_EG.UTF-8", "TZ": "Pacific/Chatham",
      "SWIFT_DETERMINISTIC_HASHING": "1",
    ],
  ]

  @Test(
    "whatever order of seeks, tongue, place and hashing, each state is the one that was live",
    arguments: 40...42)
  func seeks(seed: UInt64) throws {
    // With many keyframes, few, and none but the first entry to begin at.
    let run = try WrittenRun(
      seed: seed, entries: 1500, keyframeEvery: [5, 23, 100_000][Int(seed % 3)])
    #expect(seed % 3 == 2 || run.keyframes > 2)
    var dice = SplitMix(state: seed)
    let known = run.digests.keys.sorted()
    for machine in Self.machines {
      var places: [String] = []
      for _ in 0..<20 {
        let target = known[Int(dice.next() % UInt64(known.count))]
        if dice.next() % 3 == 0 {
          places.append("@\(run.entries[Int(target - 1)].instant.offset)")
        }
        places.append("\(target)")
      }
      // From one end to the other and back again.
      places += ["\(known[known.count - 1])", "\(known[0])", "\(known[known.count - 1])"]
      let probe = try ProbeRun(["seek", run.path] + places, environment: machine)
      try #require(probe.status == 0, "\(machine): \(probe.lines.suffix(1))")
      try #require(probe.lines.count == places.count)
      for (place, line) in zip(places, probe.lines) where !place.hasPrefix("@") {
        let live = UInt64(place).flatMap { run.digests[$0] }
        #expect(line == "\(place) \(live ?? "unknown")", "\(machine): entry \(place)")
      }
    }
  }

  @Test("a journal that was written by a real session replays as it was, on any machine")
  func shipped() throws {
    let samples = URL(filePath: #filePath).appending(path: "../../../samples/incidents")
      .standardized
    for name in ["pricing-timeout", "real-programs"] {
      let file = samples.appending(path: "\(name)/incident.damcon").path
      let ends = ["@0", "@9000000000000000000", "@60000000000", "@9000000000000000000"]
      let told = try Self.machines.map { machine in
        try ProbeRun(["seek", file] + ends, environment: machine)
      }
      for probe in told {
        #expect(probe.status == 0)
        #expect(probe.lines == told[0].lines)
      }
      // Straight to the end and by a way back are the same.
      #expect(told[0].lines.count == 4 && told[0].lines[1] == told[0].lines[3])
    }
  }
}
