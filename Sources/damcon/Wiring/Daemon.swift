import Beacon
import Bridge
import Dispatch
import Fleet
import Foundation
import HTTPServing
import Incident
import NIOCore
import NIOPosix
import Presence
import SelfReport
import Session
import Synchronization
import Systemd

/// A session that is kept for everybody, without a screen of its own.
///
/// It refuses to begin where another process keeps the journal of its fleet, or listens on its socket.
final class Daemon: Sendable {
  /// What it is told beside its fleet.
  struct Orders: Sendable {
    var recording: LiveJournal.Wish
    /// Where it answers those who ask after itself; nil: nowhere.
    var metrics: HTTPAddress?
    /// Where it takes beats; nil: nowhere.
    var beacon: HTTPAddress?
  }

  private let live: LiveFleet
  private let log: ServeLog
  private let notice: ServiceNotice
  private let watch = SelfWatch()
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let doors = Mutex(Doors())
  private let beating = Mutex<Task<Void, Never>?>(nil)
  /// Where it is, for what signals ask.
  private let stage = Mutex(Stage())

  private struct Stage {
    var hasBegun = false
    var isEnding = false
    /// The fleet file is being read again.
    var isReading = false
    /// And is to be read once more after that.
    var readsOnce = false
  }

  /// What it answers over HTTP.
  private struct Doors {
    var metrics: HTTPServer?
    var beacon: BeaconServer?
  }

  /// The longest that a first look at everything is waited for.
  private static let firstLook = 10.0
  /// Seconds of silence of the owner of the state after which nobody vouches for it.
  private static let stuck = SelfVerdict.stuck
  /// The longest that the manager is told again that it is ready, where it does not take it.
  private static let insistence = Duration.seconds(10)
  /// The longest that a fleet file which is being read is waited for at the end.
  private static let lastReading = Duration.seconds(2)

  private init(_ live: LiveFleet, _ log: ServeLog, _ notice: ServiceNotice) {
    self.live = live
    self.log = log
    self.notice = notice
  }

  /// Serves until it is asked to end; throws where it cannot begin.
  ///
  /// To be called on the main thread, after `ServeSignals.block()`.
  static func run(
    _ source: FleetSource, _ orders: Orders, _ log: ServeLog, _ notice: ServiceNotice,
    inherited: InheritedSocket?
  ) throws {
    let journal = try LiveJournal.sole(orders.recording.place, for: source.fleet)
    let live = LiveFleet(
      source.fleet, source: source, recording: orders.recording, kind: .serve, keeping: journal,
      inherited: inherited?.descriptor, takesBeats: orders.beacon != nil)
    let daemon = Daemon(live, log, notice)
    let ended = daemon.listen()
    do {
      try Blocking.run { try await daemon.begin(source, orders, isGiven: inherited != nil) }
    } catch {
      try? Blocking.run { await daemon.stop() }
      log.close(within: 1)
      throw error
    }
    ended.wait()
    try? Blocking.run { await daemon.stop() }
    log.put(.info, "ended in order")
    log.close(within: 1)
  }

  // MARK: How it begins

  private func begin(_ source: FleetSource, _ orders: Orders, isGiven: Bool) async throws {
    let (watch, log) = (watch, log)
    await live.session.attach { ServeReport(watch) { log.put($0, $1) } }
    let wanted = orders.recording.socket ?? source.socket
    let door: String
    do {
      guard let path = try await live.door() else {
        throw Failure("nobody could act here: the journal is kept by another process")
      }
      if isGiven, let wanted, wanted != path {
        throw Failure("the socket it was started with is \(path), and \(wanted) is what is meant")
      }
      door = path
    } catch let error as BridgeError { throw Failure("nobody could attach: \(error)") }
    if let address = orders.metrics { try await answer(at: address) }
    if let address = orders.beacon {
      try await takeBeats(at: address, of: source.fleet)
    } else if source.fleet.takesBeats {
      log.put(
        .warning,
        "services of \(source.fleet.name) have a beacon, and no beats are taken without --beacon")
    }
    notice.status("looking at everything for the first time")
    await lookAtAll()
    watch.enter(.serving)
    let sentence = await sentence()
    stage.withLock { $0.hasBegun = true }
    log.put(.info, "\(sentence); attach at \(door)")
    beating.withLock { $0 = beat() }
    await tellReady(sentence)
  }

  /// Tells the manager until it has taken it, for it waits for that.
  private func tellReady(_ sentence: String) async {
    guard notice.isHeard else { return }
    let end = ContinuousClock.now + Daemon.insistence
    while !stage.withLock(\.isEnding) {
      if notice.ready(sentence) { return }
      guard ContinuousClock.now < end else {
        return log.put(.warning, "the service manager does not take it that this is ready")
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
  }

  /// Answers those who ask after it, and says why where that cannot be.
  private func answer(at address: HTTPAddress) async throws {
    let server: HTTPServer
    do {
      server = try await HTTPServer.start(
        host: address.host, port: address.port, on: group, limits: Daemon.limits
      ) { [weak self] request in
        self?.page(request) ?? .text(503, "it is ending")
      }
    } catch { throw Failure("\(error)") }
    doors.withLock { $0.metrics = server }
    log.put(.info, "its own health and metrics are at http://\(server.address)/metrics")
  }

  private func takeBeats(at address: HTTPAddress, of fleet: Fleet) async throws {
    let server: BeaconServer
    do { server = try await live.takeBeats(at: address, of: fleet, on: group) } catch {
      throw Failure("\(error)")
    }
    doors.withLock { $0.beacon = server }
    log.put(.info, "beats are taken at http://\(server.address)")
    if !address.isOfThisHost {
      log.put(
        .warning,
        "beats at \(server.address) come without TLS, and tokens with them: "
          + "bind it to this host, behind something that speaks TLS")
    }
    if !fleet.takesBeats {
      log.put(.warning, "no service of \(fleet.name) has a beacon: every beat is turned away")
    }
  }

  /// What is asked for here has no body.
  private static var limits: HTTPLimits {
    var limits = HTTPLimits()
    limits.body = 4 << 10
    return limits
  }

  private func page(_ request: HTTPRequestSeen) -> HTTPAnswer {
    guard SelfPage.exists(request.path) else { return .nothingThere }
    guard ["GET", "HEAD"].contains(request.method) else {
      return .wrongMethod(allowed: "GET, HEAD")
    }
    let figures = watch.figures(of: live, clients: live.clientFigures)
    guard let page = SelfPage(request.path, figures) else { return .nothingThere }
    return HTTPAnswer(
      status: page.status, contentType: page.contentType,
      headers: HTTPFields([("cache-control", "no-store")]), body: Array(page.body.utf8))
  }

  /// Returns once every target was heard, or has had its time.
  private func lookAtAll() async {
    let end = ContinuousClock.now + .seconds(Daemon.firstLook)
    while ContinuousClock.now < end, !stage.withLock(\.isEnding) {
      let isWhole = await live.session.read { state in
        state.present.services.allSatisfy { service in
          service.instances.allSatisfy { $0.definition.isBeacon || $0.lastHeard != nil }
        }
      }
      if isWhole { return }
      try? await Task.sleep(for: .milliseconds(50))
    }
  }

  /// `serving shop: 8 services, 16 targets`
  private func sentence() async -> String {
    await live.session.read { state in
      let services = state.present.services.count
      let targets = state.present.services.reduce(0) { $0 + $1.instances.count }
      return "serving \(state.present.fleet.name): "
        + "\(services) \(services == 1 ? "service" : "services"), "
        + "\(targets) \(targets == 1 ? "target" : "targets")"
    }
  }

  // MARK: While it serves

  /// Tells the manager that it works, as long as the owner of the state does.
  private func beat() -> Task<Void, Never>? {
    guard let interval = notice.beatInterval else { return nil }
    let (notice, watch) = (notice, watch)
    return Task {
      var next = ContinuousClock.now
      while !Task.isCancelled {
        // Looked at often, so that one that is stuck in the moment of a beat has the next second, not the next beat.
        let now = ContinuousClock.now
        if now >= next, watch.moved(within: Daemon.stuck), notice.beat() {
          next = now + .seconds(interval)
        }
        try? await Task.sleep(for: .seconds(min(1, interval)))
      }
    }
  }

  /// Hears signals from now on: reads the fleet file again as often as it is asked to.
  ///
  /// - Returns: what is signalled when it is asked to end.
  private func listen() -> DispatchSemaphore {
    let ended = DispatchSemaphore(value: 0)
    Thread.detachNewThread { [self] in
      while true {
        switch ServeSignals.wait() {
        case .reload:
          askForReload()
        case .end:
          let isSecond = stage.withLock { stage in
            defer { stage.isEnding = true }
            return stage.isEnding
          }
          // Whoever asks twice means it: the journal bears that.
          if isSecond { _exit(Failure.Code.couldNotRun.rawValue) }
          ended.signal()
        }
      }
    }
    return ended
  }

  /// Begins to read the fleet file again, or has it read once more after what is being read: a file that hangs must
  /// not keep the next signal from being heard.
  private func askForReload() {
    let begins = stage.withLock { stage in
      guard !stage.isEnding else { return false }
      defer { stage.isReading = true }
      if stage.isReading { stage.readsOnce = true }
      return !stage.isReading
    }
    guard begins else { return }
    Task { repeat { await reload() } while isAskedAgain() }
  }

  private func isAskedAgain() -> Bool {
    stage.withLock { stage in
      stage.isReading = stage.readsOnce && !stage.isEnding
      stage.readsOnce = false
      return stage.isReading
    }
  }

  private func reload() async {
    let hasBegun = stage.withLock(\.hasBegun)
    if hasBegun { notice.reloading() }
    log.put(.info, "reading the fleet file again")
    await live.reload()
    await settle()
    guard !stage.withLock(\.isEnding) else { return }
    let sentence = await sentence()
    if hasBegun {
      await tellReady(
        live.fileTrouble.map { "\(sentence); the new fleet file is wrong: \($0)" } ?? sentence)
    }
    if live.fileTrouble == nil { log.put(.info, sentence) }
  }

  /// Returns once the state has all in it that was read; what hangs is not waited for.
  private func settle() async {
    let mark = Note(
      .info, "the fleet file was read again because of a signal (\(UInt32.random(in: 0 ... .max)))")
    live.session.inbox.put(.note(mark))
    let end = ContinuousClock.now + .seconds(5)
    while ContinuousClock.now < end, !stage.withLock(\.isEnding) {
      if await live.session.read({ $0.present.notes.contains { $0.note == mark } }) { return }
      try? await Task.sleep(for: .milliseconds(10))
    }
  }

  // MARK: How it ends

  private func stop() async {
    watch.enter(.stopping)
    notice.stopping("writing the journal")
    beating.withLock { $0 }?.cancel()
    // What is read in order comes to its end; what hangs is left.
    let end = ContinuousClock.now + Daemon.lastReading
    while stage.withLock(\.isReading), ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(10))
    }
    let doors = doors.withLock { $0 }
    await doors.beacon?.stop()
    await doors.metrics?.stop()
    await live.stop()
    try? await group.shutdownGracefully()
  }
}

extension LiveFleet {
  /// Who is attached; nil where nobody can be.
  fileprivate var clientFigures: SelfFigures.Clients? {
    guard let attendance = company?.muster.attendance else { return nil }
    return SelfFigures.Clients(
      attached: attendance.attendees.count + attendance.more,
      behind: attendance.attendees.count { $0.isBehind },
      keyframesSent: broadcast?.sent.keyframes, bytesSent: broadcast?.sent.bytes,
      limit: BridgeLimits().connections)
  }
}
