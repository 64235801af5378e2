import Exposition
import Fleet
import Health
import Incident
import Telemetry
import Testing

@Suite("A canary beside stable")
struct CohortTests {
  private let buckets = [(0.1, "0.1"), (0.5, "0.5"), (Double.infinity, "+Inf")]

  /// Ten minutes of both, at so many requests a second and such shares.
  private func story(
    rate: (Double, Double), errors: (Double, Double), slow: (Double, Double) = (0.01, 0.01)
  ) -> WorldStory {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a", instances: 2)]))
    var all = (0.0, 0.0)
    for step in 0..<60 {
      for (i, track) in ["stable", "canary"].enumerated() {
        story.report("a", i) {
          $0.version = i == 0 ? "1.0.0" : "1.1.0"
          $0.rollout = .init(track: track, weight: i == 0 ? 0.9 : 0.1)
        }
        let n = i == 0 ? all.0 : all.1
        let share = i == 0 ? errors.0 : errors.1
        let late = i == 0 ? slow.0 : slow.1
        var values: [(String, FamilyType, [Label], Double)] = [
          ("http_requests_total", .counter, [Label("code", "200")], n * (1 - share)),
          ("http_requests_total", .counter, [Label("code", "500")], n * share),
        ]
        for (bound, text) in buckets {
          values.append(
            (
              "http_request_duration_seconds_bucket", .histogram, [Label("le", text)],
              bound > 0.2 ? n : n * (1 - late)
            ))
        }
        story.scrape("a", i, values)
      }
      if step == 59 { break }
      all.0 += rate.0 * 5
      all.1 += rate.1 * 5
      story.pass(5)
    }
    return story
  }

  private func comparison(_ story: WorldStory) throws -> (CohortComparison, Cohort) {
    let trial = try #require(story["a"].trial(at: story.now))
    return (
      CohortComparison(trial.trial.requests, against: trial.against.requests, threshold: 0.1),
      trial.trial
    )
  }

  @Test("tracks have figures of their own, and a canary that fails more is said to be worse")
  func worse() throws {
    let (comparison, trial) = try comparison(story(rate: (90, 10), errors: (0.01, 0.05)))
    #expect(trial.name == "canary 1.1.0")
    #expect(comparison.errors.verdict == .worse(sure: 99.9))
    #expect(comparison.errors.verdict.words == "worse, 99.9 % sure")
    #expect(comparison.slow.verdict == .alike)
    #expect(abs((comparison.errors.trial ?? 0) - 0.05) < 1e-9)
  }

  @Test("latency is compared as the share that is slower than the objective allows")
  func slow() throws {
    let (comparison, _) = try comparison(
      story(rate: (90, 10), errors: (0.01, 0.01), slow: (0.02, 0.2)))
    #expect(comparison.errors.verdict == .alike)
    #expect(comparison.slow.verdict == .worse(sure: 99.9))
    #expect(comparison.slow.bound == 0.1)
  }

  @Test("too little traffic is said with how much there is and how much it needs")
  func notEnough() throws {
    let (comparison, _) = try comparison(story(rate: (90, 0.2), errors: (0.01, 0.5)))
    guard case .notEnough(let n, let of) = comparison.errors.verdict else {
      Issue.record("\(comparison.errors.verdict)")
      return
    }
    #expect(n < 200 && of == 200)
    #expect(comparison.errors.verdict.words == "not enough traffic yet: \(n) of 200 requests")
  }

  @Test("the test for two proportions against figures worked out by hand")
  func byHand() {
    func verdict(_ a: (Double, Double), _ b: (Double, Double)) -> CohortComparison.Verdict {
      var trial = RequestHistoryProbe.statistics(errors: a.0, of: a.1)
      let against = RequestHistoryProbe.statistics(errors: b.0, of: b.1)
      trial.merge(RequestHistoryProbe.statistics(errors: 0, of: 0))
      return CohortComparison(trial, against: against).errors.verdict
    }
    // p = 0.03, z = 0.02 / sqrt(0.03 · 0.97 · 2/1000) = 2.62
    #expect(verdict((40, 1000), (20, 1000)) == .worse(sure: 99))
    // p = 0.0275, z = 0.015 / 0.00731 = 2.05
    #expect(verdict((35, 1000), (20, 1000)) == .worse(sure: 95))
    // z = 1.37
    #expect(verdict((30, 1000), (20, 1000)) == .alike)
    #expect(verdict((20, 1000), (40, 1000)) == .better(sure: 99))
    #expect(verdict((0, 1000), (0, 1000)) == .alike)
    #expect(verdict((10, 100), (1, 1000)) == .notEnough(n: 100, of: 200))
    // One failure in 1,000: five are expected in 5,000.
    #expect(verdict((1, 1000), (1, 1000)) == .notEnough(n: 1000, of: 5000))
  }
}

/// Statistics of one instance with so many requests, read as live ones are.
enum RequestHistoryProbe {
  static func statistics(errors: Double, of requests: Double) -> RequestStatistics {
    var meter = InstanceMeter(instance: "x")
    let table = RoleTable.builtIn
    var extractor = Extractor { table.wants(sampleName: $0, family: $1, type: $2) }
    for (at, share) in [(0.0, 0.0), (5, 1.0)] {
      let text = """
        # TYPE http_requests_total counter
        http_requests_total{code="200"} \((requests - errors) * share)
        http_requests_total{code="500"} \(errors * share)

        """
      meter.ingest(extractor.extract(Array(text.utf8), format: .text), at: at, table: table)
    }
    return meter.statistics(window: .fiveMinutes, at: 5)
  }
}
