package import Fleet
package import Incident
package import Recording
package import Session

/// The owner of a state that is past: goes through a recording by what a responder asks, and shows what
/// it comes to, as the session does with what is live.
package actor Past {
  /// Where it is and how it goes, for whoever looks at it.
  package struct Course: Sendable, Hashable {
    package var span: ClosedRange<Int64>
    /// The last entry's wall time less its offset.
    package var wallOffset: Int64
    package var isPlaying = false
    /// Seconds of the recording in one of the viewer's; negative is backwards.
    package var speed = 1.0
    package var skipsIdle = false
    package var loop: ClosedRange<Int64>?
    package var milestones: [Milestone] = []
    package var pulses: [Pulse] = []
    /// What is shown is on the way to what was asked for, or a comparison is being made.
    package var isSeeking = false
    /// Why what is shown is not what was asked for; nil where it is.
    package var trouble: String?
  }

  /// Where a seek leads to.
  private enum Aim { case offset(Int64), sequence(UInt64) }

  private let archive: any Archive
  private let player: Player
  private var course: Course
  private var onlookers: [any PastOnlooker] = []
  /// Where the playing has come to, in nanoseconds: finer than entries.
  private var position: Int64
  /// Where a seek that takes its time is going; what is asked meanwhile takes its place.
  private var aim: Aim?
  private var comparing: Task<Void, Never>?
  private var comparisons = 0
  /// Where the span ends is looked at again: the recording is still being written.
  private let grows: Bool
  /// Of others than the recording.
  private var marks: [Milestone] = []
  private var playedAt: ContinuousClock.Instant?
  private let bell: AsyncStream<Void>.Continuation
  private let rings: AsyncStream<Void>

  /// A seek that takes no longer is not told of; a longer one goes on turn by turn, with keys answered
  /// between them.
  private static let atOnce = Duration.milliseconds(150)
  private static let slice = Duration.milliseconds(40)
  /// Frames of a recording that is played: as many as a person follows.
  private static let frame = Duration.milliseconds(50)
  /// Seconds before a milestone at which idle time ends.
  private static let leadIn: Int64 = 3_000_000_000
  /// Idle time shorter than this is not worth a jump.
  private static let shortest: Int64 = 15_000_000_000

  package enum Start: Sendable, Hashable {
    case beginning, end
    case offset(Int64)
  }

  package init(
    _ archive: any Archive, at start: Start = .beginning, until end: Int64? = nil,
    grows: Bool = false
  ) throws {
    self.archive = archive
    self.grows = grows
    guard let span = try archive.span() else { throw ReplayError("the recording is empty") }
    player = try Player(archive, at: start.offset)
    let last = max(span.first.offset, min(span.last.offset, end ?? .max))
    course = Course(
      span: span.first.offset...last,
      wallOffset: span.last.wall - span.last.offset)
    course.milestones = try archive.milestones()
    course.pulses = try archive.pulses()
    position = player.now.offset
    (rings, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Wakes the owner: somebody typed, or something is to be drawn.
  package nonisolated func nudge() { bell.yield() }

  package func attach(_ make: @Sendable () -> sending any PastOnlooker) {
    let onlooker = make()
    onlookers.append(onlooker)
    publish()
  }

  /// Plays and shows until the surrounding task is cancelled.
  package func run() async {
    let metronome = Task { [bell] in
      while !Task.isCancelled {
        try? await Task.sleep(for: Past.frame)
        bell.yield()
      }
    }
    defer { metronome.cancel() }
    for await _ in rings {
      if Task.isCancelled { break }
      turn()
    }
    comparing?.cancel()
  }

  private func turn() {
    if aim == nil { guarded(.reading) { try play() } } else { approachGuarded(for: Past.slice) }
    publish()
  }

  private func publish() {
    for onlooker in onlookers {
      for ask in onlooker.look(at: player.state, course) { perform(ask) }
    }
  }

  /// What went wrong last, by what it was that did.
  private var troubles: [Doing: String] = [:]
  private enum Doing {
    /// What a responder asked for; stands until the next is asked.
    case asking
    /// What goes on by itself; stands until it goes well.
    case reading
  }

  private func guarded(_ doing: Doing, _ body: () throws -> Void) {
    do {
      try body()
      // Of what is being written only a look says that it can be read again.
      if doing == .asking || !grows { troubles[doing] = nil }
    } catch {
      aim = nil
      course.isPlaying = false
      // What is asked next begins at what is shown.
      position = player.now.offset
      troubles[doing] = "the recording cannot be read here: \(error)"
    }
    course.trouble = troubles[.asking] ?? troubles[.reading]
    course.isSeeking = aim != nil || comparing != nil
  }

  private func approachGuarded(for time: Duration) {
    guarded(.asking) { try approach(for: time) }
  }

  /// Goes where the aim is, as far as it comes in this time.
  private func approach(for time: Duration) throws {
    guard let aim else { return }
    let end = ContinuousClock.now + time
    var isThere = true
    let isPatient = {
      isThere = ContinuousClock.now < end
      return isThere
    }
    switch aim {
    case .offset(let offset): try player.seek(toOffset: offset, while: isPatient)
    case .sequence(let sequence): try player.seek(to: sequence, while: isPatient)
    }
    guard isThere else {
      bell.yield()
      return
    }
    self.aim = nil
    // The time that it took is none of the recording's.
    playedAt = nil
  }

  // MARK: Asked

  /// What a responder asks of the past.
  package enum Ask: Sendable, Hashable {
    case seek(Int64)
    case step(Double)
    case event(Int)
    case play, pause
    case speed(Double)
    case skipIdle(Bool)
    case loop(ClosedRange<Int64>?)
    /// What two offsets differ in, handed to the onlooker that asked.
    case compare(Int64, Int64)
    /// Something that was written down about it stands on the timeline too.
    case mark(Milestone)
  }

  package func perform(_ ask: Ask) {
    troubles[.asking] = nil
    switch ask {
    case .seek(let offset): seek(to: offset)
    case .step(let seconds):
      course.isPlaying = false
      seek(to: position + Int64(seconds * 1e9))
    case .event(let count): goToMilestone(by: count)
    case .play:
      // From the end there is nothing to play but what was.
      if course.speed > 0, position >= course.span.upperBound { seek(to: course.span.lowerBound) }
      course.isPlaying = true
      playedAt = nil
    case .pause: course.isPlaying = false
    case .speed(let speed): course.speed = speed
    case .skipIdle(let skips): course.skipsIdle = skips
    case .loop(let range):
      course.loop = range.map { $0.clamped(to: course.span) }
      if let loop = course.loop, !loop.contains(position) { seek(to: loop.lowerBound) }
    case .compare(let a, let b): compare(min(a, b), max(a, b))
    case .mark(let milestone): mark(milestone)
    }
  }

  private func mark(_ milestone: Milestone) {
    marks.append(milestone)
    let place = course.milestones.firstIndex { $0.instant.offset > milestone.instant.offset }
    course.milestones.insert(milestone, at: place ?? course.milestones.endIndex)
  }

  private func seek(to offset: Int64) {
    position = min(max(offset, course.span.lowerBound), course.span.upperBound)
    playedAt = nil
    go(to: .offset(position))
  }

  private func go(to aim: Aim) {
    self.aim = aim
    approachGuarded(for: Past.atOnce)
  }

  private func goToMilestone(by count: Int) {
    course.isPlaying = false
    let found =
      count > 0 ? course.milestones.first(where: isAhead) : course.milestones.last(where: isBehind)
    guard let found else {
      troubles[.asking] =
        count > 0 ? "nothing more happens after this" : "nothing happened before this"
      course.trouble = troubles[.asking]
      return
    }
    position = found.instant.offset
    go(to: .sequence(found.sequence))
  }

  /// As seen from where the last seek leads, though it be under way.
  private func isAhead(_ milestone: Milestone) -> Bool {
    switch aim {
    case .sequence(let here): milestone.sequence > here
    case .offset(let here): milestone.instant.offset > here
    case nil: milestone.sequence > player.sequence
    }
  }

  private func isBehind(_ milestone: Milestone) -> Bool {
    switch aim {
    case .sequence(let here): milestone.sequence < here
    case .offset(let here): milestone.instant.offset < here
    case nil: milestone.sequence < player.sequence
    }
  }

  /// Beside what is shown, for it may take a while; what was asked before it is wanted no more.
  private func compare(_ early: Int64, _ late: Int64) {
    comparing?.cancel()
    comparisons += 1
    comparing = Task.detached { [archive, comparisons, weak self] in
      let found = Result {
        let other = try Player(archive)
        try other.seek(toOffset: early) { !Task.isCancelled }
        let before = other.state.present
        try other.seek(toOffset: late) { !Task.isCancelled }
        return (before, other.state.present)
      }
      guard !Task.isCancelled else { return }
      await self?.compared(found, comparisons)
    }
    course.isSeeking = true
  }

  private func compared(_ found: Result<(Present, Present), any Error>, _ number: Int) {
    guard number == comparisons else { return }
    comparing = nil
    guarded(.asking) {
      let (before, after) = try found.get()
      for onlooker in onlookers { onlooker.show(before, after) }
    }
    bell.yield()
  }

  // MARK: Playing

  private func play() throws {
    if grows { try lookForMore() }
    guard course.isPlaying else {
      playedAt = nil
      return
    }
    let now = ContinuousClock.now
    defer { playedAt = now }
    guard let before = playedAt else { return }
    let passed = (now - before).components
    let seconds = Double(passed.seconds) + Double(passed.attoseconds) / 1e18
    // A machine that slept does not jump through the recording.
    position += Int64(min(seconds, 1) * course.speed * 1e9)
    if course.skipsIdle, course.speed > 0 { skipIdle() }
    let bounds = course.loop ?? course.span
    if position >= bounds.upperBound {
      position = course.loop == nil ? bounds.upperBound : bounds.lowerBound
      if course.loop == nil, !grows { course.isPlaying = false }
    } else if position <= bounds.lowerBound, course.speed < 0 {
      position = course.loop == nil ? bounds.lowerBound : bounds.upperBound
      if course.loop == nil { course.isPlaying = false }
    }
    aim = .offset(position)
    try approach(for: Past.atOnce)
  }

  /// Nothing of note happens until shortly before the next milestone.
  private func skipIdle() {
    let next = course.milestones.first { $0.instant.offset > position }
    let end = next.map { $0.instant.offset - Past.leadIn } ?? position
    if let last = course.milestones.last(where: { $0.instant.offset <= position }),
      position - last.instant.offset < Past.leadIn
    {
      return
    }
    if end - position >= Past.shortest { position = end }
  }

  private var lookedAt: ContinuousClock.Instant?
  private var listedAt: ContinuousClock.Instant?

  /// Once a second: the journal is written on while its past is shown.
  private func lookForMore() throws {
    let now = ContinuousClock.now
    if let lookedAt, now - lookedAt < .seconds(1) { return }
    lookedAt = now
    guard let span = try archive.span() else { return }
    troubles[.reading] = nil
    course.span = span.first.offset...max(span.first.offset, span.last.offset)
    course.wallOffset = span.last.wall - span.last.offset
    if let listedAt, now - listedAt < .seconds(5) { return }
    listedAt = now
    course.milestones = try archive.milestones()
    course.pulses = try archive.pulses()
    for milestone in marks.exchange() { mark(milestone) }
  }
}

extension Past.Start {
  /// nil: the first entry.
  fileprivate var offset: Int64? {
    switch self {
    case .beginning: nil
    case .end: .max
    case .offset(let offset): offset
    }
  }
}

extension [Milestone] {
  /// What is in it, taken out.
  fileprivate mutating func exchange() -> [Milestone] {
    defer { self = [] }
    return self
  }
}

/// One responder's view of the past, living with its owner.
package protocol PastOnlooker: AnyObject {
  /// Called many times a second while something moves: take what was typed, draw, and say what is
  /// asked of the past.
  func look(at state: State, _ course: Past.Course) -> [Past.Ask]
  /// What `Ask.compare` asked for, the earlier first.
  func show(_ before: Present, _ after: Present)
}
