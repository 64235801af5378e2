import Bridge
import Console
import Incident
import Presence
import Replay
import Session
import Synchronization

/// The dashboard on this terminal of a session that another process keeps: the same console, over entries that come by
/// its socket.
enum AttachedDashboard {
  /// Takes the terminal over and returns when it has been given back.
  ///
  /// To be called on the main thread, after `SignalMask.blockAll()`.
  static func show(_ found: FoundSession, _ preferences: Preferences, wall: Wall?) throws {
    let stage = try Stage(preferences)
    let archive = RemoteArchive(found.place)
    let runbooks = RunbookDesk()
    let host = HostIdentity.own
    let hook = Hook()
    let mirror = Mirror(
      found.place,
      Attachment(
        boot: host.boot, uid: host.uid, host: host.name, program: Version.current,
        isWall: wall != nil),
      onLink: { hook.tell($0) })
    let keyboard = Keyboard { mirror.nudge() }
    // One after another: where somebody looks now must not be told before where they looked.
    let (deeds, acts) = AsyncStream.makeStream(of: PresenceAct.self)
    let telling = Task { for await act in deeds { await mirror.act(act) } }
    // Another process is waited for, on a thread that nobody else needs.
    let rewind = Rewind(keyboard: keyboard) {
      try await Blocking.aside { Result { try Past(archive, at: .end, grows: true) } }.get()
    }
    let responder = found.responder
    let desk = stage.desk(
      .live, source: .live, keyboard: keyboard,
      errands: ConsoleDesk.Errands(
        submit: { await mirror.submit($0) },
        openPast: { rewind.open() }, closePast: { rewind.close() },
        act: { acts.yield($0) },
        wantHistory: { Task { await mirror.wantHistory() } }))
    desk.isFor(responder)
    desk.use(runbooks)
    desk.isWall(wall)
    hook.set(desk)
    rewind.show(on: desk)
    let words = FetchedRunbooks(archive, for: runbooks) { keyboard.ring() }
    let running = Task {
      await mirror.attach { AttachedSeat(desk, words) }
      await mirror.run()
    }
    // While it is lost nothing comes that would count the seconds.
    let counting = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        hook.pass()
      }
    }
    defer {
      desk.leave()
      telling.cancel()
      counting.cancel()
      rewind.close()
      running.cancel()
    }
    try stage.run(keyboard)
  }

  /// The desk, once there is one, and what there was to tell before. Whole seconds pass by themselves.
  private final class Hook: Sendable {
    private struct Held {
      var desk: ConsoleDesk?
      /// Before anything was heard it is being connected to.
      var status = LinkStatus()
    }
    private let held = Mutex(Held())

    func tell(_ status: LinkStatus) {
      held.withLock { $0.status = status }
      pass()
    }

    /// Tells the desk how it stands now.
    func pass() {
      let (desk, status) = held.withLock { ($0.desk, $0.status) }
      guard let desk else { return }
      desk.show(Link(status, at: .now))
      if let attendance = status.attendance { desk.show(attendance) }
    }

    func set(_ desk: ConsoleDesk) {
      held.withLock { $0.desk = desk }
      pass()
    }
  }
}

/// The desk as the owner of a state that is told looks at it.
private final class AttachedSeat: Onlooker {
  private let desk: ConsoleDesk
  private let words: FetchedRunbooks

  init(_ desk: ConsoleDesk, _ words: FetchedRunbooks) {
    self.desk = desk
    self.words = words
  }

  func look(at state: State) {
    words.follow(state.present)
    desk.look(at: state)
  }

  func hear(recordingHangs: Bool) { desk.tell(recordingHangs: recordingHangs) }
}

extension Link {
  /// As it stands at a moment.
  init(_ status: LinkStatus, at now: ContinuousClock.Instant) {
    let phase: Phase =
      switch status.phase {
      case .live: .whole
      case .behind: .behind
      case .connecting: .connecting
      case .lost: .lost
      }
    self.init(
      phase, seconds: Int(max(0, status.since.duration(to: now) / .seconds(1))),
      words: status.words, attempt: status.attempt,
      nextTry: status.retryAt.map {
        Int((max(0, now.duration(to: $0) / .seconds(1))).rounded(.up))
      },
      onlyLooks: status.onlyLooks, hasHistory: status.hasHistory)
  }
}
