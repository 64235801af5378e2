import Exposition
import Fleet
import Health
import Incident
import NIOCore
import Polling
import Testing

/// The many ways in which a sound answer may come.
@Suite struct TransportTests {
  /// Polls until three good scrapes are there, and returns the first.
  private func scrape(
    _ instance: Instance, location: SourceLocation = #_sourceLocation
  ) async throws -> Scrape? {
    var first: Scrape?
    try await polling([instance]) { recorder, _ in
      try await recorder.wait("it is scraped", location: location) {
        $0.scrapes(of: instance.url).count >= 3
      }
      #expect(recorder.faults(of: instance.url) == [], sourceLocation: location)
      first = recorder.scrapes(of: instance.url).first
    }
    return first
  }

  private func expectAll(_ scrape: Scrape?, location: SourceLocation = #_sourceLocation) {
    guard case .extracted(let extraction, let bytes)? = scrape?.outcome else {
      Issue.record("no extraction: \(String(describing: scrape))", sourceLocation: location)
      return
    }
    #expect(extraction.readings.map(\.value) == [17, 3], sourceLocation: location)
    #expect(bytes == metricsBody.utf8.count, sourceLocation: location)
  }

  @Test func oneConnectionServesAllPollsOfATarget() async throws {
    let server = try await TestServer { $0.path == "/metrics" ? answer(metricsBody) : answer("ok") }
    var instance = scraped(server.url)
    instance.liveness = .path("/healthz")
    instance.readiness = .path("/ready")
    try await polling([instance]) { recorder, _ in
      try await recorder.wait("all are polled") {
        $0.scrapes(of: server.url).count >= 5 && $0.probes(of: server.url, .liveness).count >= 5
          && $0.probes(of: server.url, .readiness).count >= 5
      }
    }
    // On a machine that is busy with other tests, a poll may have run into the one before it.
    #expect(server.asked.count >= 15)
    #expect(server.connectionCount <= 5)
    await server.close()
  }

  @Test func aKeptConnectionThatIsDroppedCostsNoPoll() async throws {
    // Each connection answers once and is closed when it is asked again, without an answer.
    let server = try await TestServer { asked in
      asked.turn == 1 ? answer(metricsBody) : [.close]
    }
    expectAll(try await scrape(scraped(server.url)))
    await server.close()
  }

  @Test func aServerThatClosesAfterEachAnswer() async throws {
    let server = try await TestServer { _ in
      answer(headers: "Connection: close\r\n", body: metricsBody) + [.close]
    }
    expectAll(try await scrape(scraped(server.url)))
    #expect(server.connectionCount >= 3)
    await server.close()
  }

  @Test func aBodyThatEndsWithTheConnection() async throws {
    let server = try await TestServer { _ in
      [.text("HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\n\(metricsBody)"), .close]
    }
    expectAll(try await scrape(scraped(server.url)))
    await server.close()
  }

  @Test func aBodyInChunksAfterAnInterimAnswer() async throws {
    let cut = metricsBody.index(metricsBody.startIndex, offsetBy: 40)
    let parts = [String(metricsBody[..<cut]), String(metricsBody[cut...])]
    let chunks = parts.map { "\(String($0.utf8.count, radix: 16))\r\n\($0)\r\n" }
    let server = try await TestServer { _ in
      [
        .text("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
        .text("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks[0]),
        .pause(.milliseconds(20)), .text(chunks[1] + "0\r\n\r\n"),
      ]
    }
    expectAll(try await scrape(scraped(server.url)))
    #expect(server.connectionCount == 1)
    await server.close()
  }

  @Test func aPackedBodyOfTwoMembers() async throws {
    let cut = metricsBody.index(metricsBody.startIndex, offsetBy: 40)
    var packed = Packed.gzip(String(metricsBody[..<cut]))
    packed.writeImmutableBuffer(Packed.gzip(String(metricsBody[cut...])))
    let body = packed
    let server = try await TestServer { _ in
      [
        .text(
          "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(body.readableBytes)\r\n\r\n"
        ),
        .send(body),
      ]
    }
    expectAll(try await scrape(scraped(server.url)))
    await server.close()
  }

  @Test func aLargeBodyIsReadWhole() async throws {
    let lines = (0..<60_000).map { "requests_total{route=\"/r\($0)\",method=\"GET\"} \($0)" }
    let text = lines.joined(separator: "\n") + "\n"
    let packed = Packed.gzip(text)
    let server = try await TestServer { asked in
      if asked.turn % 2 == 0 { return answer(text) }
      return [
        .text(
          "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.readableBytes)\r\n\r\n"
        ),
        .send(packed),
      ]
    }
    let instance = scraped(server.url, limits: Limits(series: 100_000))
    let first = try await scrape(instance)
    guard case .extracted(let extraction, let bytes)? = first?.outcome else {
      Issue.record("no extraction")
      return
    }
    #expect(bytes == text.utf8.count)
    #expect(extraction.readings.count == 60_000)
    await server.close()
  }

  @Test func aUnixSocket() async throws {
    let path = "/tmp/damcon-\(UInt32.random(in: 0 ... .max)).sock"
    let server = try await TestServer(socket: path) { _ in answer(metricsBody) }
    expectAll(try await scrape(scraped("unix://\(path)")))
    #expect(server.asked.first?.header("Host") == "localhost")
    await server.close()
  }

  @Test func anIPv6Address() async throws {
    let server: TestServer
    do {
      server = try await TestServer(host: "::1") { _ in answer(metricsBody) }
    } catch {
      return  // A machine without IPv6 has no such target.
    }
    expectAll(try await scrape(scraped("http://[::1]:\(server.port)/base/")))
    #expect(server.asked.first?.header("Host") == "[::1]:\(server.port)")
    #expect(server.asked.first?.path == "/base/metrics")
    await server.close()
  }

  @Test func aNameWithSeveralAddresses() async throws {
    let server = try await TestServer { _ in answer(metricsBody) }
    expectAll(try await scrape(scraped("http://localhost:\(server.port)")))
    await server.close()
  }

  @Test func theHeadSaysWhatIsWantedAndSentHeadersReplaceIt() async throws {
    let server = try await TestServer { _ in answer(metricsBody) }
    let credentials = Credentials(headers: [
      .init(name: "Authorization", value: .literal("Bearer s3cret")),
      .init(name: "host", value: .literal("inner.example")),
    ])
    expectAll(try await scrape(scraped(server.url, credentials: credentials)))
    let asked = try #require(server.asked.first)
    #expect(asked.header("Authorization") == "Bearer s3cret")
    #expect(asked.header("Accept")?.hasPrefix("application/openmetrics-text;version=1.0.0") == true)
    #expect(asked.header("Host") == "inner.example")
    #expect(asked.head.lowercased().split(separator: "\r\n").count { $0.hasPrefix("host:") } == 1)
    await server.close()
  }

  @Test func aHeaderWithALineBreakIsNeverSent() async throws {
    let server = try await TestServer { _ in answer(metricsBody) }
    let credentials = Credentials(headers: [
      .init(name: "X-Token", value: .literal("a\r\nX-Injected: yes"))
    ])
    let instance = scraped(server.url, credentials: credentials)
    try await polling([instance]) { recorder, _ in
      try await recorder.wait("it is refused") { !$0.faults(of: server.url).isEmpty }
      let fault = try #require(recorder.faults(of: server.url).first)
      #expect(fault.kind == .misconfigured)
      #expect(fault.detail.contains("X-Token") && !fault.detail.contains("yes"))
    }
    #expect(server.asked.isEmpty)
    await server.close()
  }

  @Test func redirectsWithinAHostKeepCredentialsAndTheConnection() async throws {
    let server = try await TestServer { asked in
      asked.path == "/metrics"
        ? answer("301 Moved Permanently", headers: "Location: deep/./metrics?x=1\r\n", body: "")
        : answer(metricsBody)
    }
    let credentials = Credentials(headers: [.init(name: "X-Token", value: .literal("s3cret"))])
    expectAll(try await scrape(scraped(server.url, credentials: credentials)))
    let followed = try #require(server.asked.first { $0.path != "/metrics" })
    #expect(followed.path == "/deep/metrics?x=1")
    #expect(followed.header("X-Token") == "s3cret")
    #expect(server.connectionCount == 1)
    await server.close()
  }

  @Test func credentialsNeverFollowARedirectToAnotherHost() async throws {
    let other = try await TestServer { _ in answer(metricsBody) }
    let server = try await TestServer { _ in
      answer("302 Found", headers: "Location: \(other.url)/metrics\r\n", body: "")
    }
    let credentials = Credentials(headers: [
      .init(name: "Authorization", value: .literal("Bearer s3cret")),
      .init(name: "X-Token", value: .literal("s3cret")),
    ])
    expectAll(try await scrape(scraped(server.url, credentials: credentials)))
    #expect(server.asked.first?.header("X-Token") == "s3cret")
    let asked = try #require(other.asked.first)
    #expect(!asked.head.contains("s3cret"))
    #expect(asked.header("Host") == "127.0.0.1:\(other.port)")
    await server.close()
    await other.close()
  }

  @Test func anyStatusOfAHealthRouteIsAnAnswer() async throws {
    let server = try await TestServer { _ in
      answer("503 Service Unavailable", type: "application/json", body: #"{"status":"fail"}"#)
    }
    try await polling([probed(server.url)]) { recorder, _ in
      try await recorder.wait("it is probed") { !$0.probes(of: server.url).isEmpty }
      let probe = try #require(recorder.probes(of: server.url).first)
      guard case .response(let status, let report) = probe.answer else {
        Issue.record("a fault: \(probe)")
        return
      }
      #expect(status == 503)
      #expect(report.status == .fail)
      #expect(probe.path == "/healthz")
      #expect(probe.duration > 0 && probe.duration < 10)
    }
    await server.close()
  }
}
