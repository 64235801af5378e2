import Fleet
import Health
import Incident
import NIOConcurrencyHelpers
import NIOCore
import Polling
import Testing

/// Bodies of answers as a recording keeps them.
@Suite struct BodyKeepingTests {
  private struct Kept {
    var target: Target
    var kind: AnswerBody.Kind
    var body: [UInt8]
    /// How many observations had been told by then.
    var observations: Int
  }

  private final class Shelf: Sendable {
    let kept = NIOLockedValueBox<[Kept]>([])
    let recorder = NIOLockedValueBox<Recorder?>(nil)

    func readers() -> Readers {
      var readers = Readers.all
      readers.body = { [self] bytes in
        let body = [UInt8](bytes)
        return { [self] target, kind in
          let count = recorder.withLockedValue { $0?.observations ?? 0 }
          kept.withLockedValue {
            $0.append(Kept(target: target, kind: kind, body: body, observations: count))
          }
        }
      }
      return readers
    }
  }

  @Test func theyAreWhatTheServiceSentUnpackedAndFollowTheirObservations() async throws {
    // Above what is read on the event loop itself.
    let long = "# HELP a " + String(repeating: "x", count: 2 << 20) + "\na 1\n"
    let gzip = Packed.gzip(metricsBody)
    let packed: [Step] = [
      .text(
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Encoding: gzip\r\n"
          + "Content-Length: \(gzip.readableBytes)\r\n\r\n"), .send(gzip),
    ]
    let server = try await TestServer { asked in
      switch asked.path {
      case "/healthz": answer("{\"status\":\"pass\"}\r\n")
      case "/ready": answer("503 Busy", body: "not yet")
      default: asked.turn % 2 == 0 ? packed : answer(body: long)
      }
    }
    var instance = scraped(server.url)
    instance.liveness = .path("/healthz")
    instance.readiness = .path("/ready")
    let shelf = Shelf()
    try await polling([instance], readers: shelf.readers()) { recorder, _ in
      shelf.recorder.withLockedValue { $0 = recorder }
      try await recorder.wait("all are kept") { _ in
        let kept = shelf.kept.withLockedValue(\.self)
        return AnswerBody.Kind.allCases.allSatisfy { kind in
          kept.count { $0.kind == kind } >= 4
        }
      }
    }
    let kept = shelf.kept.withLockedValue(\.self)
    #expect(kept.allSatisfy { $0.target == Target(service: "service", instance: server.url) })
    func texts(_ kind: AnswerBody.Kind) -> Set<[UInt8]> {
      Set(kept.filter { $0.kind == kind }.map(\.body))
    }
    #expect(texts(.liveness) == [[UInt8]("{\"status\":\"pass\"}\r\n".utf8)])
    #expect(texts(.readiness) == [[UInt8]("not yet".utf8)])
    #expect(texts(.metrics) == [[UInt8](metricsBody.utf8), [UInt8](long.utf8)])
    // A body never comes before what was made of it.
    for (place, one) in kept.enumerated() {
      #expect(one.observations > place || one.observations == 0)
    }
    await server.close()
  }

  @Test func whatCameInPlaceOfMetricsIsKeptAndNoAnswerHasNone() async throws {
    let page = "<!doctype html><p>sign in</p>"
    let server = try await TestServer { _ in answer(page) }
    let shelf = Shelf()
    try await polling(
      [scraped(server.url), scraped("http://127.0.0.1:1")], readers: shelf.readers()
    ) { recorder, _ in
      try await recorder.wait("both are asked") {
        $0.scrapes(of: server.url).count >= 2 && $0.scrapes(of: "http://127.0.0.1:1").count >= 2
      }
    }
    let kept = shelf.kept.withLockedValue(\.self)
    #expect(!kept.isEmpty)
    #expect(kept.allSatisfy { $0.target.instance == server.url && $0.body == [UInt8](page.utf8) })
    await server.close()
  }
}

extension Recorder {
  fileprivate var observations: Int {
    told.count {
      switch $0.event {
      case .probe, .scrape: true
      default: false
      }
    }
  }
}
