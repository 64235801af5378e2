import Fleet
import FleetFile
import Testing
import YAMLText

@Suite("Beats of a fleet file")
struct BeaconReaderTests {
  /// `beacon` stands on line 5.
  private func text(_ beacon: String, besides: String = "") -> String {
    """
    version: 1
    poll: {readiness_grace: 30s}
    services:
      - name: report
        beacon: \(beacon)
    \(besides)
    """
  }

  private func read(_ beacon: String, besides: String = "") throws -> FleetFile.Reading {
    try FleetFile.parse(text(beacon, besides: besides), path: "/etc/damcon/f.yaml")
  }

  private func problems(_ beacon: String) -> [String] {
    do {
      _ = try FleetFile.parse(text(beacon), path: "f.yaml")
      return []
    } catch { return error.problems.map(\.description) }
  }

  @Test("a service may only send beats: then it needs no instances, and what is usual is filled in")
  func alone() throws {
    let reading = try read("{token: {env: REPORT_TOKEN}}")
    let service = try #require(reading.fleet.services.first)
    #expect(reading.warnings == [])
    #expect(service.instances == [])
    #expect(
      service.beacon
        == Beacon(token: .environment(name: "REPORT_TOKEN", prefix: ""), grace: 30))
    #expect(service.beacon?.every == 10)
    #expect(service.beacon?.most == 50)
    #expect(service.beacon?.forget == 3600)
    #expect(reading.fleet.takesBeats)
  }

  @Test("named instances are in the fleet from the beginning, beside those that are polled")
  func named() throws {
    let reading = try read(
      "{token: {file: t/report}, every: 20s, instances: [a-1, 'b:2'], forget: 2h}",
      besides: "    instances: http://10.0.0.1:80")
    let service = try #require(reading.fleet.services.first)
    #expect(
      service.instances.map(\.url)
        == ["http://10.0.0.1:80", "beacon://report/a-1", "beacon://report/b:2"])
    #expect(service.instances.map(\.isBeacon) == [false, true, true])
    #expect(service.beacon?.token == .file(path: "/etc/damcon/t/report", prefix: ""))
    let beacon = service.instances[1]
    #expect([beacon.liveness, beacon.readiness, beacon.metrics] == [.none, .none, .none])
    #expect(beacon.polling.interval == 20)
    #expect(beacon.polling.readinessGrace == 30)
    #expect(Beacon.name(in: beacon.url) == "a-1")
    #expect(Beacon.name(in: service.instances[0].url) == nil)
  }

  @Test("a job says when it comes again; with a pace it beats while it runs")
  func schedule() throws {
    let once = try read("{token: {env: T}, period: 1d}")
    #expect(
      once.fleet.services.first?.beacon?.schedule
        == Beacon.Schedule(period: 86_400, grace: 3600, beatsMeanwhile: false))
    let running = try read("{token: {env: T}, period: 30m, grace: 5m, every: 20s}")
    #expect(
      running.fleet.services.first?.beacon?.schedule
        == Beacon.Schedule(period: 1800, grace: 300, beatsMeanwhile: true))
    #expect(try read("{token: {env: T}}").fleet.services.first?.beacon?.schedule == nil)
    let idle = try read("{token: {env: T}, grace: 5m}")
    #expect(
      idle.warnings.map(\.description) == [
        "/etc/damcon/f.yaml:5:38: services[0].beacon.grace: says nothing here without 'period'"
      ])
    #expect(
      problems("{token: {env: T}, period: 5s}") == [
        "f.yaml:5:39: services[0].beacon.period: expected between 1m and 366d, found '5s'"
      ])
  }

  @Test(
    "what is wrong is told with its place",
    arguments: [
      (
        "{every: 10s}",
        "f.yaml:5:13: services[0].beacon: 'token' is missing: beats are taken from nobody "
          + "without one; {env: NAME} or {file: PATH}"
      ),
      (
        "{token: short}",
        "f.yaml:5:21: services[0].beacon.token: expected at least 16 characters without "
          + "spaces, {env: NAME} or {file: PATH}"
      ),
      (
        "{token: {env: T}, every: 10}",
        "f.yaml:5:38: services[0].beacon.every: expected a duration such as 10s, found '10'"
          + "; did you mean '10s'?"
      ),
      (
        "{token: {env: T}, most: 0}",
        "f.yaml:5:37: services[0].beacon.most: expected a whole number from 1 to 1000, "
          + "found '0'"
      ),
      (
        "{token: {env: T}, instances: [a, a]}",
        "f.yaml:5:46: services[0].beacon.instances[1]: the instance 'a' is named twice"
      ),
      (
        "{token: {env: T}, instances: [a/b]}",
        "f.yaml:5:43: services[0].beacon.instances[0]: an instance's name is up to 100 "
          + "letters, digits, '.', '_', ':' and '-'"
      ),
      (
        "{token: {env: T}, instances: []}",
        "f.yaml:5:42: services[0].beacon.instances: the list is empty; leave it out where "
          + "instances make themselves known"
      ),
    ])
  func wrong(_ beacon: String, _ sentence: String) {
    #expect(problems(beacon) == [sentence])
  }

  @Test("a key that there is not is told with the one that was meant")
  func unknownKey() {
    let told = problems("{token: {env: T}, evry: 10s}")
    #expect(told.count == 1)
    #expect(told.first?.contains("'evry'") == true)
    #expect(told.first?.contains("'every'") == true)
  }

  @Test("a token is never said, neither where it is wrong nor in what is kept")
  func secret() throws {
    #expect(problems("{token: hunter2}").allSatisfy { !$0.contains("hunter2") })
    let reading = try read("{token: hunter2-hunter2-hunter2}")
    #expect(reading.warnings.map(\.description).allSatisfy { !$0.contains("hunter2") })
    #expect(reading.warnings.count == 1)
    let kept = try #require(FleetFile.keepable(reading, path: "/etc/damcon/f.yaml"))
    #expect(kept.masked == 1)
    #expect(!kept.text.contains("hunter2"))
    #expect(FleetFile.mask.utf8.count < Beacon.shortestToken)
  }

  @Test("what contradicts itself is warned of")
  func warnings() throws {
    let reading = try read("{token: {env: T}, instances: [a], most: 3, every: 10s, forget: 30s}")
    #expect(
      reading.warnings.map(\.description) == [
        "/etc/damcon/f.yaml:5:53: services[0].beacon.most: says nothing here, for no "
          + "instances but the named ones are taken",
        "/etc/damcon/f.yaml:5:76: services[0].beacon.forget: what is silent is forgotten "
          + "before it is unreachable, after four beats of 10s",
      ])
  }
}
