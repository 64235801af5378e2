import Conditions
import Fleet
import Health
import Testing

/// Facts that a test sets.
private struct Known: Facts {
  var numbers: [String: Double] = [:]
  func fact(_ reference: Reference) -> Fact {
    numbers[reference.kind].map { .number($0) } ?? .unknown
  }
}

/// A fallback and its instances, second by second.
private struct Timeline {
  var plan: FallbackPlan?
  var track: FallbackTrack
  var facts = Known()
  var now = Instant(wall: 1_795_221_900 * 1_000_000_000, offset: 0)
  var word: FallbackWord?

  init(_ plan: FallbackPlan? = nil) {
    self.plan = plan
    track = FallbackTrack("cached-prices", plan: plan, at: now)
  }

  /// What one instance says from now on.
  mutating func says(
    _ active: Bool, age: Double? = nil, tolerance: Double? = nil, dataAge: Double? = nil
  ) {
    var word = FallbackWord(name: "cached-prices")
    word.add(
      HealthReport.Fallback(
        name: "cached-prices", active: active, reason: "pricing timeout", tolerance: tolerance,
        dependency: "pricing", userMessage: "old prices"),
      age: age, dataAge: dataAge)
    self.word = word
    follow()
  }

  private mutating func follow() { track.follow(word, plan: plan, facts: facts, at: now) }

  mutating func pass(_ seconds: Int) {
    for _ in 0..<seconds {
      now = now.advanced(by: 1)
      // What was told `age` seconds ago is told of the same moment a second later.
      if let age = word?.age { word?.age = age + 1 }
      follow()
    }
  }
}

@Suite("A fallback from its entry to its recovery")
struct FallbackTrackTests {
  @Test("It is over only when it was out of use for the whole window, and keeps one since")
  func flapping() {
    var line = Timeline()
    line.says(true, tolerance: 900)
    let began = line.now
    #expect(line.track.phase == .active)
    line.pass(60)
    for _ in 0..<5 {
      line.says(false)
      #expect(line.track.phase == .recovering)
      line.pass(29)
      #expect(line.track.phase == .recovering)
      line.says(true, tolerance: 900)
      #expect(line.track.phase == .active)
      line.pass(10)
    }
    #expect(line.track.since == began)
    #expect(line.track.relapses == 5)
    #expect(line.track.age(at: line.now) == 60 + 5 * 39)
    line.says(false)
    line.pass(29)
    #expect(line.track.recoversIn(at: line.now) == 1)
    line.pass(1)
    #expect(line.track.phase == .over)
    // Later it is another use of it.
    line.pass(100)
    line.says(true)
    #expect(line.track.since == line.now && line.track.relapses == 0)
  }

  @Test("A service that begins its since anew at each flap does not move ours")
  func toldAnew() {
    var line = Timeline()
    line.says(true, age: 120)
    #expect(line.track.isSinceTold)
    #expect(line.track.age(at: line.now) == 120)
    line.pass(30)
    line.says(false)
    line.pass(5)
    line.says(true, age: 1)
    #expect(line.track.age(at: line.now) == 155)
    #expect(line.track.isSinceTold)
  }

  @Test("What is told counts before what was seen, and which it is is said")
  func told() {
    var line = Timeline()
    line.says(true)
    #expect(!line.track.isSinceTold && line.track.age(at: line.now) == 0)
    line.pass(3)
    line.says(true, age: 600)
    #expect(line.track.isSinceTold && line.track.age(at: line.now) == 600)
  }

  @Test("Beyond its tolerance it is critical, and the countdown goes below zero")
  func tolerance() {
    var line = Timeline()
    line.says(true, tolerance: 20)
    line.pass(20)
    #expect(line.track.left(at: line.now) == 0 && !line.track.isCritical(at: line.now))
    line.pass(3)
    #expect(line.track.isOverdue(at: line.now) && line.track.isCritical(at: line.now))
    #expect(
      line.track.finding(at: line.now) == "fallback cached-prices 3s over its 20s tolerance")
    line.says(false)
    #expect(!line.track.isCritical(at: line.now), "out of use nobody gets old prices")
    #expect(
      line.track.finding(at: line.now) == "fallback cached-prices recovering, over in 30s")
  }

  @Test("The plan's limits and words count before the service's")
  func planned() {
    var plan = FallbackPlan(name: "cached-prices")
    plan.tolerance = 60
    plan.usersGet = "prices up to 15 minutes old"
    plan.mode = .cache
    var line = Timeline(plan)
    line.says(true, tolerance: 900)
    #expect(line.track.tolerance == 60 && line.track.mode == "cache")
    #expect(line.track.usersGet == "prices up to 15 minutes old")
    #expect(line.track.dependency == "pricing" && line.track.reason == "pricing timeout")
  }

  @Test("Data older than allowed makes it critical")
  func dataAge() {
    var plan = FallbackPlan(name: "cached-prices")
    plan.maxAge = 300
    var line = Timeline(plan)
    line.says(true, dataAge: 300)
    #expect(!line.track.isTooOld)
    line.says(true, dataAge: 301)
    #expect(line.track.isTooOld && line.track.isCritical(at: line.now))
  }

  @Test("It is over only while its exit condition holds, whatever the service says")
  func exit() throws {
    var plan = FallbackPlan(name: "cached-prices")
    plan.exitWhen = try Condition("p99_ms < 800")
    plan.recoveredAfter = 10
    var line = Timeline(plan)
    line.facts.numbers["p99_ms"] = 2000
    line.says(true)
    line.says(false)
    line.pass(60)
    #expect(line.track.phase == .active, "the way out does not hold")
    line.facts.numbers["p99_ms"] = nil
    line.pass(60)
    #expect(line.track.phase == .active, "not knowing is no way out")
    line.facts.numbers["p99_ms"] = 300
    line.pass(5)
    #expect(line.track.phase == .recovering)
    line.facts.numbers["p99_ms"] = 900
    line.pass(1)
    #expect(line.track.phase == .active)
    line.facts.numbers["p99_ms"] = 300
    line.pass(10)
    #expect(line.track.phase == .recovering)
    line.pass(1)
    #expect(line.track.phase == .over)
  }

  @Test("It is watched whether the degraded path is still good enough")
  func acceptable() throws {
    var plan = FallbackPlan(name: "cached-prices")
    plan.acceptableWhile = try Condition("error_ratio < 2%")
    var line = Timeline(plan)
    line.facts.numbers["error_ratio"] = 0.01
    line.says(true)
    line.pass(1)
    #expect(!line.track.isCritical(at: line.now))
    line.facts.numbers["error_ratio"] = 0.05
    line.pass(1)
    #expect(line.track.isUnacceptable && line.track.isCritical(at: line.now))
    line.facts.numbers["error_ratio"] = nil
    line.pass(1)
    #expect(!line.track.isUnacceptable, "not known is not no")
  }

  @Test("A service that says nothing of it: its condition is its entry, shown while it builds up")
  func byCondition() throws {
    var plan = FallbackPlan(name: "cached-prices")
    plan.enterWhen = try Condition("p99_ms > 800 for 10s")
    plan.recoveredAfter = 5
    var line = Timeline(plan)
    line.facts.numbers["p99_ms"] = 100
    line.pass(3)
    #expect(line.track.phase == .over && line.track.endedAt == nil)
    line.facts.numbers["p99_ms"] = 2000
    line.pass(4)
    #expect(line.track.phase == .entering)
    #expect(!line.track.isInUse)
    line.pass(10)
    #expect(line.track.phase == .active)
    line.facts.numbers["p99_ms"] = nil
    line.pass(20)
    #expect(line.track.phase == .active, "silence ends nothing")
    line.facts.numbers["p99_ms"] = 100
    line.pass(7)
    #expect(line.track.phase == .over)
  }

  @Test("Nobody speaks of it any more: it stays what it was")
  func silence() {
    var line = Timeline()
    line.says(true)
    line.word = nil
    line.pass(600)
    #expect(line.track.phase == .active)
  }

  @Test("Instances that disagree: in use while any uses it, and how many do is known")
  func instances() {
    var word = FallbackWord(name: "x")
    word.add(HealthReport.Fallback(name: "x", active: false))
    word.add(HealthReport.Fallback(name: "x", active: true, tolerance: 600), age: 30)
    word.add(HealthReport.Fallback(name: "x", active: true, tolerance: 300), age: 90)
    #expect(word.active == 2 && word.known == 3)
    #expect(word.age == 90 && word.tolerance == 300)
    var track = FallbackTrack("x", plan: nil, at: Instant(wall: 0, offset: 0))
    track.follow(word, plan: nil, facts: Known(), at: Instant(wall: 0, offset: 0))
    #expect(track.active == 2 && track.known == 3 && track.phase == .active)
  }

  @Test("However it flaps, it is in use from its first word until a whole quiet window")
  func property() {
    var dice = SplitMix(seed: 7)
    for _ in 0..<200 {
      var line = Timeline()
      var quiet = 0
      var isOn = false
      var began: Instant?
      for _ in 0..<150 {
        if dice.next() % 8 == 0 { isOn.toggle() }
        line.says(isOn)
        if isOn {
          if began == nil { began = line.now }
          quiet = 0
        } else if began != nil, quiet >= 30 {
          began = nil
        }
        #expect(line.track.isInUse == (began != nil))
        if let began { #expect(line.track.since == began) }
        line.pass(1)
        if !isOn { quiet += 1 }
        if quiet >= 30 { began = isOn ? began : nil }
      }
    }
  }
}
