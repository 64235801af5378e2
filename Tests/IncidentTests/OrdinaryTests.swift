import Conditions
import Exposition
import Fleet
import Health
import Incident
import Telemetry
import Testing

@Suite("What is usual")
struct OrdinaryTests {
  /// A service at a steady pace; each scrape can be told otherwise.
  private struct Steady {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    var n = 0.0
    var slow = 0.0

    /// Steps of five seconds.
    mutating func run(_ steps: Int, rate: Double = 50, slow share: Double = 0, status: Int = 200) {
      for _ in 0..<steps {
        story.report("a", status: status)
        story.scrape(
          "a",
          [
            ("http_requests_total", .counter, [Label("code", "200")], n),
            ("http_request_duration_seconds_bucket", .histogram, [Label("le", "0.1")], n - slow),
            ("http_request_duration_seconds_bucket", .histogram, [Label("le", "2")], n),
            ("http_request_duration_seconds_bucket", .histogram, [Label("le", "+Inf")], n),
          ])
        n += rate * 5
        slow += rate * 5 * share
        story.pass(5)
      }
    }

    var deviations: [String] { story["a"].deviations.map(\.name) }
  }

  @Test("nothing is unusual before enough was seen, nor while all is as it was")
  func quiet() {
    var steady = Steady()
    steady.run(12, slow: 0.5)
    #expect(steady.deviations.isEmpty)
    steady = Steady()
    steady.run(240)
    #expect(steady.deviations.isEmpty)
    #expect(!steady.story["a"].ordinary.norms.isEmpty)
  }

  @Test("what is far off is told without a threshold, as a fact too, and ends when it is over")
  func deviates() throws {
    var steady = Steady()
    steady.run(180)
    steady.run(30, slow: 0.5)
    #expect(steady.deviations.contains("p99_ms"))
    let deviation = try #require(steady.story["a"].deviations.first { $0.name == "p99_ms" })
    #expect(deviation.words.hasSuffix("x baseline"))
    var run = ConditionRun()
    #expect(
      run.advance(
        try Condition("unusual(p99_ms) is yes"), FleetFacts(steady.story.state, service: "a"),
        at: 0) == .yes)
    steady.run(30)
    #expect(!steady.deviations.contains("p99_ms"))
  }

  @Test("an incident of an hour does not become what is usual")
  func heldOut() {
    var steady = Steady()
    steady.run(240)
    steady.run(12 * 60, slow: 0.5)
    #expect(steady.deviations.contains("p99_ms"))
    steady.run(30, slow: 0.5, status: 503)
    #expect(steady.deviations.contains("p99_ms"))
  }

  @Test("a rate that breaks down is unusual; one that wavers is not")
  func rates() {
    var steady = Steady()
    for step in 0..<180 { steady.run(1, rate: step % 2 == 0 ? 45 : 55) }
    #expect(steady.deviations.isEmpty)
    steady.run(24, rate: 5)
    #expect(steady.deviations.contains("rate"))
  }

  @Test("its baselines are of bounded size and encode whole")
  func bounded() throws {
    var baseline = SignalBaseline(name: "p99_ms")
    for minute in 0..<10_000 {
      baseline.take(
        Double(minute % 7) + 100, minute: Int64(minute), isUsual: true, isWell: true)
    }
    let norm = try #require(baseline.norm(at: 10_000))
    #expect(norm.basis == .yesterday)
    #expect(norm.median == 103)
    #expect(norm.isUnusual(300, floor: 5))
    #expect(!norm.isUnusual(120, floor: 5))
  }

  @Test("what grows steadily rises; what goes up and down does not")
  func rising() {
    var growing = SignalBaseline(name: "go_goroutines")
    var wavering = SignalBaseline(name: "go_goroutines")
    for minute in 0..<12 {
      growing.take(100 + Double(minute) * 10, minute: Int64(minute), isUsual: true, isWell: true)
      wavering.take(
        100 + Double(minute % 3) * 50, minute: Int64(minute), isUsual: true, isWell: true)
    }
    #expect(growing.isRising)
    #expect(!wavering.isRising)
  }
}
