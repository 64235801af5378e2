import Exposition
import Fleet
import Health
import Incident
import Telemetry
import Testing

@Suite("What changed")
struct ChangeTests {
  private func version(_ text: String, previous: String? = nil) -> (inout HealthReport) -> Void {
    {
      $0.version = text
      if let previous {
        $0.rollout = .init(track: "stable", weight: nil, previousVersion: previous)
      }
    }
  }

  @Test("a new version on all instances is one change, with where and when it was seen")
  func deploy() throws {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a", instances: 3)]))
    for i in 0..<3 { story.report("a", i, version("1.0.0")) }
    #expect(story.changes().isEmpty, "what is met for the first time is no change")
    story.pass(10)
    story.report("a", 0, version("1.1.0"))
    story.pass(30)
    story.report("a", 1, version("1.1.0"))
    let change = try #require(story.state.present.changes(of: "a").first)
    #expect(change.kind == .deploy(from: "1.0.0", to: "1.1.0"))
    #expect(change.instances == [WorldStory.url("a", 0), WorldStory.url("a", 1)])
    #expect(change.last.seconds(since: change.at) == 30)
    #expect(story["a"].drift.map { $0.map(\.count) } == [2, 1])
  }

  @Test("a rollback is told from a deploy: by what was there before, what was said, the numbers")
  func rollback() {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    for (text, previous) in [
      ("2.2.9", nil), ("2.3.0", "2.2.9"), ("2.2.9", "2.3.0"), ("2.3.0", "2.2.9"),
    ] as [(String, String?)] {
      story.report("a", version(text, previous: previous))
      story.pass(120)
    }
    #expect(
      story.changes() == [
        .deploy(from: "2.2.9", to: "2.3.0"), .rollback(from: "2.3.0", to: "2.2.9"),
        .deploy(from: "2.2.9", to: "2.3.0"),
      ])

    var said = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    said.report("a", version("blue", previous: "green"))
    said.pass(60)
    said.report("a", version("green"))
    #expect(said.changes() == [.rollback(from: "blue", to: "green")])

    var numbers = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    numbers.report("a", version("1.10.0"))
    numbers.pass(60)
    numbers.report("a", version("1.9.3"))
    #expect(numbers.changes() == [.rollback(from: "1.10.0", to: "1.9.3")])
  }

  @Test("several processes behind one address are no rollout each time another one answers")
  func severalProcesses() {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    for step in 0..<200 {
      story.report("a", version(step % 2 == 0 ? "1.0.0" : "1.1.0"))
      story.pass(5)
    }
    #expect(story.changes().count <= 3)
  }

  @Test("a flag is told with its owner, its exposure before and after; one that goes as gone")
  func flags() {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    story.report("a") { $0.flags = [.init(name: "x", on: false, owner: "@ada")] }
    story.pass(5)
    story.report("a") { $0.flags = [.init(name: "x", on: true, exposure: 0.25, owner: "@ada")] }
    story.pass(5)
    story.report("a") { $0.flags = [.init(name: "x", on: true, exposure: 0.25, owner: "@ada")] }
    story.pass(5)
    story.report("a")
    #expect(
      story.changes() == [
        .flag(
          .init(
            name: "x", on: true, exposure: 0.25, owner: "@ada", wasOn: false, exposureBefore: nil)),
        .flag(
          .init(
            name: "x", on: nil, exposure: nil, owner: "@ada", wasOn: true, exposureBefore: 0.25)),
      ])
  }

  @Test("weights, builds, configurations and restarts are changes of their own")
  func theRest() {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    func values(_ start: Double, _ hash: Double, _ commit: String) -> [(
      String, FamilyType, [Label], Double
    )] {
      [
        ("process_start_time_seconds", .gauge, [], start),
        ("shop_config_hash", .gauge, [], hash),
        ("shop_build_info", .gauge, [Label("version", "1.0"), Label("revision", commit)], 1),
      ]
    }
    let began = WorldStory.began.unixSeconds
    story.report("a") { $0.rollout = .init(track: "canary", weight: 0.1) }
    story.scrape("a", values(began - 1_000_000, 1, "aaa"))
    story.pass(5)
    story.report("a") { $0.rollout = .init(track: "canary", weight: 0.5) }
    story.scrape("a", values(began - 1_000_000, 2, "aaa"))
    story.pass(300)
    story.scrape("a", values(began + 300, 2, "aaa"))
    story.pass(300)
    story.scrape("a", values(began + 300, 2, "bbb"))
    #expect(
      story.changes() == [
        .weight(track: "canary", from: 0.1, to: 0.5), .configuration(name: "shop_config_hash"),
        .restart, .build(from: "aaa", to: "bbb"),
      ])
  }

  @Test("the restart of a deploy is the deploy, whichever is seen first")
  func restartOfDeploy() {
    for scrapeFirst in [true, false] {
      var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
      let began = WorldStory.began.unixSeconds
      func scrape(_ start: Double) {
        story.scrape("a", [("process_start_time_seconds", .gauge, [], start)])
      }
      story.report("a", version("1.0.0"))
      scrape(began - 1_000_000)
      story.pass(60)
      if scrapeFirst { scrape(began + 58) }
      story.report("a", version("1.1.0"))
      story.pass(1)
      if !scrapeFirst { scrape(began + 58) }
      #expect(story.changes() == [.deploy(from: "1.0.0", to: "1.1.0")], "\(scrapeFirst)")
    }
  }

  @Test("a process that began shortly before the watch is told as what changed, at its own time")
  func beforeTheWatch() throws {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    let began = WorldStory.began.unixSeconds
    story.report("a", version("2.3.0", previous: "2.2.9"))
    story.scrape("a", [("process_start_time_seconds", .gauge, [], began - 840)])
    let change = try #require(story.state.present.changes(of: "a").first)
    #expect(change.kind == .deploy(from: "2.2.9", to: "2.3.0"))
    #expect(change.isBefore)
    #expect(abs(change.at.unixSeconds - (began - 840)) < 1)
  }

  @Test("what changed is told beside the trouble that came after it, own trouble before others'")
  func trouble() throws {
    var story = WorldStory(
      Fleet(
        name: "f",
        services: [WorldStory.service("a"), WorldStory.service("b", needs: ["a"])]))
    for name in ["a", "b"] { story.report(name, version("1.0.0")) }
    story.pass(2)
    story.report("a", version("1.1.0"))
    let change = try #require(story.state.present.changes(of: "a").first)
    #expect(story.state.present.trouble(after: change) == nil)
    for _ in 0..<12 {
      story.pass(5)
      story.report("b", status: 503, version("1.0.0"))
      story.report("a", version("1.1.0"))
    }
    let others = try #require(story.state.present.trouble(after: change))
    #expect(others.service == "b")
    #expect(!others.isOwn && others.lasts)
    for _ in 0..<12 {
      story.pass(5)
      story.report("a", status: 503, version("1.1.0"))
    }
    let own = try #require(story.state.present.trouble(after: change))
    #expect(own.service == "a")
    #expect(own.suspicion > others.suspicion)
  }

  @Test("a signal that goes with a release is flagged with the version; one that comes back too")
  func parity() {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    func values(_ n: Double, withErrors: Bool) -> [(String, FamilyType, [Label], Double)] {
      var all: [(String, FamilyType, [Label], Double)] = [
        ("process_open_fds", .gauge, [], 5), ("process_max_fds", .gauge, [], 100),
        ("queue_depth", .gauge, [], 3),
      ]
      if withErrors {
        all.append(("http_requests_total", .counter, [Label("code", "200")], n))
      }
      return all
    }
    story.report("a", version("1.0.0"))
    for step in 0..<3 {
      story.scrape("a", values(Double(step), withErrors: true))
      story.pass(5)
    }
    #expect(story["a"].parity.lacks == .latency)
    story.report("a", version("1.1.0"))
    story.scrape("a", values(4, withErrors: false))
    #expect(story["a"].parity.vanished.isEmpty, "one scrape that lacks it says nothing")
    story.pass(5)
    story.scrape("a", values(5, withErrors: false))
    #expect(story["a"].parity.vanished == [.rate, .errors])
    #expect(story["a"].parity.vanishedIn == "1.1.0")
    #expect(story.changes().last == .vanished([.rate, .errors], version: "1.1.0"))
    story.pass(5)
    story.scrape("a", values(6, withErrors: true))
    #expect(story.changes().last == .returned([.rate, .errors]))
    #expect(story["a"].parity.vanished.isEmpty)
  }

  @Test("a reloaded fleet file is a change of the fleet, with what came and went")
  func reload() {
    var story = WorldStory(Fleet(name: "f", services: [WorldStory.service("a")]))
    story.pass(5)
    story.add(.fleet(Fleet(name: "f", services: [WorldStory.service("a")])))
    #expect(story.changes().isEmpty, "the same file again is none")
    story.add(
      .fleet(Fleet(name: "f", services: [WorldStory.service("a"), WorldStory.service("b")])))
    #expect(story.changes() == [.reload(added: ["b"], removed: [], changed: 0)])
  }

  @Test("one service that never rests does not push the changes of the others out")
  func bounded() {
    var story = WorldStory(
      Fleet(name: "f", services: [WorldStory.service("a"), WorldStory.service("b")]))
    for name in ["a", "b"] { story.report(name) { $0.flags = [.init(name: "x", on: false)] } }
    story.pass(5)
    story.report("b") { $0.flags = [.init(name: "x", on: true)] }
    for step in 0..<1000 {
      story.pass(1)
      story.report("a") { $0.flags = [.init(name: "x", on: step % 2 == 0)] }
    }
    #expect(story.changes("a").count == ChangeLog.serviceLimit)
    #expect(story.state.present.changes(of: "b").count == 1)
  }
}
