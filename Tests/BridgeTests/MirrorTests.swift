import Bridge
import Fleet
import Foundation
import Incident
import Presence
import Recording
import Session
import Synchronization
import Testing

/// A screen elsewhere has the same state as the session, and says so where it has not.
@Suite("A mirror", .serialized)
struct MirrorTests {
  @Test("has the session's state, byte for byte")
  func same() async throws {
    try await warRoom { room in
      var run = ShopRun()
      await run.go(5, room.session, room.clock)
      try await mirror(room.folder.place()) { mirror, watch in
        #expect(await watch.isLive())
        #expect(await room.agrees(with: mirror))
        await run.go(60, room.session, room.clock)
        #expect(await room.agrees(with: mirror))
        #expect(watch.last?.welcome?.kind == "serve")
        #expect(watch.last?.words == "")
        #expect(watch.last?.retryAt == nil)
      }
    }
  }

  @Test("what is asked is done by the session, and answered")
  func asked() async throws {
    try await warRoom { room in
      try await mirror(room.folder.place()) { mirror, watch in
        #expect(await watch.isLive())
        #expect(await mirror.submit(.declare(title: "slow")) == .taken)
        #expect(await comes { await mirror.read { $0.present.incidents.count } == 1 })
        #expect(await mirror.submit(.resolve(reason: nil)).refusal == nil)
        #expect(await room.agrees(with: mirror))
        let long = String(repeating: "x", count: 100_000)
        let refusal = await mirror.submit(.remark(long)).refusal
        #expect(refusal?.contains("nothing longer is asked") == true, "\(refusal ?? "")")
        #expect(watch.last?.phase == .live)
      }
    }
  }

  @Test("everybody sees who is here and where they look, again after a connection was lost")
  func presence() async throws {
    try await warRoom { room in
      try await mirror(room.folder.place()) { first, watch in
        try await mirror(room.folder.place()) { second, other in
          let view = Viewpoint(pane: "service", subject: ["cart"])
          #expect(await watch.isLive())
          #expect(await other.isLive())
          await first.act(.look(view))
          await first.act(.raiseHand(true))
          func isSeen() async -> Bool {
            await comes {
              other.last?.attendance?.others.contains { $0.view == view && $0.hand != nil } == true
            }
          }
          #expect(await isSeen())
          await room.shut()
          #expect(await comes { watch.last?.phase == .lost && other.last?.phase == .lost })
          #expect(await watch.says("the session has ended"))
          #expect(other.last?.attendance == nil)
          try await room.open()
          #expect(await watch.isLive())
          #expect(await isSeen())
        }
      }
    }
  }

  @Test("a screen on another host may only look, and both sides say why")
  func onlyLooks() async throws {
    try await warRoom { room in
      try await mirror(room.folder.place(), as: .honest(boot: "elsewhere")) { mirror, watch in
        #expect(await watch.isLive())
        #expect(watch.last?.onlyLooks?.contains("another host") == true)
        #expect(await mirror.submit(.declare(title: "no")).refusal != nil)
        #expect(await room.session.read { $0.present.incidents.isEmpty })
      }
    }
  }

  @Test("comes back by itself after the session went, to what is so then")
  func comesBack() async throws {
    try await warRoom { room in
      var run = ShopRun()
      await room.shut()
      try await mirror(room.folder.place()) { mirror, watch in
        #expect(await watch.says("nothing listens there"))
        let refusal = await mirror.submit(.poll).refusal
        #expect(refusal?.hasPrefix("not connected to the session: ") == true, "\(refusal ?? "")")
        try await room.open()
        #expect(await watch.isLive())
        #expect(watch.last?.attempt == 0)
        await room.shut()
        #expect(await comes { watch.last?.phase == .lost })
        #expect(await comes { (watch.last?.attempt ?? 0) > 2 })
        await run.go(50, room.session, room.clock)
        try await room.open()
        #expect(await watch.isLive())
        // Of the minutes that have passed meanwhile it has no charts before somebody wants them.
        #expect(await room.agreesOnPresent(with: mirror))
        #expect(watch.last?.hasHistory == false)
        await mirror.wantHistory()
        #expect(await comes { watch.last?.hasHistory == true })
        #expect(await room.agrees(with: mirror))
      }
    }
  }

  @Test("is over once the session says that it does not come back")
  func parting() async throws {
    try await warRoom { room in
      try await mirror(room.folder.place()) { mirror, watch in
        #expect(await watch.isLive())
        await room.shut(saying: "this fleet is watched no more", returns: false)
        #expect(await comes { watch.last?.phase == .lost && watch.last?.retryAt == nil })
        #expect(watch.last?.words == "this fleet is watched no more")
        try await room.open()
        let refusal = await mirror.submit(.poll).refusal
        #expect(refusal == "not connected to the session: this fleet is watched no more")
        #expect(watch.last?.phase == .lost)
      }
    }
  }

  /// Holds up whoever shows it something, as a process that is stopped would.
  private final class Holding: Onlooker {
    private let isHeld: Mutex<Bool>
    private let gate: DispatchSemaphore
    init(_ hold: Hold) {
      isHeld = Mutex(true)
      gate = hold.gate
    }
    func look(at state: State) {
      guard isHeld.withLock({ $0 }) else { return }
      _ = gate.wait(timeout: .now() + 60)
      isHeld.withLock { $0 = false }
    }
  }

  private final class Hold: Sendable {
    let gate = DispatchSemaphore(value: 0)
  }

  @Test("one that was stopped for a while comes back to what is so, and cost nobody anything")
  func stopped() async throws {
    var limits = BridgeLimits()
    limits.owed = 128 << 10
    try await warRoom(limits) { room in
      var few = MirrorLimits.quick
      few.inbox = 4 << 10
      try await mirror(room.folder.place(), few) { mirror, watch in
        #expect(await watch.isLive())
        let hold = Hold()
        let holding = Task { await mirror.attach { Holding(hold) } }
        var dice = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
          let noise = (0..<100).map { _ in String(dice.next(), radix: 36) }.joined()
          room.session.inbox.put(.note(Note(.info, String(noise.prefix(1000)))))
          await room.session.drain()
        }
        try await anotherAgrees(room)
        hold.gate.signal()
        await holding.value
        #expect(await room.agrees(with: mirror))
        #expect(await watch.isLive())
        #expect(watch.all.contains { $0.phase == .behind }, "it was said")
      }
    }
  }

  /// Another screen has what is so while the first is stopped.
  private func anotherAgrees(_ room: WarRoom) async throws {
    try await mirror(room.folder.place()) { mirror, _ in
      #expect(await room.agrees(with: mirror))
    }
  }
}
