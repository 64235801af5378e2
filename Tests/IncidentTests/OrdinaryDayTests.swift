import Exposition
import Fleet
import FleetFile
import Foundation
import Health
import Incident
import Runbooks
import Telemetry
import Testing

/// A runbook that opens while all is well is one that nobody believes when it is not.
@Suite("Runbooks on an ordinary day")
struct OrdinaryDayTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("samples/runbooks").path

  private static let slos = [
    SLO(name: "availability", objective: 99.9, window: 30 * 86_400),
    SLO(name: "fast", objective: 99, threshold: 1, window: 30 * 86_400),
  ]

  /// Polled twice a minute, so that a day is soon over.
  private static func service(_ name: String, _ language: Language) -> Service {
    var instance = Instance(url: WorldStory.url(name, 0))
    instance.polling.interval = 30
    return Service(
      name: name, tier: .critical, language: language, instances: [instance], slos: slos)
  }

  /// Numbers that look like chance and are the same in every run (Knuth's MMIX generator).
  private struct Jitter {
    var seed: UInt64 = 42
    /// From 0 to 1.
    mutating func next() -> Double {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(seed >> 11) / Double(1 << 53)
    }
  }

  /// A service with its ups and downs: busier by day, a slow request now and then, a few errors.
  private struct Life {
    var ok = 0.0
    var bad = 0.0
    /// Requests that took up to 0.1 s, 0.5 s, 1 s and longer.
    var within = [0.0, 0.0, 0.0, 0.0]

    mutating func pass(_ seconds: Double, ofDay time: Double, _ jitter: inout Jitter) {
      let daylight = 0.6 - 0.4 * cos(time / 86_400 * 2 * .pi)
      let requests = seconds * (5 + 40 * daylight) * (0.8 + 0.4 * jitter.next())
      let wrong = (requests * 0.0004 * jitter.next()).rounded()
      ok += requests - wrong
      bad += wrong
      // A garbage collection, a cold cache: once in a while a poll has some that are slow.
      let slow = requests * (jitter.next() < 0.05 ? 0.008 : 0.001) * jitter.next()
      let slowest = slow * 0.2
      let middling = requests * 0.03 * jitter.next()
      for (place, share) in [requests - slow - middling, middling, slow - slowest, slowest]
        .enumerated()
      {
        for later in place..<within.count { within[later] += share }
      }
    }

    var metrics: [(String, FamilyType, [Label], Double)] {
      [
        ("http_requests_total", .counter, [Label("code", "200")], ok.rounded()),
        ("http_requests_total", .counter, [Label("code", "500")], bad.rounded()),
      ]
        + zip(["0.1", "0.5", "1", "+Inf"], within).map {
          ("http_request_duration_seconds_bucket", .histogram, [Label("le", $0)], $1.rounded())
        }
    }
  }

  @Test("a day of traffic with its jitter: no sample ever matches, holds or is about to for long")
  func calm() throws {
    let files = RunbookFolder(Self.folder).files
    #expect(files.count >= 9 && files.allSatisfy { $0.problems.isEmpty })
    let fleet = Fleet(
      name: "shop", services: [Self.service("cart", .go), Self.service("pricing", .rust)])
    var story = WorldStory(fleet)
    story.add(.runbooks(files.map(\.runbook.card)))
    var jitter = Jitter()
    var lives = [Life(), Life()]
    for step in 0..<2880 {
      let time = Double(step) * 30
      for place in lives.indices { lives[place].pass(30, ofDay: time, &jitter) }
      story.report("cart") { Self.tell(&$0, needing: ["redis", "pricing"]) }
      story.report("pricing") { Self.tell(&$0, needing: ["postgres"]) }
      story.scrape("cart", lives[0].metrics + Self.go(&jitter))
      story.scrape("pricing", lives[1].metrics + Self.rust(&jitter))
      for name in ["cart", "pricing"] {
        let matches = story.state.present.runbookMatches(of: name).filter { !$0.isComing }
        try #require(matches.isEmpty, "at \(time): \(matches)")
      }
      story.pass(30)
    }
    #expect(story["cart"].requests.rate ?? 0 > 5, "it was heard all day")
  }

  private static func tell(_ report: inout HealthReport, needing names: [String]) {
    report.checks = names.map { HealthReport.Check(name: $0, status: .pass) }
    report.breakers = names.map { HealthReport.Breaker(name: $0, state: .closed) }
    report.flags = [HealthReport.Flag(name: "new-cart", on: true)]
    report.fallbacks = [HealthReport.Fallback(name: "cached-prices", active: false)]
  }

  private static func go(_ jitter: inout Jitter) -> [(String, FamilyType, [Label], Double)] {
    [
      ("go_goroutines", .gauge, [], (23 + 30 * jitter.next()).rounded()),
      (
        "go_gc_duration_seconds", .summary, [Label("quantile", "1")], 0.001 + 0.02 * jitter.next()
      ),
      ("go_memstats_heap_inuse_bytes", .gauge, [], 3e7 + 2e7 * jitter.next()),
      ("process_resident_memory_bytes", .gauge, [], 6e7 + 1e7 * jitter.next()),
    ]
  }

  private static func rust(_ jitter: inout Jitter) -> [(String, FamilyType, [Label], Double)] {
    [
      // At the instant of a scrape all workers may well be busy.
      ("tokio_busy_ratio", .gauge, [], 0.02 + 0.97 * jitter.next()),
      ("tokio_global_queue_depth", .gauge, [], (4 * jitter.next()).rounded()),
      ("tokio_blocking_queue_depth", .gauge, [], (6 * jitter.next()).rounded()),
      ("rust_panics_total", .counter, [], 0),
      ("process_resident_memory_bytes", .gauge, [], 8e7 + 1e7 * jitter.next()),
    ]
  }
}
