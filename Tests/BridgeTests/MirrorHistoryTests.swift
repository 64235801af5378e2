import Bridge
import Canonical
import Fleet
import Incident
import Recording
import Session
import Telemetry
import Testing

/// What charts look back on comes later, or not at all; what is so does not depend on it.
@Suite("A state without its history")
struct MirrorHistoryTests {
  @Test("comes to the same present by the same entries, byte for byte")
  func present() throws {
    var recording = try ShopRecording(700)
    let (record, values) = try recording.keyframe()
    let keyframe = try Keyframe(unpacking: record.body)
    #expect(keyframe.chunks.contains { $0.isNeeded })
    #expect(keyframe.chunks.contains { !$0.isNeeded })
    var (whole, reading) = try keyframe.read(keyframe.chunks.map { values[$0.hash] })
    var (lean, readingLean) = try keyframe.read(
      keyframe.chunks.map { $0.isNeeded ? values[$0.hash] : nil })
    #expect(try whole.canonicalBytes() == recording.state.canonicalBytes())
    #expect(lean.present == whole.present)
    #expect(lean.history != whole.history)
    #expect(!lean.present.services[0].ordinary.norms.isEmpty, "what is usual is known")
    for _ in 0..<90 {
      let batch = try recording.batch(10)
      for entry in try reading.entries(of: batch) { whole.apply(entry) }
      for entry in try readingLean.entries(of: batch) { lean.apply(entry) }
      #expect(lean.present == recording.state.present)
    }
    #expect(try whole.canonicalBytes() == recording.state.canonicalBytes())
    let (own, other) = (try recording.state.parts(), try lean.parts())
    #expect(own.present == other.present)
    #expect(own.services == other.services)
    #expect(own.ledger == other.ledger)
    let (now, name) = (whole.present.now.seconds, "go_goroutines")
    let signals = whole.history["cart"]?.signals.values(of: name, at: now)
    #expect(signals?.compactMap { $0 }.isEmpty == false)
    #expect(
      lean.history["cart"]?.signals.values(of: name, at: now) == signals,
      "what came since is in the charts")
  }

  @Test("any part of the history may be missing, in the middle too")
  func holes() throws {
    var recording = try ShopRecording(300)
    let (record, values) = try recording.keyframe()
    let keyframe = try Keyframe(unpacking: record.body)
    let batch = try recording.batch(20)
    for hole in keyframe.chunks where !hole.isNeeded {
      var (state, decoder) = try keyframe.read(
        keyframe.chunks.map { $0 == hole ? nil : values[$0.hash] })
      for entry in try decoder.entries(of: batch) { state.apply(entry) }
      #expect(state.present == recording.state.present)
    }
  }

  @Test("without what its present is made of there is none")
  func needed() throws {
    var recording = try ShopRecording(200)
    let (record, values) = try recording.keyframe()
    let keyframe = try Keyframe(unpacking: record.body)
    #expect(throws: Malformed.self) {
      _ = try keyframe.read(keyframe.chunks.map { $0.isNeeded ? nil : values[$0.hash] })
    }
    #expect(throws: Malformed.self) { _ = try keyframe.read([]) }
  }

  @Test("is shown at once, and made whole when charts are wanted")
  func later() async throws {
    try await warRoom { room in
      var run = ShopRun()
      await run.go(700, room.session, room.clock)
      try await mirror(room.folder.place()) { mirror, watch in
        #expect(await watch.isLive())
        let sequence = await room.session.read { $0.present.sequence }
        #expect(await comes { await mirror.read { $0.present.sequence } >= sequence })
        #expect(watch.last?.hasHistory == false)
        let whole = await room.session.read { try? $0.canonicalBytes() }
        let lean = await mirror.read { try? $0.canonicalBytes() }
        #expect(lean != whole)
        await mirror.wantHistory()
        #expect(await comes { watch.last?.hasHistory == true })
        #expect(await room.agrees(with: mirror))
        await run.go(30, room.session, room.clock)
        #expect(await room.agrees(with: mirror))
      }
      // The next one wants it from the first moment, and again after it was sent away.
      var attachment = Bridge.Attachment.honest()
      attachment.wantsHistory = true
      try await mirror(room.folder.place(), as: attachment) { mirror, watch in
        #expect(await comes { watch.last?.hasHistory == true })
        #expect(await room.agrees(with: mirror))
        await room.shut()
        #expect(await comes { watch.last?.phase == .lost })
        await run.go(30, room.session, room.clock)
        try await room.open()
        #expect(await comes { watch.last?.phase == .live && watch.last?.hasHistory == true })
        #expect(await room.agrees(with: mirror))
      }
    }
  }
}
