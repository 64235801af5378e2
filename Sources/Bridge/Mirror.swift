package import Incident
import Recording
package import Session

/// The owner of a state that another process keeps: comes to the same by the same entries, and shows it as the session
/// does there.
///
/// What happens is told by a stream. Where that ends it is taken up again; where something of it is missing or cannot
/// be read, the state is asked for anew, and what was known stays in sight until it is there.
package actor Mirror {
  let place: SocketPlace
  let limits: MirrorLimits
  private let onLink: @Sendable (LinkStatus) -> Void
  let bell: AsyncStream<Void>.Continuation
  private let rings: AsyncStream<Void>
  private var onlookers: [any Onlooker] = []

  /// What is said of this screen when it comes back.
  var attachment: Attachment
  var reflection = Reflection()
  /// A state was shown.
  var hasState = false
  /// What comes by the stream goes on from what is shown.
  var followsOn = false
  var arrival: Arrival?
  var shelf = HistoryShelf()
  var wantsHistory: Bool
  /// What the last connection told of itself.
  var link = LinkStatus()
  private var told: LinkStatus?

  // The connection.
  var stream: StreamClient?
  var isAttached = false
  /// It is not taken up again.
  var isOver = false
  var retryAt = ContinuousClock.now
  /// Why what is shown is not what is so.
  var trouble = ""
  /// When anything came last, and when something that goes on with the state, or a state.
  var heardAt = ContinuousClock.now
  var followedAt = ContinuousClock.now
  var isSilent = false
  private var turnedAt = ContinuousClock.now

  // The state anew.
  var needsKeyframe = false
  /// One was asked for, or comes unasked, and is not announced yet.
  var awaitsKeyframe = false
  var askedAt = ContinuousClock.now
  /// States in a row that could not be read.
  var flaws = 0

  // What was asked.
  var lastAsk: UInt64 = 0
  var asked: [UInt64: Question] = [:]
  /// What others see of this screen, to be told again after a connection was lost.
  var hasHandUp = false
  var isPresenting = false

  struct Question {
    var intent: Intent
    var deadline: ContinuousClock.Instant
    var answer: CheckedContinuation<IntentOutcome, Never>
  }

  /// Entries applied in one turn before others may have theirs; a turn stays within 2 ms.
  private static let turn = Duration.milliseconds(1)
  private static let pace = Duration.milliseconds(250)
  private static let hanging = "the session's disk does not answer"

  /// - Parameters:
  ///   - attachment: how this screen presents itself.
  ///   - onLink: told of how it stands, when that changes; it must return at once.
  package init(
    _ place: SocketPlace, _ attachment: Attachment, limits: MirrorLimits = MirrorLimits(),
    onLink: @escaping @Sendable (LinkStatus) -> Void = { _ in }
  ) {
    self.place = place
    self.attachment = attachment
    self.limits = limits
    self.onLink = onLink
    wantsHistory = attachment.wantsHistory
    (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Goes along with the session until the surrounding task is cancelled.
  package func run() async {
    let metronome = Task { [bell] in
      while !Task.isCancelled {
        try? await Task.sleep(for: Mirror.pace)
        bell.yield()
      }
    }
    bell.yield()
    for await _ in rings {
      if Task.isCancelled { break }
      await goOn()
    }
    metronome.cancel()
    isOver = true
    part("this screen has been closed")
  }

  private func goOn() async {
    let now = ContinuousClock.now
    // Whoever was stopped meanwhile has not listened: nothing was silent but itself.
    if now - turnedAt > .seconds(2) {
      heardAt = max(heardAt, now - .seconds(1))
      followedAt = max(followedAt, now - .seconds(1))
    }
    turnedAt = now
    connect(at: now)
    if let stream {
      // After the last word nothing that lies there counts.
      for event in stream.take() where self.stream === stream { await hear(event) }
    }
    await settle()
    keepTime(at: .now)
    publish()
  }

  /// Wakes the owner: somebody typed, or something is to be drawn.
  package nonisolated func nudge() { bell.yield() }

  // MARK: Seen

  /// Adds a view that is made, kept and called in this mirror's isolation. Before the first state has come it is shown
  /// one in which nothing is known.
  package func attach(_ make: @Sendable () -> sending any Onlooker) {
    let onlooker = make()
    onlookers.append(onlooker)
    onlooker.look(at: reflection.state)
  }

  /// Reads the state in place; what `body` returns must be made for leaving, such as a frame.
  package func read<Value: Sendable>(_ body: @Sendable (State) throws -> Value) rethrows
    -> Value
  {
    try body(reflection.state)
  }

  private func publish() {
    let status = standing
    if status != told {
      told = status
      onLink(status)
    }
    for onlooker in onlookers { onlooker.look(at: reflection.state) }
  }

  func tell(recordingHangs: Bool) {
    guard link.recordingHangs != recordingHangs else { return }
    link.recordingHangs = recordingHangs
    for onlooker in onlookers { onlooker.hear(recordingHangs: recordingHangs) }
  }

  private var standing: LinkStatus {
    let (phase, words): (LinkStatus.Phase, String) =
      if !isAttached, !hasState, !isOver, trouble.isEmpty {
        (.connecting, "connecting to the session")
      } else if !isAttached {
        (.lost, trouble)
      } else if !followsOn {
        (
          hasState ? .behind : .connecting,
          !trouble.isEmpty
            ? trouble
            : link.recordingHangs
              ? Mirror.hanging : "the state of the session is on its way"
        )
      } else if isSilent {
        (
          .behind,
          link.recordingHangs
            ? Mirror.hanging
            : "nothing has come for a while: the session, or the link to it, is held up"
        )
      } else {
        (.live, "")
      }
    if link.phase != phase { link.since = isSilent && isAttached ? followedAt : .now }
    (link.phase, link.words) = (phase, words)
    link.retryAt = isAttached || isOver || stream != nil ? nil : retryAt
    return link
  }

  // MARK: Entries

  /// Goes through a batch, with looks and keys between its entries where it takes its time.
  func take(_ batch: Batch) async {
    switch reflection.fit(batch) {
    case .past: return
    case .apart:
      lose("a part of what happened was left out: the state anew is on its way")
      // It goes on from the one that is on its way.
      if arrival != nil { needsKeyframe = false }
      return
    case .next: break
    }
    let entries: [Entry]
    do { entries = try reflection.entries(of: batch) } catch {
      return lose("what came cannot be read (\(error)): the state anew is on its way")
    }
    var began = ContinuousClock.now
    for entry in entries {
      reflection.state.apply(entry)
      guard ContinuousClock.now - began > Mirror.turn else { continue }
      publish()
      await Task.yield()
      began = .now
    }
  }

  /// The same for a state that is not shown yet.
  ///
  /// - Returns: why it cannot be gone on from; nil where it can.
  func catchUp(_ batch: Batch) async -> String? {
    guard let fit = arrival?.reflection?.fit(batch), fit != .past else { return nil }
    guard fit == .next else { return "a part of what came after it was left out" }
    var entries: [Entry] = []
    do { entries = try arrival?.reflection?.entries(of: batch) ?? [] } catch { return "\(error)" }
    var began = ContinuousClock.now
    for entry in entries {
      arrival?.reflection?.state.apply(entry)
      guard ContinuousClock.now - began > Mirror.turn else { continue }
      publish()
      await Task.yield()
      began = .now
    }
    return nil
  }

  /// What comes does not go on from what is shown any more.
  func lose(_ why: String) {
    followsOn = false
    trouble = why
    needsKeyframe = true
  }
}
