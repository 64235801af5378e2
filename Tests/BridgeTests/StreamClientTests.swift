import Bridge
import Fleet
import Foundation
import Incident
import Presence
import Recording
import Session
import Synchronization
import Testing

/// What listens may be broken, or not what it says: no bytes of its harm whoever attached, and why is said.
@Suite("A stream from a session that is not well", .serialized)
struct StreamClientTests {
  /// A made-up run with a state in it, and what follows.
  private struct Ground: Sendable {
    var record: KeyframeRecord
    var values: [ContentHash: [UInt8]]
    var batches: [Batch]
    /// After the last batch.
    var state: State
    var sequence: UInt64 { record.sequence }

    init(_ count: Int = 2) throws {
      var recording = try ShopRecording(count)
      (record, values) = try recording.keyframe()
      batches = try (0..<3).map { _ in try recording.batch(4) }
      state = recording.state
    }

    func tell(_ line: FakeLine) throws { try line.tell(record) }

    func tellAll(_ line: FakeLine) throws {
      try tell(line)
      for batch in batches { try line.tell(.batch(batch)) }
      try line.serve { values[$0] }
    }
  }

  private static func isAtEnd(_ mirror: Mirror, _ ground: Ground) async -> Bool {
    await comes { await mirror.read { $0.present == ground.state.present } }
  }

  /// The first connection goes wrong; the next one is as it should be.
  private static func goesWrong(
    _ words: String, _ ground: Ground,
    _ first: @escaping @Sendable (FakeLine) throws -> Void
  ) async throws {
    let session = try FakeSession { line, number in
      try line.letIn()
      guard number == 0 else { return try ground.tellAll(line) }
      try first(line)
      try line.serve { _ in nil }
    }
    try await mirror(session) { mirror, watch in
      #expect(await watch.says(words), "\(watch.all.map(\.words))")
      #expect(await isAtEnd(mirror, ground))
      #expect(await watch.isLive())
      #expect(watch.last?.attempt == 0)
    }
  }

  @Test(
    "bytes that are no frame end the connection, and what was shown stays until the next",
    arguments: [
      ("is no frame of Damcon's protocol", [0x7f, 0xff, 0xff, 0xff, 0x01]),
      ("is no frame of Damcon's protocol", [0, 0, 0, 0]),
      ("a frame came that this Damcon does not know", [0, 0, 0, 3, 99, 1, 2]),
      ("a frame came that this Damcon does not know", [0, 0, 0, 4, 1, 0x7b, 0x7b, 0x7b]),
      ("a frame came that this Damcon does not know", [0, 0, 0, 2, 3, 0]),
      ("a part of a state came that was not announced", [0, 0, 0, 3, 2, 1, 2]),
    ] as [(String, [UInt8])])
  func garbage(_ words: String, _ bytes: [UInt8]) async throws {
    let ground = try Ground()
    try await Self.goesWrong(words, ground) { line in
      try ground.tell(line)
      try line.tell(.batch(ground.batches[0]))
      try line.send(bytes: bytes)
    }
  }

  @Test("a state that is larger than any is not waited for")
  func tooLarge() async throws {
    let ground = try Ground()
    try await Self.goesWrong("none has more than 256 MB", ground) { line in
      try line.tell(.news(.keyframe(sequence: 5, format: Keyframe.format, bytes: 1 << 40)))
    }
    try await Self.goesWrong("the parts of a state are not what was announced", ground) { line in
      try line.tell(.news(.keyframe(sequence: 5, format: Keyframe.format, bytes: 2)))
      try line.tell(.keyframePiece([1, 2, 3]))
    }
  }

  @Test("a part of the history that is not what its name says ends the connection")
  func wrongChunk() async throws {
    let ground = try Ground(300)
    try await Self.goesWrong("not what its name says", ground) { line in
      try ground.tell(line)
      try line.serve { hash in ground.values[hash].map { $0.dropLast() + [0x55, 0xaa] } }
    }
    try await Self.goesWrong("do not fit each other", ground) { line in
      let hash = ContentHash(of: [1, 2])
      try line.tell(.chunkPiece(hash, total: 4, offset: 2, [1, 2]))
    }
  }

  @Test("a connection that ends within a state is taken up again")
  func truncated() async throws {
    let ground = try Ground()
    let session = try FakeSession { line, number in
      try line.letIn()
      guard number == 0 else { return try ground.tellAll(line) }
      try line.tell(ground.record, upTo: ground.record.body.count / 2)
    }
    try await mirror(session) { mirror, watch in
      #expect(await watch.says("the session has gone"))
      #expect(await Self.isAtEnd(mirror, ground))
    }
  }

  @Test("a state that cannot be read is asked for again, and then the connection given up")
  func unreadable() async throws {
    let ground = try Ground()
    let asks = Mutex(0)
    let session = try FakeSession { line, number in
      try line.letIn()
      guard number == 0 else { return try ground.tellAll(line) }
      var bad = ground.record
      bad.body[bad.body.count / 2] ^= 0xff
      for _ in 0..<3 {
        try line.tell(bad)
        guard case .keyframe = try line.heard(StreamAsk.self).matter else { return }
        asks.withLock { $0 += 1 }
      }
    }
    try await mirror(session) { mirror, watch in
      #expect(await watch.says("asking again"))
      #expect(await watch.says("is the same release on both sides?"))
      #expect(await Self.isAtEnd(mirror, ground))
      #expect(asks.withLock { $0 } == 2)
    }
  }

  @Test(
    "entries that do not follow are not taken: the state is asked for anew, and what was known stays in sight"
  )
  func gap() async throws {
    let ground = try Ground()
    let wasAsked = Mutex(false)
    let session = try FakeSession { line, _ in
      try line.letIn()
      try ground.tell(line)
      try line.tell(.batch(ground.batches[1]))
      guard case .keyframe = try line.heard(StreamAsk.self).matter else { return }
      wasAsked.withLock { $0 = true }
      try ground.tellAll(line)
    }
    try await mirror(session) { mirror, watch in
      #expect(await Self.isAtEnd(mirror, ground))
      #expect(wasAsked.withLock { $0 })
      #expect(watch.all.allSatisfy { $0.phase != .lost })
    }
  }

  @Test("entries that are told once more change nothing")
  func twice() async throws {
    let ground = try Ground()
    let session = try FakeSession { line, _ in
      try line.letIn()
      try ground.tell(line)
      for batch in ground.batches { try line.tell(.batch(batch)) }
      // As the session does for another who begins with the same state.
      try ground.tellAll(line)
    }
    try await mirror(session) { mirror, watch in
      #expect(await Self.isAtEnd(mirror, ground))
      #expect(await watch.isLive())
    }
  }

  @Test("parts of the history that are not kept any more are no end: there is a newer state")
  func gone() async throws {
    let ground = try Ground(300)
    let session = try FakeSession { line, _ in
      try line.letIn()
      try ground.tell(line)
      guard case .chunks(let names) = try line.heard(StreamAsk.self).matter else { return }
      try line.tell(.news(.gone([names[0]])))
      guard case .keyframe = try line.heard(StreamAsk.self).matter else { return }
      try ground.tellAll(line)
    }
    try await mirror(session) { mirror, watch in
      #expect(await Self.isAtEnd(mirror, ground))
      #expect(watch.all.allSatisfy { $0.phase != .lost })
    }
  }

  @Test("what is asked and not answered is said to be unknown")
  func unanswered() async throws {
    let ground = try Ground()
    let session = try FakeSession { line, number in
      try line.letIn()
      try ground.tell(line)
      _ = try line.heard(StreamAsk.self)
      if number == 0 { _ = try line.heard(StreamAsk.self) }
    }
    var limits = MirrorLimits.quick
    limits.answer = 0.2
    try await mirror(session, limits) { mirror, watch in
      #expect(await watch.isLive())
      let late = await mirror.submit(.remark("late")).refusal
      #expect(late?.contains("has not answered in 0 s: nobody knows") == true, "\(late ?? "")")
      let lost = await mirror.submit(.remark("lost")).refusal
      #expect(
        lost?.contains("nobody knows whether the session has heard it") == true, "\(lost ?? "")")
    }
  }

  @Test("silence is said, and ends with the next word")
  func silence() async throws {
    let ground = try Ground()
    let goOn = DispatchSemaphore(value: 0)
    let session = try FakeSession { line, _ in
      try line.letIn()
      try ground.tell(line)
      _ = goOn.wait(timeout: .now() + 30)
      for batch in ground.batches { try line.tell(.batch(batch)) }
      try line.serve { ground.values[$0] }
    }
    var limits = MirrorLimits.quick
    limits.silence = 0.5
    try await mirror(session, limits) { mirror, watch in
      #expect(await comes { watch.all.contains { $0.phase == .behind } })
      #expect(await mirror.read { $0.present.sequence } == ground.sequence)
      let told = watch.all.count
      goOn.signal()
      #expect(await Self.isAtEnd(mirror, ground))
      #expect(await comes { watch.all[told...].contains { $0.phase == .live } })
    }
  }

  @Test("a silence that lasts is the end of a connection, and the beginning of another")
  func longSilence() async throws {
    let ground = try Ground()
    let session = try FakeSession { line, number in
      try line.letIn()
      if number > 0 { return try ground.tellAll(line) }
      try ground.tell(line)
      try line.serve { ground.values[$0] }
    }
    var limits = MirrorLimits.quick
    (limits.silence, limits.patience) = (0.3, 0.8)
    try await mirror(session, limits) { mirror, watch in
      #expect(await watch.says("connecting anew"))
      #expect(await Self.isAtEnd(mirror, ground))
    }
  }

  @Test("chatter that is no entry keeps the connection, and hides no silence of the fleet")
  func chatter() async throws {
    let ground = try Ground()
    let connections = Mutex(0)
    let isEnough = Mutex(false)
    let session = try FakeSession { line, _ in
      connections.withLock { $0 += 1 }
      try line.letIn()
      try ground.tell(line)
      while !isEnough.withLock({ $0 }) {
        try line.tell(.news(.recordingHangs(true)))
        usleep(20_000)
      }
      try line.tell(.news(.recordingHangs(false)))
      for batch in ground.batches { try line.tell(.batch(batch)) }
      try line.serve { ground.values[$0] }
    }
    var limits = MirrorLimits.quick
    (limits.silence, limits.patience) = (0.5, 4)
    try await mirror(session, limits) { mirror, watch in
      #expect(await comes { watch.last?.phase == .behind })
      #expect(watch.last?.words == "the session's disk does not answer")
      // For longer than a connection without a word is kept.
      let began = ContinuousClock.now
      #expect(await comes { ContinuousClock.now - began > .seconds(5) })
      #expect(watch.last?.phase == .behind)
      isEnough.withLock { $0 = true }
      #expect(await Self.isAtEnd(mirror, ground))
      #expect(connections.withLock { $0 } == 1)
    }
  }

  @Test("another version, and whoever is not let in, are told so in a sentence")
  func refused() async throws {
    let session = try FakeSession { line, number in
      _ = try line.heard(Hello.self)
      var welcome = Welcome()
      if number == 0 { welcome.damcon = Hello.version + 5 }
      try line.say(welcome)
      guard number > 0 else { return }
      _ = try line.heard(Request.self)
      try line.say(Reply.refused(reason: "nobody can stay here"))
    }
    try await mirror(session) { mirror, watch in
      #expect(await watch.says("speaks version \(Hello.version + 5) of the control protocol"))
      #expect(await watch.says("nobody can stay here"))
      #expect(await mirror.read { $0.present.sequence } == 0)
      #expect(watch.all.allSatisfy { $0.phase != .live })
    }
  }

  @Test("random bytes behind an attachment crash nothing")
  func fuzzed() async throws {
    let ground = try Ground()
    let tried = Mutex(0)
    let session = try FakeSession { line, number in
      tried.withLock { $0 = max($0, number) }
      try line.letIn()
      if number >= 60 { return try ground.tellAll(line) }
      var dice = Dice(state: UInt64(number) &+ 7)
      var bytes: [UInt8] = []
      let frames =
        [
          StreamFrame.news(
            .keyframe(
              sequence: ground.sequence, format: Keyframe.format, bytes: ground.record.body.count)),
          .keyframePiece(ground.record.body),
        ] + ground.batches.map { .batch($0) }
      for frame in frames { bytes += frame.bytes ?? [] }
      // Lengths stay as they are now and then, so that what is in the frames is met too.
      for _ in 0..<(1 + dice.next() % 40) {
        bytes[Int(dice.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: dice.next())
      }
      try line.send(bytes: bytes)
      try? line.say(Welcome())
    }
    var limits = MirrorLimits.quick
    (limits.quickest, limits.slowest) = (0.001, 0.005)
    try await mirror(session, limits) { mirror, watch in
      #expect(await comes(within: 60) { tried.withLock { $0 } >= 60 })
      #expect(await Self.isAtEnd(mirror, ground))
    }
  }

  /// SplitMix64.
  private struct Dice {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return z ^ (z >> 31)
    }
  }
}
