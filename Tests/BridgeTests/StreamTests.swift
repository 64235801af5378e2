import Bridge
import Containment
import Fleet
import Foundation
import Incident
import Presence
import Recording
import Session
import Synchronization
import Testing

/// Real sockets: everybody sees the same, and nobody costs the others anything.
@Suite("Those who stay", .serialized)
struct StreamTests {
  @Test("who stays makes the same state of what they are told, byte for byte")
  func same() async throws {
    try await attaching { room in
      try await room.enter((0..<50).map { "before \($0)" })
      let early = try await aside { try RawStream(room.path) }
      #expect(early.onlyLooks == nil)
      #expect(early.welcome.kind == "serve")
      // Both while it is being let in and afterwards.
      for round in 0..<20 { try await room.enter((0..<30).map { "note \(round) \($0)" }) }
      _ = await room.session.submit(.remark("somebody says something"), by: Peer.own.principal)
      let late = try await aside { try RawStream(room.path) }
      _ = await room.session.submit(.declare(title: "checkout is slow"), by: Peer.own.principal)
      try await room.enter(["the last one"])
      let whole = try await room.whole()
      for stream in [early, late] {
        let made = try await aside {
          var picture = RawPicture()
          try picture.follow(stream, to: whole.sequence)
          return try #require(picture.state).canonicalBytes()
        }
        #expect(made == whole.bytes)
      }
    }
  }

  @Test("what somebody does is told at once, before what came of it")
  func prompt() async throws {
    try await attaching { room in
      let one = try await aside { try RawScreen(room.path) }
      let other = try await aside { try RawScreen(room.path) }
      let began = await room.sequence
      let isBefore = try await aside { () -> Bool in
        try one.follow(to: began)
        try other.follow(to: began)
        try one.stream.ask(7, .intent(.remark("seen")))
        var last: UInt64 = 0
        while let frame = try one.stream.frame() {
          switch frame {
          case .batch(let batch): last = batch.last
          case .news(.outcome(7, let outcome)): return outcome.refusal == nil && last >= began + 2
          default: break
          }
        }
        return false
      }
      #expect(isBefore)
      let sequence = await room.sequence
      try await aside { try other.follow(to: sequence) }
      #expect(other.picture.state?.present.sequence == sequence)
      #expect(
        room.recorder.entries.map(\.event) == [.remark(Remark(by: Peer.own.name, text: "seen"))])
    }
  }

  @Test("who is stopped costs no more than what was on its way, and begins anew")
  func stopped() async throws {
    var limits = BridgeLimits()
    limits.owed = 64 << 10
    try await attaching(limits) { room in
      let stopped = try await aside { try RawScreen(room.path) }
      let reading = try await aside { try RawScreen(room.path) }
      var random = Seeded(3)
      // More than the kernel holds for one that does not read.
      for _ in 0..<60 {
        let notes = (0..<20).map { _ in
          String(
            decoding: (0..<2000).map { _ in UInt8.random(in: 33...126, using: &random) },
            as: UTF8.self)
        }
        try await room.enter(notes)
        let sequence = await room.sequence
        try await aside { try reading.follow(to: sequence) }
      }
      #expect(reading.picture.timesBehind == 0, "the others are not held up")
      #expect(room.muster.attendance[stopped.stream.you]?.isBehind == true)
      #expect(room.muster.attendance[reading.stream.you]?.isBehind == false)
      let whole = try await room.whole()
      try await aside { try stopped.follow(to: whole.sequence) }
      let made = try stopped.picture.state?.canonicalBytes()
      #expect(made == whole.bytes)
      #expect(stopped.picture.timesBehind == 1)
      #expect(stopped.picture.entries < 900, "much of it was left out")
      try await soon { room.muster.attendance[stopped.stream.you]?.isBehind == false }
    }
  }

  @Test("what is forged changes nothing and ends nobody else", arguments: [11, 12, 13] as [UInt64])
  func fuzzed(_ seed: UInt64) async throws {
    var limits = BridgeLimits()
    limits.asksPerSecond = 1e6
    limits.requestsPerSecond = 1e6
    (limits.connections, limits.connectionsOfOne) = (4000, 4000)
    try await attaching(limits) { room in
      let witness = try await aside { try RawStream(room.path) }
      let view = Viewpoint(pane: "service", subject: ["cart"], selection: "a", filter: "b", past: 1)
      let asks: [StreamAsk.Matter] = [
        .presence(.look(view)), .presence(.raiseHand(true)), .presence(.follow(1)),
        .keyframe(wantsHistory: true), .chunks([String(repeating: "a", count: 64)]),
        .intent(.action(run: "a", .approve(hash: "b"))),
      ]
      try await aside {
        var random = Seeded(seed)
        var stream: RawStream?
        for round in 0..<3000 {
          let open = try stream ?? RawStream(room.path)
          stream = open
          var bytes = try #require(
            try Frame.bytes(
              of: StreamAsk(id: UInt64(round), asks.randomElement(using: &random) ?? asks[0])))
          switch Int.random(in: 0..<4, using: &random) {
          case 0:
            let place = Int.random(in: Frame.head..<bytes.count, using: &random)
            bytes[place] = UInt8.random(in: 0...255, using: &random)
          case 1: bytes = Array(bytes.prefix(Int.random(in: 1..<bytes.count, using: &random)))
          case 2:
            let count = Int.random(in: 1..<300, using: &random)
            bytes =
              [0, 0, UInt8(count >> 8), UInt8(count & 255)]
              + (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
          default: break
          }
          // A part of a frame leaves nobody knowing where the next one begins.
          let isCut = Frame.length(bytes) + Frame.head != bytes.count
          if !open.send(bytes: bytes) || isCut { stream = nil }
        }
      }
      let outcome = try await aside { try witness.outcome(of: .remark("still here"), 99) }
      #expect(outcome?.refusal == nil)
      #expect(room.recorder.entries.count == 1)
      try await soon { room.muster.attendance.attendees.count == 1 }
    }
  }

  @Test("an ask that is too long, or none, ends its own connection with a sentence")
  func oversized() async throws {
    try await attaching { room in
      let reasons = try await aside { () -> [String?] in
        let bodies: [[UInt8]] = [
          [0, 1, 0, 1], [0, 0, 0, 2] + Array("{}".utf8),
          try #require(
            try Frame.bytes(
              of: StreamAsk(
                id: 1, .chunks(Array(repeating: "a", count: StreamAsk.mostChunks + 1))))),
        ]
        return try bodies.map { body in
          let stream = try RawStream(room.path)
          stream.send(bytes: body)
          let reason = try stream.news { news -> String? in
            if case .parting(let reason, false) = news { reason } else { nil }
          }
          // Nothing follows.
          while try stream.frame() != nil {}
          return reason
        }
      }
      #expect(
        reasons == [
          "a request has 1 to 65536 bytes, and this one says 65537",
          "this is nothing that this Damcon can be asked",
          "at most 256 values can be asked for at once",
        ])
    }
  }

  @Test("who asks too often is told so, and looking on goes on")
  func often() async throws {
    var limits = BridgeLimits()
    limits.requestsPerSecond = 20
    limits.asksPerSecond = 1e6
    limits.intents = 1000
    try await attaching(limits) { room in
      let stream = try await aside { try RawStream(room.path) }
      let refusals = try await aside {
        for id in 1...100 { try stream.ask(UInt64(id), .intent(.remark("note \(id)"))) }
        return try (1...100).map { _ in
          try stream.news { news -> String? in
            if case .outcome(_, let outcome) = news { outcome.refusal ?? "" } else { nil }
          }
        }
      }
      let refused = refusals.filter { $0 == "more than 20 requests a second: wait a moment" }
      #expect(refused.count >= 50)
      #expect(room.recorder.entries.count == refusals.count { $0 == "" })
      #expect(!room.recorder.entries.isEmpty)
    }
  }

  @Test("a viewer looks, and does nothing")
  func viewer() async throws {
    try await attaching(access: Access()) { room in
      let stream = try await aside { try RawStream(room.path) }
      let acts: [Intent] = [
        .remark("a"), .declare(title: "b"), .halt(reason: "c"), .resolve(reason: "d"),
        .action(run: "x", .approve(hash: "y")),
        .plan(ActionWish(ticket: "t", action: "cap", service: "cart", arguments: [:])),
      ]
      for (id, act) in acts.enumerated() {
        let outcome = try await aside { try stream.outcome(of: act, UInt64(id)) }
        #expect(outcome?.refusal != nil, "\(act)")
      }
      #expect(room.recorder.entries.isEmpty)
      #expect(room.muster.attendance[stream.you]?.role == .viewer)
    }
  }

  @Test(
    "a screen on another host, or of another user there, only looks, whoever it is here",
    arguments: [
      (
        Bridge.Attachment.honest(boot: "other"), "from another host (ssh forwarding): may only look"
      ),
      (Bridge.Attachment.honest(boot: nil), "from another host (ssh forwarding): may only look"),
      (
        Bridge.Attachment.honest(uid: geteuid() + 7),
        "from another user (#\(geteuid() + 7) there, \(Peer.own.name) here): may only look"
      ),
    ])
  func forwarded(_ one: (Bridge.Attachment, String)) async throws {
    try await attaching { room in
      let stream = try await aside { try RawStream(room.path, one.0) }
      #expect(stream.onlyLooks == one.1)
      let attendee = room.muster.attendance[stream.you]
      #expect(attendee?.role == .viewer && attendee?.onlyLooks == one.1)
      let acts: [Intent] = [
        .remark("a"), .halt(reason: "b"), .reload, .poll, .action(run: "x", .approve(hash: "y")),
        .action(run: "x", .reject(reason: "y")), .stopRule(rule: "r", service: "cart"),
      ]
      for (id, act) in acts.enumerated() {
        let outcome = try await aside { try stream.outcome(of: act, UInt64(id)) }
        #expect(outcome?.refusal == "nothing comes of it: this screen is \(one.1)", "\(act)")
      }
      #expect(room.recorder.entries.isEmpty)
      // Before a screen that is here, the same user leads.
      let honest = try await aside { try RawStream(room.path) }
      #expect(honest.onlyLooks == nil)
      #expect(try await aside { try honest.outcome(of: .remark("mine")) }?.refusal == nil)
    }
  }

  @Test("what is asked for is looked at before anything is made of it")
  func flawed() async throws {
    try await attaching { room in
      let stream = try await aside { try RawStream(room.path) }
      let long = String(repeating: "x", count: 4001)
      let text = "a text has at most 4000 bytes"
      let name = "a name has at most 512 bytes"
      let ticket = "a ticket has 1 to 256 letters, digits, '-', '_', '.', ':' and '/'"
      let steps = "only what carries actions out says that"
      let asked: [(Intent, String)] = [
        (.remark(long), text), (.declare(title: long), text), (.resolve(reason: long), text),
        (.halt(reason: long), text), (.command(long), name), (.takeBack(run: long), name),
        (.action(run: "a", .reject(reason: long)), text),
        (.action(run: "a", .lose), steps), (.action(run: "a", .intend(hash: "b")), steps),
        (.action(run: "a", .send(target: "b")), steps),
        (.plan(ActionWish(ticket: "", action: "a", service: "b", arguments: [:])), ticket),
        (.plan(ActionWish(ticket: "a b", action: "a", service: "b", arguments: [:])), ticket),
        (.plan(ActionWish(ticket: "a", action: long, service: "b", arguments: [:])), name),
        (
          .plan(ActionWish(ticket: "a", action: "a", service: "b", arguments: ["c": .text(long)])),
          text
        ),
        (
          .plan(ActionWish(ticket: "a", action: "a", service: "b", arguments: [:], reason: long)),
          "a reason has at most 1000 bytes"
        ),
      ]
      for (id, one) in asked.enumerated() {
        let outcome = try await aside { try stream.outcome(of: one.0, UInt64(id)) }
        #expect(outcome?.refusal == one.1, "\(one.0)")
      }
      #expect(room.recorder.entries.isEmpty)
    }
  }

  @Test("two never ask under one ticket")
  func tickets() async throws {
    try await attaching { room in
      let stream = try await aside { try RawStream(room.path) }
      let refusals = try await aside {
        try ["12-a", "12-a", "12-a.b", "12-ab", "12"].enumerated().map { id, ticket in
          try stream.outcome(
            of: .plan(ActionWish(ticket: ticket, action: "a", service: "cart", arguments: [:])),
            UInt64(id))?.refusal
        }
      }
      let taken = "somebody has asked for something under the same ticket: ask again"
      #expect(refusals == [nil, taken, taken, nil, nil])
    }
  }

  /// Begins, and ends when it is let.
  private final class Slow: IntentExecutor {
    let begun = Mutex<[Intent]>([])
    let done = Mutex<[Intent]>([])
    let isLet = Mutex(false)
    func execute(_ intent: Intent, by principal: Principal) async -> IntentOutcome {
      begun.withLock { $0.append(intent) }
      while !isLet.withLock({ $0 }) { try? await Task.sleep(for: .milliseconds(5)) }
      done.withLock { $0.append(intent) }
      return IntentOutcome(run: "a.1")
    }
  }

  @Test("what was asked for is done once, though who asked is gone")
  func gone() async throws {
    let slow = Slow()
    try await attaching(executor: slow) { room in
      try await aside {
        let stream = try RawStream(room.path)
        try stream.ask(
          1, .intent(.plan(ActionWish(ticket: "a", action: "a", service: "cart", arguments: [:]))))
        try stream.ask(2, .intent(.remark("and this")))
        // Both are read before it goes.
        try withExtendedLifetime(stream) {
          let deadline = ContinuousClock.now + .seconds(20)
          while slow.begun.withLock({ $0.count }) < 2 {
            try #require(ContinuousClock.now < deadline)
            usleep(5000)
          }
        }
      }
      try await soon { room.muster.attendance.attendees.isEmpty }
      #expect(slow.done.withLock { $0.isEmpty })
      slow.isLet.withLock { $0 = true }
      try await soon { slow.done.withLock { $0.count } == 2 }
      #expect(slow.begun.withLock { $0.count } == 2)
    }
  }

  @Test("what takes its time holds nothing up, and each outcome says what it is of")
  func beside() async throws {
    let slow = Slow()
    try await attaching(executor: slow) { room in
      let stream = try await aside { try RawStream(room.path) }
      try await aside {
        for id in 1...5 {
          try stream.ask(UInt64(id), .intent(.takeBack(run: "r\(id)")))
        }
        // Four at once: the fifth is told to wait.
        #expect(try stream.outcome(5)?.refusal?.hasPrefix("too much is asked for at once") == true)
        try stream.ask(6, .presence(.raiseHand(true)))
      }
      try await soon { room.muster.attendance.hands.map(\.id) == [stream.you] }
      slow.isLet.withLock { $0 = true }
      let ids = try await aside {
        try (0..<4).map { _ in
          try stream.news { news -> UInt64? in
            if case .outcome(let id, let outcome) = news, outcome.run == "a.1" { id } else { nil }
          }
        }
      }
      #expect(Set(ids) == [1, 2, 3, 4])
    }
  }

  @Test("a state is told anew to who asks, and a value that nobody has is gone")
  func anew() async throws {
    try await attaching { room in
      let screen = try await aside { try RawScreen(room.path) }
      let began = await room.sequence
      try await aside { try screen.follow(to: began) }
      let stream = screen.stream
      let strange = try await aside { () -> [String] in
        let name = String(repeating: "a", count: 64)
        try stream.ask(1, .chunks([name, "no name"]))
        var gone: [String] = []
        while gone.count < 2 {
          gone += try #require(
            try stream.news { if case .gone(let names) = $0 { names } else { nil } })
        }
        // However often it is asked for at once, it is told now and then.
        for id: UInt64 in 2..<50 { try stream.ask(id, .keyframe(wantsHistory: true)) }
        return gone.sorted()
      }
      #expect(strange == [String(repeating: "a", count: 64), "no name"])
      let sequence = try await aside {
        try stream.news { if case .keyframe(let sequence, _, _) = $0 { sequence } else { nil } }
      }
      #expect(sequence.map { $0 >= began } == true)
      let (others, outcome) = try await aside { () -> (Int, IntentOutcome?) in
        try stream.ask(60, .intent(.remark("a")))
        var others = 0
        while let frame = try stream.frame() {
          if case .news(.keyframe) = frame { others += 1 }
          if case .news(.outcome(60, let outcome)) = frame { return (others, outcome) }
        }
        return (others, nil)
      }
      #expect(others <= 2)
      #expect(outcome?.refusal == nil && outcome != nil)
    }
  }

  @Test("everybody is told who is here, and what they do that others see")
  func presence() async throws {
    try await attaching { room in
      let (one, two) = try await aside { (try RawStream(room.path), try RawStream(room.path)) }
      let view = Viewpoint(pane: "service", subject: ["cart"])
      try await aside {
        try one.ask(1, .presence(.look(view)))
        try one.ask(2, .presence(.raiseHand(true)))
        try one.ask(3, .presence(.present(true)))
        try two.ask(1, .presence(.follow(one.you)))
        // Nobody of that number.
        try two.ask(2, .presence(.follow(9999)))
      }
      let seen = try await aside {
        try two.news { news -> Attendance? in
          guard case .attendance(let all) = news, let them = all[one.you], them.view == view,
            them.hand != nil, them.isPresenting, all[two.you]?.follows == one.you
          else { return nil }
          return all
        }
      }
      #expect(seen?.you == two.you)
      #expect(seen?.presenter?.id == one.you)
      #expect(seen?.others.map(\.id) == [one.you])
    }
  }

  @Test("who goes is gone for everybody, and followed no more")
  func leaving() async throws {
    try await attaching { room in
      let two = try await aside { try RawStream(room.path) }
      try await aside {
        let one = try RawStream(room.path)
        try two.ask(1, .presence(.follow(one.you)))
        _ = try withExtendedLifetime(one) {
          try two.news { news -> Bool? in
            if case .attendance(let all) = news, all[two.you]?.follows == one.you {
              true
            } else {
              nil
            }
          }
        }
      }
      let left = try await aside {
        try two.news { news -> Attendance? in
          if case .attendance(let all) = news, all.attendees.count == 1 { all } else { nil }
        }
      }
      #expect(left?.attendees.first?.id == two.you)
      #expect(left?.attendees.first?.follows == nil)
    }
  }

  @Test("where nothing happens it is said every few seconds that somebody is there")
  func quiet() async throws {
    try await attaching { room in
      let stream = try await aside { try RawStream(room.path) }
      let told = try await aside {
        // On coming, and in the silence after it.
        try (0..<3).map { _ in
          try stream.news { if case .recordingHangs(let hangs) = $0 { hangs } else { nil } }
        }
      }
      #expect(told == [false, false, false])
    }
  }

  @Test("a state that is larger than what is handed out at once comes whole, and what follows too")
  func large() async throws {
    var limits = BridgeLimits()
    limits.owed = 4 << 10
    try await attaching(limits) { room in
      var random = Seeded(7)
      for _ in 0..<40 {
        try await room.enter(
          (0..<20).map { _ in
            String(
              decoding: (0..<2000).map { _ in UInt8.random(in: 33...126, using: &random) },
              as: UTF8.self)
          })
      }
      // Nothing is read of it at first.
      let screen = try await aside { try RawScreen(room.path) }
      try await soon { room.muster.attendance[screen.stream.you] != nil }
      for round in 0..<20 { try await room.enter(["after it \(round)"]) }
      let whole = try await room.whole()
      try await aside { try screen.follow(to: whole.sequence) }
      let made = try screen.picture.state?.canonicalBytes()
      #expect(made == whole.bytes)
    }
  }

  @Test("when the session ends that is said, and that it is worth coming back")
  func ending() async throws {
    try await attaching { room in
      let stream = try await aside { try RawStream(room.path) }
      await room.listener.stop(saying: "it is restarted")
      let reason = try await aside {
        try stream.news { news -> String? in
          if case .parting(let reason, true) = news { reason } else { nil }
        }
      }
      #expect(reason == "it is restarted")
    }
  }

  @Test("where nobody can stay that is said, and what is asked is answered all the same")
  func refused() async throws {
    try await listening { path, place in
      let reason = try await aside { () -> String? in
        do { _ = try RawStream(path) } catch let error as RawStream.Refused { return error.reason }
        return nil
      }
      #expect(reason == "nobody can stay here: it only answers")
    }
  }
}
