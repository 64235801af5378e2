import NIOCore

/// The schedule of one kind of poll of one target: never two in flight, none made up for.
///
/// Confined to the target's event loop.
final class Track: NIOScheduledCallbackHandler, @unchecked Sendable {
  let kind: Kind
  private weak var poll: TargetPoll?
  private let loop: any EventLoop
  private(set) var cadence: Cadence
  private var alarm: NIOScheduledCallback?
  private var due = NIODeadline.uptimeNanoseconds(0)

  /// What is asked, once it is known.
  var route: String?
  /// Discovery saw the route hang where others answered, and took it for that: the first "not here"
  /// proves it wrong.
  var isGuess = false
  /// The request with its bytes, where it is the same every time.
  var request: Request?
  var isInFlight = false
  /// When the poll in flight began.
  var begun = NIODeadline.uptimeNanoseconds(0)
  /// What the service asked for by `next_check_seconds`.
  var notBefore = NIODeadline.uptimeNanoseconds(0)
  /// How often in a row the route was answered with "not here".
  var misses = 0

  init(_ kind: Kind, of poll: TargetPoll, loop: any EventLoop, cadence: Cadence) {
    self.kind = kind
    self.poll = poll
    self.loop = loop
    self.cadence = cadence
  }

  func start() { schedule(at: cadence.first(from: .now())) }

  func stop() {
    alarm?.cancel()
    alarm = nil
  }

  /// Goes on by another interval, without a poll of its own.
  func change(to cadence: Cadence) {
    guard cadence != self.cadence else { return }
    self.cadence = cadence
    stop()
    schedule(at: cadence.next(after: .now()))
  }

  /// Whether the service has asked to be left alone until later; a grid point just before counts.
  func isEarly(at now: NIODeadline) -> Bool { now + .milliseconds(5) < notBefore }

  func handleScheduledCallback(eventLoop: some EventLoop) {
    let now = NIODeadline.now()
    let late = now - due
    // The next point comes from the grid, not from now: lateness does not add up.
    schedule(at: cadence.next(after: now))
    poll?.fire(self, late: late)
  }

  private func schedule(at time: NIODeadline) {
    due = time
    alarm = try? loop.scheduleCallback(at: time, handler: self)
  }
}
