package import Containment
package import Fleet
package import Incident

/// The one owner of the state: gives each event its place and instant, and keeps the order
/// durable ─► apply ─► publish ─► execute.
///
/// It runs off the screen's thread. What leaves it is what an onlooker makes of the state, never
/// the state itself: a copy held elsewhere would make the next `apply` copy its arrays.
package actor Session {
  /// Where the edges leave what they saw.
  package nonisolated let inbox: Inbox
  private let clock: any SessionClock
  private let recorder: (any Recorder)?
  private let executor: (any IntentExecutor)?
  private var state: State
  private var onlookers: [any Onlooker] = []
  private var followers: [any EntryFollower] = []
  private var lastEntry: Instant

  /// Events taken in one turn before others may have theirs; a turn stays within 2 ms.
  private static let turn = Duration.milliseconds(1)

  /// An entry is being made durable: what else comes waits for it, so that the order stays.
  private var isHeld = false
  /// The disk has not answered in time: what comes is shown meanwhile, and entered after that entry.
  private var outlook: Outlook?
  private let patience: Duration

  /// Those who do something: each has the turn until what they did is durable.
  private var line = WaitingLine()
  private let mostWaiting: Int
  /// Those whose emergency stop is in it, by their names.
  private var halting: Set<String> = []
  /// So many hold what happened and is not entered yet.
  private var draining = 0

  /// The kernel's numbers of those who have asked for something, by their names: one person is one number.
  private var users: [String: UInt32] = [:]
  private static let userLimit = 10_000

  /// When it was last written down that somebody was refused, by their names.
  private var refusals: [String: Instant] = [:]
  /// Seconds in which nobody is refused in writing twice: whoever asks again and again fills no log, and no journal.
  private static let refusalGap = 2.0

  /// As long as a disk may take before news is shown without it.
  package static let patience = Duration.seconds(5)
  /// More than those who are here ask for while a disk does not answer.
  package static let mostWaiting = 1_000

  /// - Parameters:
  ///   - last: the sequence of the last entry of an earlier run that this one goes on from.
  ///   - unfinished: what that one left under way.
  ///   - mostWaiting: of those who ask for something, as many as may wait for the disk.
  package init(
    fleet: Fleet, clock: any SessionClock = SystemClock(), recorder: (any Recorder)? = nil,
    executor: (any IntentExecutor)? = nil, after last: UInt64 = 0,
    resuming unfinished: Unfinished? = nil,
    patience: Duration = Session.patience, mostWaiting: Int = Session.mostWaiting
  ) {
    self.clock = clock
    self.recorder = recorder
    self.executor = executor
    self.patience = patience
    self.mostWaiting = mostWaiting
    inbox = Inbox(clock: clock)
    let now = clock.now()
    lastEntry = now
    state = State(began: now)
    var events = [Event.began, .fleet(fleet)]
    if let unfinished { events.append(.resume(unfinished)) }
    let entries = events.enumerated().map { place, event in
      Entry(sequence: last + 1 + UInt64(place), instant: now, event: event)
    }
    // In one page: no run begins in the journal without what the one before it left.
    for entry in entries { recorder?.record(entry, with: nil) }
    for entry in entries {
      state.apply(entry)
      recorder?.applied(entry, to: state)
    }
  }

  /// Takes what happens until the surrounding task is cancelled or the inbox is closed.
  ///
  /// In a second in which nothing else happens a tick is entered, so that age, staleness and
  /// timers move by entries too.
  package func run() async {
    let inbox = inbox
    let metronome = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(250))
        inbox.nudge()
      }
    }
    defer { metronome.cancel() }
    for await _ in inbox.rings {
      await drain()
      if Task.isCancelled { break }
    }
  }

  /// Enters everything that waits, then tells the onlookers.
  package func drain() async {
    guard !isHeld else { return lookOn() }
    draining += 1
    defer { draining -= 1 }
    let items = inbox.take()
    var turnBegan = ContinuousClock.now
    for (place, item) in items.enumerated() {
      enter(item.event, at: item.instant, with: item.enclosure)
      if ContinuousClock.now - turnBegan > Session.turn {
        publish()
        await Task.yield()
        // Somebody's act is being made durable: what is left of these comes after it.
        if isHeld { return inbox.putBack(items[(place + 1)...]) }
        turnBegan = .now
      }
    }
    let now = clock.now()
    if now.seconds(since: lastEntry) >= 1 { enter(.tick, at: now) }
    // All that was shown ahead of the state is in it now.
    outlook = nil
    publish()
  }

  private func enter(_ event: Event, at instant: Instant, with enclosure: Enclosure? = nil) {
    // What waited while something was made durable was stamped before it.
    let instant = instant.offset < lastEntry.offset ? lastEntry : instant
    let entry = Entry(sequence: state.present.sequence + 1, instant: instant, event: event)
    recorder?.record(entry, with: enclosure)
    apply(entry)
  }

  private func apply(_ entry: Entry) {
    state.apply(entry)
    lastEntry = entry.instant
    recorder?.applied(entry, to: state)
    for follower in followers { follower.follow(entry, to: state) }
  }

  // MARK: What somebody did

  /// Enters what somebody did: it is durable before anything comes of it.
  ///
  /// - Parameter isStrict: whether it is not entered at all where it cannot be written.
  /// - Returns: whether it is durable.
  @discardableResult
  private func enterDurably(_ event: Event, isStrict: Bool = false) async -> Bool {
    guard let recorder else {
      if !isStrict { enter(event, at: clock.now()) }
      return false
    }
    isHeld = true
    outlook = nil
    let entry = Entry(
      sequence: state.present.sequence + 1, instant: clock.now(), event: event)
    let watch = Task { [patience] in
      try await Task.sleep(for: patience)
      try Task.checkCancellation()
      lookAhead()
    }
    let isDurable = await recorder.recordDurably(entry)
    watch.cancel()
    if isDurable || !isStrict { apply(entry) }
    if let (items, lost) = outlook?.handBack() {
      for onlooker in onlookers { onlooker.hear(recordingHangs: false) }
      inbox.putBack(items)
      inbox.put(
        .note(
          Note(
            .warning,
            lost == 0
              ? "recording goes on: the disk has answered"
              : "recording goes on: the disk has answered; \(lost) events of meanwhile are not recorded"
          )))
    }
    isHeld = false
    inbox.nudge()
    return isDurable
  }

  /// The disk does not answer: nothing comes of what was asked before it does, but everybody sees
  /// what happens meanwhile, and that recording hangs.
  private func lookAhead() {
    guard isHeld, outlook == nil else { return }
    outlook = Outlook(state)
    for onlooker in onlookers { onlooker.hear(recordingHangs: true) }
    inbox.put(
      .note(
        Note(
          .error,
          "recording hangs: the disk does not answer; what was asked last is not done before it does"
        )))
    lookOn()
  }

  private func lookOn() {
    outlook?.take(inbox.take(), at: clock.now())
    publish()
  }

  // MARK: Whose turn it is

  /// Waits until nobody else does anything; then `passTurn` is to be called.
  private func waitForTurn() async {
    guard !line.take() else { return }
    await withCheckedContinuation { line.join($0) }
  }

  /// As `waitForTurn`, where not too many wait already.
  ///
  /// - Returns: why it was not waited for; nil where it was.
  private func waitForTurnInBounds() async -> String? {
    guard line.isFree || line.count < mostWaiting else {
      return
        "the disk does not answer: \(mostWaiting) others wait for it, and nothing was done of what "
        + "you asked for; ask again once it answers"
    }
    await waitForTurn()
    return nil
  }

  /// Those who wait for their turn.
  package var waiting: Int { line.count }

  private func passTurn() {
    // However many wait, what happened meanwhile is entered between two of them.
    if line.count > 0 { enterSomeNews() }
    line.pass()
  }

  private func enterSomeNews() {
    // Those that are held are older.
    guard draining == 0, !isHeld else { return }
    let items = inbox.take()
    let began = ContinuousClock.now
    for (place, item) in items.enumerated() {
      enter(item.event, at: item.instant, with: item.enclosure)
      guard ContinuousClock.now - began <= Session.turn else {
        return inbox.putBack(items[(place + 1)...])
      }
    }
  }

  // MARK: Seen

  private func publish() {
    for onlooker in onlookers { onlooker.look(at: outlook?.state ?? state) }
  }

  /// Adds a view that is made, kept and called in this session's isolation.
  package func attach(_ make: @Sendable () -> sending any Onlooker) {
    let onlooker = make()
    onlookers.append(onlooker)
    onlooker.look(at: outlook?.state ?? state)
  }

  /// Has somebody told of every entry from now on, beginning with the state that it goes on from.
  package func tell(_ follower: any EntryFollower) {
    followers.append(follower)
    follower.begin(with: state)
  }

  /// Reads the state in place; what `body` returns must be made for leaving, such as a frame.
  package func read<Value: Sendable>(_ body: @Sendable (State) throws -> Value) rethrows
    -> Value
  {
    try body(outlook?.state ?? state)
  }

  /// What someone asks for: checked against what `principal` may do, entered, then carried out.
  ///
  /// While a disk does not answer it waits for it, unless too many do. The emergency stop waits whoever waits, as long
  /// as it comes from somebody who may act.
  @discardableResult
  package func submit(_ intent: Intent, by principal: Principal) async -> IntentOutcome {
    if case .halt = intent, principal.role(in: state.present.fleet) >= .responder,
      halting.insert(principal.name).inserted
    {
      // It stops everything once: what they say of it meanwhile is as anything else.
      await waitForTurn()
      halting.remove(principal.name)
    } else if let refusal = await waitForTurnInBounds() {
      return IntentOutcome(refusal: refusal)
    }
    let refusal = await take(intent, by: principal)
    passTurn()
    if let refusal { return IntentOutcome(refusal: refusal) }
    return await executor?.execute(intent, by: principal) ?? .taken
  }

  /// - Returns: why nothing comes of it; nil where it was entered.
  private func take(_ intent: Intent, by principal: Principal) async -> String? {
    if users.count < Session.userLimit, principal.uid != Access.nobody {
      users[principal.name] = principal.uid
    }
    let now = clock.now()
    if let last = refusals[principal.name], now.seconds(since: last) < Session.refusalGap {
      // What is refused by the clock is so by the clock as it is now.
      if now.seconds(since: lastEntry) >= 1 { enter(.tick, at: now) }
      if let refusal = intent.refusal(state.present, by: principal, knowing: users) {
        return refusal
      }
    }
    enter(.note(Note(.info, "\(principal.name) asked: \(intent.shortly)")), at: now)
    if let refusal = intent.refusal(state.present, by: principal, knowing: users) {
      enter(.note(Note(.warning, refusal)), at: clock.now())
      if refusals.count >= Session.userLimit { refusals = [:] }
      refusals[principal.name] = now
      publish()
      return refusal
    }
    if let event = intent.event(by: principal) { await enterDurably(event) }
    publish()
    return nil
  }

  // MARK: Actions

  /// Enters what becomes of an action. What is about to be sent is not, where it cannot be written down.
  ///
  /// However many wait for the disk, what has become of something that is under way waits too, and is not refused.
  ///
  /// - Returns: why it is not entered; nil where it is.
  package func enter(_ move: ActionMove) async -> String? {
    if move.isOfWhatIsUnderWay {
      await waitForTurn()
    } else if let refusal = await waitForTurnInBounds() {
      return refusal
    }
    defer { passTurn() }
    if let refusal = state.present.refusal(of: move) { return refusal }
    let isStrict = move.comesBeforeBytes
    let isDurable = await enterDurably(.action(move), isStrict: isStrict)
    publish()
    return isStrict && !isDurable ? "it cannot be written down, so nothing is sent" : nil
  }

  /// Enters that a rule acts; not at all where it cannot be written down.
  ///
  /// - Returns: why it is not entered; nil where it is.
  package func enter(_ move: RuleMove) async -> String? {
    if let refusal = await waitForTurnInBounds() { return refusal }
    defer { passTurn() }
    if let refusal = state.present.refusal(of: move) { return refusal }
    let isDurable = await enterDurably(.rule(move), isStrict: true)
    publish()
    return isDurable ? nil : "it cannot be written down, so the rule does nothing"
  }
}

extension ActionMove {
  /// It goes on with what was begun, or says what has become of it.
  fileprivate var isOfWhatIsUnderWay: Bool {
    switch step {
    case .intend, .send, .answer, .reconcile, .intendRevert, .sendRevert, .answerRevert, .tried,
      .cancel, .lose:
      true
    case .plan, .approve, .reject, .confirm, .recover: false
    }
  }
}
