import Bridge
import Console
import Session

/// The dashboard on this terminal: the fleet behind it, the console in it, until the responder quits.
enum Dashboard {
  /// Takes the terminal over and returns when it has been given back.
  ///
  /// To be called on the main thread, after `SignalMask.blockAll()`.
  static func show(
    _ source: FleetSource, _ preferences: Preferences, recording: LiveJournal.Wish,
    wall: Wall? = nil
  ) throws {
    let stage = try Stage(preferences)
    let live = LiveFleet(
      source.fleet, source: source, recording: recording, kind: source.keepsLedger ? .watch : .demo)
    let session = live.session
    let keyboard = Keyboard { [inbox = session.inbox] in inbox.nudge() }
    let responder = Peer.own.principal
    let rewind = live.journal.map { journal in
      Rewind(keyboard: keyboard) { try await journal.past() }
    }
    var openPast: (@Sendable () -> Void)?
    if let rewind { openPast = { rewind.open() } }
    let desk = stage.desk(
      .live, source: .live, keyboard: keyboard,
      errands: ConsoleDesk.Errands(
        submit: { intent in await session.submit(intent, by: responder) },
        openPast: openPast,
        closePast: { rewind?.close() },
        act: { act in live.company?.act(act) }))
    desk.isFor(responder)
    desk.isWall(wall)
    desk.use(live.runbooks)
    rewind?.show(on: desk)
    live.company?.enter(responder, isWall: wall != nil) { desk.show($0) }
    let attached = Task { await session.attach { LiveSeat(desk) } }
    defer {
      desk.leave()
      attached.cancel()
      rewind?.close()
      try? Blocking.run { await live.stop() }
    }
    try stage.run(keyboard)
  }
}
