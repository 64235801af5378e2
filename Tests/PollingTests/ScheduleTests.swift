import Exposition
import Fleet
import Health
import Incident
import NIOConcurrencyHelpers
import NIOCore
import Polling
import Telemetry
import Testing

@Suite struct ScheduleTests {
  @Test func theNextCheckAServiceAsksForIsHonoured() async throws {
    let server = try await TestServer { _ in
      answer(type: "application/json", body: #"{"status":"pass","next_check_seconds":30}"#)
    }
    let other = try await TestServer { _ in answer("ok") }
    try await polling([probed(server.url), probed(other.url)]) { recorder, poller in
      try await recorder.wait("the other is polled") { $0.probes(of: other.url).count >= 10 }
      #expect(recorder.probes(of: server.url).count == 1)
      poller.pollNow()
      try await recorder.wait("asking now asks all the same") {
        $0.probes(of: server.url).count == 2
      }
    }
    await server.close()
    await other.close()
  }

  @Test func aServiceThatFailsIsAskedAtEveryInterval() async throws {
    let server = try await TestServer { _ in
      answer(
        "503 Service Unavailable", type: "application/json",
        body: #"{"status":"fail","next_check_seconds":30}"#)
    }
    try await polling([probed(server.url)]) { recorder, _ in
      try await recorder.wait("it is polled") { $0.probes(of: server.url).count >= 5 }
    }
    await server.close()
  }

  @Test func neverTwoPollsOfAKindAreInFlight() async throws {
    let server = try await TestServer { _ in [.pause(.milliseconds(350))] + answer(metricsBody) }
    try await polling([scraped(server.url)]) { recorder, _ in
      try await recorder.wait("it is scraped") { $0.scrapes(of: server.url).count >= 3 }
      #expect(server.asked.count <= recorder.scrapes(of: server.url).count + 1)
      #expect(recorder.faults(of: server.url) == [])
    }
    #expect(server.connectionCount == 1)
    await server.close()
  }

  @Test func aReloadKeepsWhatDidNotChange() async throws {
    let kept = try await TestServer { asked in
      switch asked.path {
      case "/healthz": answer("ok")
      case "/metrics": answer(metricsBody)
      default: answer("404 Not Found", body: "")
      }
    }
    let gone = try await TestServer { _ in answer(metricsBody) }
    let added = try await TestServer { _ in answer(metricsBody) }
    var instance = Instance(url: kept.url, polling: PollPolicy(interval: 0.1, timeout: 10))
    try await polling([instance, scraped(gone.url)]) { recorder, poller in
      try await recorder.wait("both are scraped") {
        $0.scrapes(of: kept.url).count >= 2 && $0.scrapes(of: gone.url).count >= 2
      }
      instance.polling.interval = 0.2
      poller.update(fleet: fleet([instance, scraped(added.url)]))
      let before = recorder.scrapes(of: kept.url).count
      try await recorder.wait("the new fleet is polled") {
        $0.scrapes(of: added.url).count >= 2 && $0.scrapes(of: kept.url).count >= before + 3
      }
      #expect(recorder.routes(of: kept.url).count == 1)
      // Series keep their numbers: they are defined once.
      let defined = recorder.extractions(of: kept.url).map(\.defined.count)
      #expect(defined.first == 2 && defined.dropFirst().allSatisfy { $0 == 0 })
      let asked = gone.asked.count
      let rounds = recorder.scrapes(of: added.url).count
      try await recorder.wait("more rounds") { $0.scrapes(of: added.url).count >= rounds + 3 }
      #expect(gone.asked.count == asked)
    }
    #expect(kept.asked.count >= 10 && kept.connectionCount <= 4)
    for server in [kept, gone, added] { await server.close() }
  }

  @Test func newConventionsBeginANewEpoch() async throws {
    let server = try await TestServer { _ in answer(metricsBody) }
    let instance = scraped(server.url)
    try await polling([instance]) { recorder, poller in
      try await recorder.wait("it is scraped") { $0.extractions(of: server.url).count >= 2 }
      var taught = fleet([instance])
      taught.conventions = [.init(name: "ours", requests: ["requests_total"])]
      poller.update(fleet: taught)
      try await recorder.wait("the series are told anew") {
        $0.extractions(of: server.url).contains { $0.epoch == 1 && $0.defined.count == 2 }
      }
    }
    await server.close()
  }

  @Test func aSecretFromAFileIsReadForEachPoll() async throws {
    let token = NIOLockedValueBox("first")
    var readers = Readers.all
    readers.secret = { _ in token.withLockedValue(\.self) }
    let server = try await TestServer { _ in answer(metricsBody) }
    let credentials = Credentials(headers: [
      .init(name: "X-Token", value: .file(path: "/run/token", prefix: ""))
    ])
    try await polling([scraped(server.url, credentials: credentials)], readers: readers) {
      recorder, _ in
      try await recorder.wait("it is scraped") { !$0.scrapes(of: server.url).isEmpty }
      token.withLockedValue { $0 = "second" }
      try await recorder.wait("the new one is sent") { _ in
        server.asked.last?.header("X-Token") == "second"
      }
    }
    #expect(server.asked.first?.header("X-Token") == "first")
    await server.close()
  }

  @Test func nothingIsToldAfterShutdown() async throws {
    let server = try await TestServer { _ in [.pause(.milliseconds(50))] + answer(metricsBody) }
    let recorder = Recorder()
    let poller = Poller(fleet: fleet([scraped(server.url)]), group: pollingGroup, readers: .all) {
      recorder.take($0)
    }
    poller.start()
    try await recorder.wait("it is scraped") { !$0.scrapes(of: server.url).isEmpty }
    await poller.shutdown()
    let told = recorder.told.count
    let asked = server.asked.count
    let other = try await TestServer { _ in answer(metricsBody) }
    try await polling([scraped(other.url)]) { recorder, _ in
      try await recorder.wait("time passes") { $0.scrapes(of: other.url).count >= 4 }
    }
    #expect(recorder.told.count == told)
    #expect(server.asked.count <= asked + 1)
    await server.close()
    await other.close()
  }

  @Test func manyTargetsArePolledSideBySide() async throws {
    let server = try await TestServer { _ in answer(metricsBody) }
    let instances = (0..<50).map { number in
      var instance = scraped(server.url + "/t\(number)", interval: 1)
      instance.limits.redirects = 0
      return instance
    }
    try await polling(instances) { recorder, poller in
      try await recorder.wait("each is scraped twice") { recorder in
        instances.allSatisfy { recorder.scrapes(of: $0.url).count >= 2 }
      }
      #expect(poller.lag.seconds < 5)
    }
    await server.close()
  }
}
