import Bridge
import Foundation
import Incident
import Session
import Testing

/// What one user may ask: whoever looks much up can still act, and stopping everything is never refused for it.
@Suite("What one user may ask", .serialized)
struct AllowanceTests {
  private static func reason(_ reply: Reply) -> String? {
    if case .refused(let reason) = reply { reason } else { nil }
  }

  @Test("who looks up more than is answered can still act, by whichever connection")
  func questions() async throws {
    var limits = BridgeLimits()
    limits.questionsPerSecond = 20
    try await listening(limits) { path, place in
      try await aside {
        let rewinding = try BridgeClient.connect(to: place)
        let began = ContinuousClock.now
        let reasons = try (0..<60).map { round in
          Self.reason(try rewinding.ask(round % 2 == 0 ? .list(service: nil) : .archive(.span)))
        }
        let seconds = began.duration(to: .now) / .seconds(1)
        // One that is large takes all there is, and each that is small takes something off the next.
        #expect(
          Double((0..<60).count { $0 % 2 == 0 && reasons[$0] == nil }) <= 2 + seconds)
        #expect(
          Set(reasons.compactMap(\.self)) == [
            "you look up more than is answered in a second: wait a moment"
          ])
        for client in [rewinding, try BridgeClient.connect(to: place)] {
          let approved = try client.ask(.approve(run: "1", hash: "h"))
          #expect(approved == .done(words: "\(Request.approve(run: "1", hash: "h"))"))
        }
      }
    }
  }

  @Test("one small question costs less than a large one")
  func cost() async throws {
    var limits = BridgeLimits()
    limits.questionsPerSecond = 100
    try await listening(limits) { path, place in
      let counts = try await aside { () -> (small: Int, large: Int) in
        let client = try BridgeClient.connect(to: place)
        let small = try (0..<60).count { _ in
          Self.reason(try client.ask(.list(service: "cart"))) == nil
        }
        var large = 0
        while Self.reason(try client.ask(.status(run: nil))) == nil, large < 60 { large += 1 }
        return (small, large)
      }
      #expect(counts.small == 60)
      #expect(counts.large < 60)
    }
  }

  @Test("who has asked for too much is told so, can look on, and can still stop everything")
  func stopping() async throws {
    var limits = BridgeLimits()
    limits.requestsPerSecond = 5
    try await listening(limits) { path, place in
      try await aside {
        let client = try BridgeClient.connect(to: place)
        let refused = try (0..<50).count { _ in Self.reason(try client.ask(.lift)) != nil }
        #expect(refused > 0)
        for round in 0..<30 {
          let halt = Request.halt(reason: "now \(round)")
          #expect(try client.ask(halt) == .done(words: "\(halt)"))
        }
        #expect(Self.reason(try client.ask(.list(service: "cart"))) == nil)
        // With the longest reason that is taken, and each byte of it written as six.
        let long = Request.halt(reason: String(repeating: "\u{1}", count: 1000))
        #expect(try client.ask(long) == .done(words: "\(long)"))
      }
    }
  }

  @Test("who stays and has asked for too much can still stop everything, and at once")
  func stoppingWhileStaying() async throws {
    var limits = BridgeLimits()
    limits.requestsPerSecond = 5
    limits.asksPerSecond = 1e6
    try await attaching(limits) { room in
      let outcomes = try await aside { () -> [UInt64: String] in
        let stream = try RawStream(room.path)
        for id in 1...40 { try stream.ask(UInt64(id), .intent(.remark("note \(id)"))) }
        for id in 41...60 { try stream.ask(UInt64(id), .intent(.halt(reason: "now"))) }
        var outcomes: [UInt64: String] = [:]
        while outcomes.count < 60 {
          let told = try stream.news { news -> (UInt64, String)? in
            if case .outcome(let id, let outcome) = news {
              (id, outcome.refusal ?? "")
            } else {
              nil
            }
          }
          guard let told else { break }
          outcomes[told.0] = told.1
        }
        return outcomes
      }
      #expect(outcomes.count == 60, "each is answered once")
      #expect(
        (1...40).contains { outcomes[$0] == "more than 5 requests a second: wait a moment" })
      #expect((41...60).contains { outcomes[$0] == "" })
      #expect(!(41...60).contains { outcomes[$0]?.hasPrefix("more than") == true })
      #expect(await room.session.read { $0.present.halt != nil })
    }
  }

  @Test(
    "a stop that was asked for last is in force at the end, whatever was to be lifted before it")
  func stoppedLast() async throws {
    var limits = BridgeLimits()
    limits.requestsPerSecond = 1e6
    limits.asksPerSecond = 1e6
    try await attaching(limits) { room in
      let told = try await aside { () -> Set<UInt64> in
        let stream = try RawStream(room.path)
        try stream.ask(1, .intent(.halt(reason: "first")))
        for id in 2...20 { try stream.ask(UInt64(id), .intent(.remark("note \(id)"))) }
        try stream.ask(21, .intent(.lift))
        try stream.ask(22, .intent(.halt(reason: "last")))
        var told: Set<UInt64> = []
        while told.count < 22 {
          let id = try stream.news { news -> UInt64? in
            if case .outcome(let id, _) = news { id } else { nil }
          }
          guard let id else { break }
          told.insert(id)
        }
        return told
      }
      #expect(told.count == 22, "each is answered once")
      #expect(await room.session.read { $0.present.halt != nil })
    }
  }

  @Test(
    "parts of the history are told by user and second, and hold up nothing that is asked beside")
  func parts() async throws {
    var limits = BridgeLimits()
    limits.questionsPerSecond = 2
    try await attaching(limits) { room in
      let (before, all, seconds) = try await aside { () -> (Int, Int, Double) in
        let streams = [try RawStream(room.path), try RawStream(room.path)]
        let names = (0..<64).map { number in
          let digits = String(number, radix: 16)
          return String(repeating: "0", count: 64 - digits.count) + digits
        }
        let began = ContinuousClock.now
        for stream in streams { try stream.ask(1, .chunks(names)) }
        try streams[0].ask(2, .intent(.remark("meanwhile")))
        func gone(_ news: StreamNews) -> Int? {
          if case .gone(let names) = news { return names.count }
          if case .outcome(2, _) = news { return 0 }
          return nil
        }
        var (before, all) = (0, 0)
        while let count = try streams[0].news(gone), count > 0 { before += count }
        all = before
        while all < 64, let count = try streams[0].news(gone) { all += count }
        var others = 0
        while others < 64, let count = try streams[1].news(gone) { others += count }
        return (before, all + others, began.duration(to: .now) / .seconds(1))
      }
      #expect(before < 64)
      #expect(all == 128)
      // 32 at once and 32 in a second, by both connections.
      #expect(seconds > 2)
    }
  }
}
