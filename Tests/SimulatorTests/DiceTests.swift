import Simulator
import Testing

/// Same seed, same story: decisions depend on seed, name and number, and on nothing else.
@Suite struct DiceTests {
  @Test func drawsAreTheSameInEveryProcess() {
    let dice = Dice(seed: 7, stream: "pricing/0")
    // Written down once: a change of the generator would change every shipped story.
    #expect(dice.bits(.latency, 0) == 14_760_214_211_794_534_527)
    #expect(dice.bits(.error, 41) == 3_754_798_858_123_686_272)
  }

  @Test func seedStreamPurposeAndNumberAllMatter() {
    let dice = Dice(seed: 7, stream: "pricing/0")
    let others = [
      Dice(seed: 8, stream: "pricing/0").bits(.latency, 3),
      Dice(seed: 7, stream: "pricing/1").bits(.latency, 3), dice.bits(.error, 3),
      dice.bits(.latency, 4),
    ]
    #expect(!others.contains(dice.bits(.latency, 3)))
  }

  @Test func rollsFillTheirRangeEvenly() {
    let dice = Dice(seed: 1, stream: "x")
    for purpose in Dice.Purpose.allCases {
      var tenths = [Int](repeating: 0, count: 10)
      for number in 0..<10_000 { tenths[Int(dice.roll(purpose, UInt64(number)) * 10)] += 1 }
      #expect(tenths.allSatisfy { (850...1150).contains($0) }, "\(purpose): \(tenths)")
    }
  }

  @Test(arguments: Samples.names) func twoRunsOfAStoryPlanTheSameRequests(name: String) throws {
    let first = try plans(of: Samples.library.scenario(name), seed: nil)
    let second = try plans(of: Samples.library.scenario(name), seed: nil)
    #expect(first == second)
    #expect(first != (try plans(of: Samples.library.scenario(name), seed: 99)))
  }

  @Test func sharesComeOutAsWritten() {
    let endpoint = EndpointModel(path: "/x", latency: Spread(p50: 0.01, p99: 0.1), errors: 0.2)
    let version = VersionModel(name: "1", build: "", queries: 0.15)
    let dice = Dice(seed: 5, stream: "x")
    let plans = (0..<20_000).map {
      RequestPlan(
        number: UInt64($0), dice: dice, endpoint: endpoint, version: version, throttle: 0.5)
    }
    let share = { (test: (RequestPlan) -> Bool) in Double(plans.count(where: test)) / 20_000 }
    #expect(abs(share { $0.failure != nil } - 0.2) < 0.02)
    #expect(abs(share(\.queriesBackends) - 0.15) < 0.02)
    #expect(abs(share(\.isThrottled) - 0.5) < 0.02)
    #expect(abs(share { $0.work <= 0.01 } - 0.5) < 0.02)
    #expect(abs(share { $0.work <= 0.1 } - 0.99) < 0.005)
  }

  @Test func aSpreadNeverFallsAsTheQuantileRises() {
    let spread = Spread(p50: 0.02, p99: 0.09)
    let all = (0...1000).map { spread.duration(at: Double($0) / 1000) }
    #expect(all == all.sorted())
    #expect(spread.duration(at: 0.5) == 0.02)
    #expect(abs(spread.duration(at: 0.99) - 0.09) < 1e-12)
  }

  private func plans(of scenario: Scenario, seed: UInt64?) -> [RequestPlan] {
    var all: [RequestPlan] = []
    for service in scenario.services {
      for (number, instance) in service.instances.enumerated() {
        let dice = Dice(seed: seed ?? scenario.seed, stream: "\(service.name)/\(number)")
        guard let version = service.version(instance.version) else { continue }
        for endpoint in service.endpoints {
          for number in 0..<200 {
            all.append(
              RequestPlan(
                number: UInt64(number), dice: dice, endpoint: endpoint, version: version,
                flags: service.flags))
          }
        }
      }
    }
    return all
  }
}
