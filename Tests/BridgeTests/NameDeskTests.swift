import Bridge
import Foundation
import NIOCore
import NIOPosix
import Presence
import Session
import Synchronization
import Testing

/// A directory that does not answer, and answers that take their time.
@Suite("What is waited for at the door", .serialized)
struct NameDeskTests {
  /// A directory that does not answer until it is told to.
  private final class Directory: Sendable {
    private let gate = DispatchSemaphore(value: 0)
    private let count = Mutex(0)
    private let isShut = Mutex(true)
    var asked: Int { count.withLock { $0 } }

    func name(_ credentials: PeerCredentials) -> Peer {
      count.withLock { $0 += 1 }
      if isShut.withLock({ $0 }) { _ = gate.wait(timeout: .now() + 30) }
      return Peer(credentials)
    }

    func answer() {
      isShut.withLock { $0 = false }
      gate.signal()
    }
  }

  private static func ask(_ place: SocketPlace) async throws -> Reply {
    try await aside { try BridgeClient.connect(to: place).ask(.lift) }
  }

  private static func refusal(_ path: String) async throws -> String? {
    try await aside { try RawCaller(path).text() }
  }

  @Test(
    "who connects and goes again while names are waited for is told so in the end, and room is made again"
  )
  func pending() async throws {
    var limits = BridgeLimits()
    limits.lookupsOfOne = 3
    let directory = Directory()
    try await listening(limits, naming: { directory.name($0) }) { path, place in
      let first = try RawCaller(path)
      try await soon { directory.asked == 1 }
      // They are gone at once; what was begun for them is not.
      for _ in 0..<2 { _ = try RawCaller(path) }
      for _ in 0..<3 {
        let said = try await Self.refusal(path)
        #expect(
          said?.contains(
            "this host is asked for your name 3 times already: try again in a moment") == true,
          "\(said ?? "")")
      }
      directory.answer()
      try await soon { (try? await Self.ask(place)) == .done(words: "\(Request.lift)") }
      #expect(directory.asked == 2, "nobody asks who those were that had gone")
      withExtendedLifetime(first) {}
      // As often as one likes: each place was given back.
      for _ in 0..<10 { #expect(try await Self.ask(place) == .done(words: "\(Request.lift)")) }
    }
  }

  @Test("there is an end of all that wait for their names")
  func all() async throws {
    var limits = BridgeLimits()
    limits.lookups = 2
    let directory = Directory()
    try await listening(limits, naming: { directory.name($0) }) { path, place in
      let first = try RawCaller(path)
      try await soon { directory.asked == 1 }
      _ = try RawCaller(path)
      let said = try await Self.refusal(path)
      #expect(
        said?.contains(
          "this host is asked for too many names at once (2): try again in a moment") == true,
        "\(said ?? "")")
      directory.answer()
      try await soon { (try? await Self.ask(place)) == .done(words: "\(Request.lift)") }
      withExtendedLifetime(first) {}
    }
  }

  /// Answers when it is told to.
  private final class Slow: BridgeService {
    private let isReady = Atomic(false)
    private let count = Atomic(0)
    var asked: Int { count.load(ordering: .relaxed) }

    func welcome(_ peer: Peer) async -> Welcome { Welcome() }

    func answer(_ request: Request, from peer: Peer) async -> Reply {
      count.wrappingAdd(1, ordering: .relaxed)
      while !isReady.load(ordering: .relaxed) {
        try? await Task.sleep(for: .milliseconds(5))
      }
      return .done(words: "at last")
    }

    func answerNow() { isReady.store(true, ordering: .relaxed) }
  }

  @Test("a loop is not shut down before what was asked has come back to it")
  func settling() async throws {
    let slow = Slow()
    let folder = try ShortFolder()
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let listener = try await BridgeListener.start(at: folder.place(), on: group, answering: slow)
    let caller = try RawCaller(listener.path)
    try caller.send(Hello())
    try caller.send(Request.lift)
    try await soon { slow.asked == 1 }
    await listener.stop()
    withExtendedLifetime(caller) {}
    #expect(await !listener.settle(within: 0.2), "an answer is under way")
    slow.answerNow()
    #expect(await listener.settle(within: 20))
    try await group.shutdownGracefully()
  }

  @Test("who stayed is told nothing any more once all is settled")
  func stayed() async throws {
    try await attaching { room in
      let streams = try await aside { try (0..<5).map { _ in try RawStream(room.path) } }
      try await soon { room.muster.attendance.attendees.count == 5 }
      for stream in streams { try stream.ask(1, .intent(.remark("and then?"))) }
      await room.listener.stop()
      #expect(await room.listener.settle(within: 20))
      #expect(room.muster.attendance.attendees.isEmpty)
    }
  }
}
