import Fleet
import Health
import Incident
import NIOCore
import Polling
import Testing

/// Each of these targets does its worst beside a good one on the same event loop. It is told for
/// what it is, and the good one's polls stay on time: never as far apart as the hostile one hangs.
@Suite struct HostileTargetTests {
  /// Polls the hostile instance and a good one until both have been heard enough.
  private func check(
    _ hostile: Instance, faults expected: Fault.Kind, saying words: String, polls: Int = 3,
    location: SourceLocation = #_sourceLocation
  ) async throws {
    let good = try await TestServer { _ in answer(metricsBody) }
    try await polling([hostile, scraped(good.url, interval: 0.05)]) { recorder, _ in
      try await recorder.wait("both are polled", location: location) {
        $0.scrapes(of: good.url).count >= 12 && $0.faults(of: hostile.url).count >= polls
      }
      for fault in recorder.faults(of: hostile.url) {
        #expect(fault.kind == expected, "\(fault)", sourceLocation: location)
        #expect(fault.detail.contains(words), "\(fault)", sourceLocation: location)
      }
      #expect(recorder.faults(of: good.url).isEmpty, sourceLocation: location)
      #expect(recorder.longestGap(between: good.url) < .seconds(4), sourceLocation: location)
    }
    await good.close()
  }

  @Test func oneThatRefuses() async throws {
    let server = try await TestServer { _ in [.hang] }
    let url = server.url
    await server.close()
    try await check(scraped(url), faults: .refused, saying: "nothing listens")
  }

  @Test func oneThatHangsBeforeItAnswers() async throws {
    let server = try await TestServer { _ in [.hang] }
    try await check(
      scraped(server.url, timeout: 5), faults: .timeout, saying: "no answer in 5.0 s", polls: 1)
    await server.close()
  }

  @Test func oneThatHangsInsideTheBody() async throws {
    let server = try await TestServer { _ in
      [
        .text(
          "HTTP/1.1 200 OK\r\nContent-Length: 68000\r\n\r\n" + String(repeating: "x", count: 1200)),
        .hang,
      ]
    }
    try await check(
      scraped(server.url, timeout: 5), faults: .timeout,
      saying: "body incomplete after 5.0 s: 1.2 kB of 68 kB", polls: 1)
    await server.close()
  }

  @Test func oneThatDripsCannotStretchItsDeadline() async throws {
    let drip = (0..<200).flatMap { _ in [Step.text("x"), .pause(.milliseconds(50))] }
    let server = try await TestServer { _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")] + drip
    }
    let instance = scraped(server.url, timeout: 5)
    try await check(instance, faults: .timeout, saying: "body incomplete after 5.0 s", polls: 1)
    await server.close()
  }

  @Test func oneThatDripsItsHead() async throws {
    let drip = (0..<200).flatMap { _ in [Step.text("x"), .pause(.milliseconds(50))] }
    let server = try await TestServer { _ in [.text("HTTP/1.1 200 OK\r\nX: ")] + drip }
    try await check(
      scraped(server.url, timeout: 5), faults: .timeout, saying: "no answer in 5.0 s", polls: 1)
    await server.close()
  }

  @Test func oneThatSendsAGigabyte() async throws {
    let chunk = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)
    let server = try await TestServer { _ in
      [.text("HTTP/1.1 200 OK\r\n\r\n"), .stream(chunk, times: 1024), .close]
    }
    try await check(
      scraped(server.url, interval: 0.3), faults: .payload, saying: "body over 16 MiB",
      polls: 2)
    await server.close()
  }

  @Test func oneThatAnnouncesAGigabyteIsNotRead() async throws {
    let server = try await TestServer { _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"), .hang]
    }
    try await check(scraped(server.url), faults: .payload, saying: "body over 16 MiB")
    await server.close()
  }

  @Test func oneThatSendsABomb() async throws {
    let bomb = Packed.gzip(ofZeros: 64 << 20)
    let server = try await TestServer { _ in
      [
        .text(
          "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.readableBytes)\r\n\r\n"
        ),
        .send(bomb),
      ]
    }
    try await check(
      scraped(server.url), faults: .payload, saying: "body over 16 MiB unpacked")
    await server.close()
  }

  @Test func oneWhoseGzipIsBroken() async throws {
    let server = try await TestServer { _ in
      answer(headers: "Content-Encoding: gzip\r\n", body: "\u{1f}this is no gzip")
    }
    try await check(scraped(server.url), faults: .payload, saying: "packed body is broken")
    await server.close()
  }

  @Test func oneThatRedirectsInALoop() async throws {
    let server = try await TestServer { asked in
      answer("302 Found", headers: "Location: \(asked.path == "/a" ? "/b" : "/a")\r\n", body: "")
    }
    try await check(scraped(server.url), faults: .protocol, saying: "more than 3 redirects")
    await server.close()
  }

  @Test func oneThatPromisesMoreThanItSends() async throws {
    let server = try await TestServer { _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\nrequests_total 1\n"), .close]
    }
    try await check(scraped(server.url), faults: .reset, saying: "17 B of 2.0 kB")
    await server.close()
  }

  @Test func oneThatSendsMoreThanItPromises() async throws {
    let server = try await TestServer { _ in
      [.text("HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\nrequests_total 1\nrequests_errors 1\n")]
    }
    try await check(scraped(server.url), faults: .protocol, saying: "more came")
    await server.close()
  }

  @Test func oneThatHangsUpWithoutAWord() async throws {
    let server = try await TestServer { _ in [.close] }
    try await check(scraped(server.url), faults: .reset, saying: "without an answer")
    await server.close()
  }

  @Test func oneThatTalksGarbage() async throws {
    let server = try await TestServer { _ in
      [.text("SSH-2.0-OpenSSH_9.2\r\n\u{1b}[2J\u{7}\r\n"), .hang]
    }
    try await check(scraped(server.url), faults: .protocol, saying: "not HTTP")
    await server.close()
  }

  @Test func oneWithHeadersWithoutEnd() async throws {
    let header = ByteBuffer(string: "X-Again: " + String(repeating: "y", count: 1000) + "\r\n")
    let server = try await TestServer { _ in
      [.text("HTTP/1.1 200 OK\r\n"), .stream(header, times: 1 << 20)]
    }
    try await check(scraped(server.url), faults: .protocol, saying: "headers without end")
    await server.close()
  }

  @Test func oneThatServesAPageInsteadOfMetrics() async throws {
    let server = try await TestServer { _ in
      answer(type: "text/html", body: "<!doctype html><title>Welcome</title>")
    }
    try await check(scraped(server.url), faults: .payload, saying: "HTML instead of metrics")
    await server.close()
  }

  @Test func oneThatServesAPageAsPlainText() async throws {
    let server = try await TestServer { _ in
      answer(type: "text/plain", body: "\n <HTML><body>no</body>")
    }
    try await check(scraped(server.url), faults: .payload, saying: "HTML instead of metrics")
    await server.close()
  }

  @Test func oneWithoutTheRoute() async throws {
    let server = try await TestServer { _ in answer("404 Not Found", body: "no") }
    try await check(scraped(server.url), faults: .httpStatus, saying: "404 Not Found")
    await server.close()
  }

  @Test func oneThatSpeaksTLSWhereNoneIsExpected() async throws {
    let server = try await TestServer { _ in
      answer("400 Bad Request", body: "Client sent an HTTP request to an HTTPS server.\n")
    }
    try await check(scraped(server.url), faults: .misconfigured, saying: "is it https://?")
    await server.close()
  }

  @Test func oneWhoseNameDoesNotExist() async throws {
    try await check(
      scraped("http://does-not-exist.invalid:9", timeout: 2), faults: .dns,
      saying: "does-not-exist.invalid", polls: 1)
  }

  @Test func oneThatHoldsBackItsSecret() async throws {
    let credentials = Credentials(headers: [
      .init(name: "Authorization", value: .file(path: "/nowhere/token", prefix: "Bearer "))
    ])
    try await check(
      scraped("http://127.0.0.1:1", credentials: credentials), faults: .misconfigured,
      saying: "header Authorization: /nowhere/token")
  }

  /// A probe is told on time while the scrape of the same target hangs.
  @Test func aHangingScrapeDoesNotDelayLivenessOfTheSameTarget() async throws {
    let server = try await TestServer { asked in
      asked.path == "/metrics" ? [.hang] : answer("ok")
    }
    var instance = scraped(server.url)
    instance.liveness = .path("/healthz")
    try await polling([instance]) { recorder, _ in
      try await recorder.wait("liveness is heard") { $0.probes(of: server.url).count >= 10 }
      #expect(recorder.faults(of: server.url).isEmpty)
    }
    #expect(server.connectionCount >= 2)
    #expect(server.asked.count { $0.path == "/metrics" } == 1)
    await server.close()
  }
}
