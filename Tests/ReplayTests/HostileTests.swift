import Foundation
import Testing

/// Somebody wrote a recording with care: its chain and its checksums hold, and what it says is made to
/// break who reads it. Each try is made in another process, so that a trap names its seed.
@Suite("A recording that means harm", .serialized)
struct HostileTests {
  /// `DAMCON_ATTACKS` of the environment, for many thousands of them.
  private static let tries =
    ProcessInfo.processInfo.environment["DAMCON_ATTACKS"].flatMap(UInt64.init) ?? 40

  private func attack(_ kind: String, _ path: String, from first: UInt64) throws {
    var next = first
    let end = first + Self.tries
    var failures = 0
    while next < end, failures < 10 {
      let probe = try ProbeRun(
        ["attack", path, kind, "\(next)", "\(end - next)"], seconds: 540)
      if let done = probe.lines.last, done.hasPrefix("done ") {
        let words = done.split(separator: " ")
        // All were refused: then nothing was looked at.
        #expect(end - next < 100 || (Int(words[1]) ?? 0) > 0, "\(done)")
        return
      }
      let seed = probe.lines.last { $0.hasPrefix("seed ") }.flatMap { UInt64($0.dropFirst(5)) }
      let told = probe.lines.suffix(2).joined(separator: "; ")
      Issue.record("\(kind) of \(path): ended with \(probe.status) after: \(told)")
      failures += 1
      next = try #require(seed) + 1
    }
  }

  @Test("a keyframe that says anything is refused, or can be gone on from, drawn and encoded")
  func states() throws {
    let run = try WrittenRun(seed: 71, entries: 1500)
    try attack("states", run.path, from: 0)
  }

  @Test("an entry that says anything is refused, or leads to a state like any other")
  func entries() throws {
    let run = try WrittenRun(seed: 72, entries: 1500)
    try attack("entries", run.path, from: 0)
  }

  @Test(
    "the same of recordings of real sessions", arguments: ["states", "entries"],
    ["pricing-timeout", "real-programs"])
  func shipped(kind: String, name: String) throws {
    let samples = URL(filePath: #filePath).appending(path: "../../../samples/incidents")
      .standardized
    try attack(kind, samples.appending(path: "\(name)/incident.damcon").path, from: 1_000_000)
  }
}
