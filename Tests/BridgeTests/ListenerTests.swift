import Bridge
import Fleet
import Foundation
import Session
import Testing

/// Real sockets: whatever comes through the door costs no more than the connection it came by.
@Suite("The control socket", .serialized)
struct ListenerTests {
  @Test("whoever calls from elsewhere through a forwarded socket only looks, whatever they ask for")
  func forwarded() throws {
    let here = HostIdentity(boot: "a", name: "here", uid: 7)
    let peer = Peer(
      credentials: PeerCredentials(uid: 7, gid: 7, pid: 1, groups: nil), name: "ines", groups: [])
    #expect(here.difference(boot: "a", uid: 7, peer) == nil)
    #expect(here.difference(boot: "b", uid: 7, peer)?.contains("another host") == true)
    #expect(here.difference(boot: nil, uid: 7, peer)?.contains("another host") == true)
    #expect(here.difference(boot: "a", uid: 8, peer)?.contains("another user") == true)
    #expect(here.difference(boot: "a", uid: nil, peer)?.contains("another user") == true)
    var far = peer
    far.onlyLooks = "from another host"
    #expect(far.principal.onlyLooks == "from another host")
    // A hello of nobody in particular is one too: it is what older ones say.
    let bare = try JSONDecoder().decode(Hello.self, from: Data(#"{"damcon":2}"#.utf8))
    #expect(bare.boot == nil && bare.uid == nil)
  }

  private static func ask(
    _ place: SocketPlace, _ request: Request = .lift
  ) async throws -> (welcome: Welcome, reply: Reply) {
    try await aside {
      let client = try BridgeClient.connect(to: place)
      return (client.welcome, try client.ask(request))
    }
  }

  @Test("who calls is who the kernel says")
  func identity() async throws {
    try await listening { path, place in
      let (welcome, reply) = try await Self.ask(place, .status(run: "a"))
      #expect(reply == .done(words: "\(Request.status(run: "a"))"))
      #expect(welcome.pid == getpid())
      #expect(welcome.you == Peer.own.name)
      #expect(welcome.fleet == "shop")
    }
    var ends: [Int32] = [0, 0]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { for end in ends { close(end) } }
    let known = try #require(PeerCredentials(of: ends[0]))
    #expect(known.uid == geteuid() && known.gid == getegid() && known.pid == getpid())
    #expect(known.groups?.contains(getegid()) == true)
    #expect(PeerCredentials(of: -1) == nil)
  }

  @Test("nothing that a caller says about who they are counts")
  func forged() async throws {
    try await listening { path, place in
      let text = try await aside {
        let caller = try RawCaller(path)
        let body = Array(#"{"damcon":2,"you":"root","uid":4711,"role":"commander"}"#.utf8)
        caller.send(bytes: [0, 0, 0, UInt8(body.count)] + body)
        // A length of none ends it, after the welcome.
        caller.send(bytes: [0, 0, 0, 0])
        return caller.text()
      }
      #expect(text?.contains(#""you":"\#(Peer.own.name)""#) == true, "\(text ?? "")")
      #expect(text?.contains("4711") == false)
    }
  }

  @Test("another version is told so in a sentence")
  func version() async throws {
    try await listening { path, place in
      let text = try await aside {
        let caller = try RawCaller(path)
        try caller.send(Hello(damcon: 7))
        return caller.text()
      }
      #expect(
        text?.contains(
          "the Damcon that listens speaks version 2 of the control protocol and this one version 7"
        ) == true, "\(text ?? "")")
    }
  }

  @Test("garbage ends its own connection, and says so where it can")
  func garbage() async throws {
    let echo = Echo()
    try await listening(to: echo) { path, place in
      let said = try await aside {
        let caller = try RawCaller(path)
        caller.send(bytes: Array("GET / HTTP/1.1\r\nHost: damcon\r\n\r\n".utf8))
        return caller.text()
      }
      #expect(said?.contains("a request has 1 to 65536 bytes") == true, "\(said ?? "")")
      let unknown = try await aside {
        let caller = try RawCaller(path)
        try caller.send(Hello())
        try caller.send(["sudo": "please"])
        return caller.text()
      }
      #expect(unknown?.contains("this is no request that this Damcon knows") == true)
      let nested = try await aside {
        let caller = try RawCaller(path)
        try caller.send(Hello())
        let body = [UInt8](repeating: UInt8(ascii: "["), count: 60_000)
        caller.send(bytes: [0, 0, UInt8(60_000 >> 8), UInt8(60_000 & 0xff)] + body)
        return caller.text()
      }
      #expect(nested?.contains("this is no request that this Damcon knows") == true)
      #expect(echo.requests.isEmpty)
      #expect(try await Self.ask(place).reply == .done(words: "\(Request.lift)"))
    }
  }

  @Test("bytes at random change nothing", arguments: [1, 2, 3] as [UInt64])
  func fuzzed(_ seed: UInt64) async throws {
    let echo = Echo()
    var limits = BridgeLimits()
    limits.greeting = 0.2
    limits.idle = 0.2
    try await listening(limits, to: echo) { path, place in
      try await aside {
        var random = Seeded(seed)
        let hello = try #require(try Frame.bytes(of: Hello()))
        let request = try #require(try Frame.bytes(of: Request.status(run: "a")))
        for _ in 0..<100 {
          let caller = try RawCaller(path)
          var bytes = Bool.random(using: &random) ? hello : []
          switch Int.random(in: 0..<3, using: &random) {
          case 0:
            bytes += (0..<Int.random(in: 0..<400, using: &random)).map { _ in
              UInt8.random(in: 0...255, using: &random)
            }
          case 1:
            // One byte of a right request is another; where it still is one, it is one.
            var other = request
            other[Int.random(in: 0..<other.count, using: &random)] = UInt8.random(
              in: 0...255, using: &random)
            bytes += other
          default: bytes += request.prefix(Int.random(in: 0..<request.count, using: &random))
          }
          caller.send(bytes: bytes)
          // Some wait for an answer, most are gone before it.
          if Int.random(in: 0..<10, using: &random) == 0 { _ = caller.all(within: 5) }
        }
      }
      for request in echo.requests {
        guard case .status = request else {
          Issue.record("\(request) was never asked")
          continue
        }
      }
      // As soon as the connections that are gone are.
      try await soon { (try? await Self.ask(place))?.reply == .done(words: "\(Request.lift)") }
    }
  }

  @Test(
    "half a frame and a slow one end by themselves", arguments: [[], [0, 0], [0, 0, 0, 9, 1]])
  func slow(_ bytes: [UInt8]) async throws {
    var limits = BridgeLimits()
    limits.greeting = 0.3
    limits.idle = 0.3
    try await listening(limits) { path, place in
      for isGreeted in [false, true] {
        let all = try await aside {
          let caller = try RawCaller(path)
          if isGreeted { try caller.send(Hello()) }
          caller.send(bytes: bytes)
          return caller.all(within: 10)
        }
        #expect(all != nil, "it is closed")
      }
    }
  }

  @Test("more requests than a person makes are refused until a moment has passed")
  func flood() async throws {
    var limits = BridgeLimits()
    limits.requestsPerSecond = 10
    try await listening(limits) { path, place in
      let (done, refused) = try await aside { () -> (Int, Int) in
        let (one, two) = (
          try BridgeClient.connect(to: place), try BridgeClient.connect(to: place)
        )
        var (done, refused) = (0, 0)
        // A second connection of the same user has no more.
        for round in 0..<60 {
          switch try (round % 2 == 0 ? one : two).ask(.lift) {
          case .refused(let reason):
            #expect(reason == "more than 10 requests a second: wait a moment")
            refused += 1
          default: done += 1
          }
        }
        return (done, refused)
      }
      #expect(done >= 10 && refused > 0, "\(done) done, \(refused) refused")
    }
  }

  @Test("nobody takes all the connections, and there is an end of them")
  func many() async throws {
    var limits = BridgeLimits()
    limits.connectionsOfOne = 3
    try await listening(limits) { path, place in
      let said = try await aside { () -> String? in
        var clients: [BridgeClient] = []
        for _ in 0..<3 { clients.append(try BridgeClient.connect(to: place)) }
        do throws(BridgeError) { clients.append(try BridgeClient.connect(to: place)) } catch {
          #expect(error.cause == .refused)
          return "\(clients.count): \(error.reason)"
        }
        return nil
      }
      #expect(
        said
          == "3: you have 3 connections to it already: close one, or try again in a moment")
      // Once they are gone there is room again.
      try await soon { (try? await Self.ask(place)) != nil }
    }
    limits.connectionsOfOne = 50
    limits.connections = 2
    try await listening(limits) { path, place in
      let reason = try await aside { () -> String? in
        let clients = [
          try BridgeClient.connect(to: place), try BridgeClient.connect(to: place),
        ]
        do throws(BridgeError) { _ = try BridgeClient.connect(to: place) } catch {
          return "\(clients.count): \(error.reason)"
        }
        return nil
      }
      #expect(reason == "2: too many talk to it at once (2): try again in a moment")
    }
  }

  @Test("who never reads holds one answer at most, and not for long")
  func deaf() async throws {
    let echo = Echo()
    var limits = BridgeLimits()
    limits.reading = 0.5
    try await listening(limits, to: echo) { path, place in
      let deaf = try await aside { () -> RawCaller in
        let caller = try RawCaller(path)
        try caller.send(Hello())
        for _ in 0..<20 { try caller.send(Request.halt(reason: "much")) }
        return caller
      }
      try await soon { !echo.requests.isEmpty }
      // The others are served meanwhile.
      #expect(try await Self.ask(place).reply == .done(words: "\(Request.lift)"))
      try await Task.sleep(for: .seconds(1.5))
      let heard = try await aside { deaf.all(within: 10) }
      #expect(heard != nil, "it is closed")
      #expect((heard?.count ?? 0) < 900_000)
      #expect(echo.requests.count { $0 == .halt(reason: "much") } == 1)
    }
  }

  @Test("an answer of nearly a frame arrives whole")
  func large() async throws {
    try await listening { path, place in
      guard case .done(let words) = try await Self.ask(place, .halt(reason: "much")).reply else {
        Issue.record("another answer")
        return
      }
      #expect(words.utf8.count == 900_000)
    }
  }

  @Test("where nothing listens that is said")
  func nobody() async throws {
    let folder = try ShortFolder()
    do throws(BridgeError) {
      _ = try BridgeClient.connect(to: folder.place())
      Issue.record("somebody listens")
    } catch {
      #expect(error.cause == .nobody)
      #expect(error.reason == "nothing listens there")
    }
  }
}

/// The same numbers for the same seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }
}

func soon(_ isSo: () async throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(20)
  while try await !isSo() {
    try #require(ContinuousClock.now < deadline, "waited in vain")
    try await Task.sleep(for: .milliseconds(20))
  }
}
