import Fleet
package import Incident
import Recording
package import Session
import Synchronization

/// Records a session in its journal: the owner of the state hands over what happens and goes on; pages
/// are made of it on the writer's thread, about one a second.
package final class Scribe: Recorder {
  fileprivate enum Item: Sendable {
    case entry(Entry, Enclosure?)
    case milestones([Milestone])
    case pulse(Pulse)
    /// After the last entry before it; with the texts of its documents, which are kept as long as it is.
    /// Apart: a second's entries lie in one list, and none needs the room of a state.
    indirect case keyframe(State, Enclosure?)
  }

  /// What was told of and is in no page yet.
  private struct Waiting {
    var items: [Item] = []
    var wantsKeyframe = false
    /// Of the documents in force.
    var texts: Enclosure?

    /// Hands over what was told of, with room for as much again.
    mutating func take() -> [Item] {
      var taken: [Item] = []
      taken.reserveCapacity(items.count + items.count / 4)
      swap(&taken, &items)
      return taken
    }
  }

  /// What the owner of the state has come to.
  private struct Course {
    var milestones = Milestones()
    var keyframeAt: Int64?
    var writtenAt: Int64 = .min
    var began: Int64 = 0
    var pulseAt: Int64?

    /// Whether the small chart wants a point: one a minute, more of them while a run is young.
    mutating func isPulseDue(_ entry: Entry) -> Bool {
      let now = entry.instant.offset
      if case .began = entry.event { began = now }
      let pace: Int64 = now - began < 300_000_000_000 ? 15_000_000_000 : 60_000_000_000
      if let pulseAt, now - pulseAt < pace { return false }
      pulseAt = now
      return true
    }
  }

  /// What makes pages; the writer's thread alone has it.
  fileprivate struct Desk {
    var maker = BatchMaker()
    var milestones: [Milestone] = []
    var pulses: [Pulse] = []
    var enclosed: [Enclosure] = []
    /// Entries were lost: nothing can be read before a keyframe.
    var isLost = false
  }

  private let writer: JournalWriter
  private let waiting = Mutex(Waiting())
  private let course = Mutex(Course())
  private let desk = Mutex(Desk())

  package init(_ writer: JournalWriter) { self.writer = writer }

  /// How recording goes.
  package var progress: JournalWriter.Progress { writer.progress }

  // MARK: In the owner's isolation

  package func record(_ entry: Entry, with enclosure: Enclosure?) {
    waiting.withLock { waiting in
      waiting.items.append(.entry(entry, enclosure))
      switch entry.event {
      case .began: waiting.texts = nil
      case .documents: waiting.texts = enclosure
      default: break
      }
    }
  }

  package func recordDurably(_ entry: Entry) async -> Bool {
    send()
    let isAdded = Mutex(false)
    // That nothing can be written was said already; what a responder does goes on.
    do {
      try await writer.audit { [self] isAfterLoss in
        desk.withLock { desk in
          guard !isAfterLoss, !desk.isLost else { return [] }
          desk.add(entry)
          let pages = desk.pages(.audit)
          isAdded.withLock { $0 = !pages.isEmpty }
          return pages
        }
      }
    } catch { return false }
    return isAdded.withLock { $0 }
  }

  package func applied(_ entry: Entry, to state: State) {
    let wantsKeyframe = waiting.withLock { waiting in
      defer { waiting.wantsKeyframe = false }
      return waiting.wantsKeyframe
    }
    let isWritingDue = course.withLock { course in
      let milestones = course.milestones.take(entry, after: state)
      let pulse = course.isPulseDue(entry) ? course.milestones.pulse(of: state.present) : nil
      let now = entry.instant.offset
      let isKeyframeDue =
        wantsKeyframe
        || course.keyframeAt.map { BatchMaker.isKeyframeDue(at: now, since: $0) } ?? false
      if isKeyframeDue || course.keyframeAt == nil { course.keyframeAt = entry.instant.offset }
      waiting.withLock { waiting in
        if !milestones.isEmpty { waiting.items.append(.milestones(milestones)) }
        if let pulse { waiting.items.append(.pulse(pulse)) }
        // Read on the writer's thread; what the owner writes to next it makes its own copy of.
        if isKeyframeDue { waiting.items.append(.keyframe(state, waiting.texts)) }
      }
      let isDue = course.writtenAt == .min || entry.instant.offset - course.writtenAt >= Scribe.pace
      if isDue { course.writtenAt = entry.instant.offset }
      return isDue
    }
    if isWritingDue { send() }
  }

  /// Nanoseconds from one page to the next, less the jitter of ticks.
  private static let pace: Int64 = 950_000_000

  /// Returns once all that was recorded so far can be read.
  package func flush() async {
    send()
    await writer.caughtUp()
  }

  /// Writes what is left and lets go of the file.
  package func stop() async {
    send()
    await writer.finish()
  }

  private func send() {
    let items = waiting.withLock { $0.take() }
    guard !items.isEmpty else { return }
    writer.put { [self] isAfterLoss in
      let (pages, isLost) = desk.withLock { desk in
        if isAfterLoss { desk.lose() }
        return (desk.pages(of: items), desk.isLost)
      }
      if isLost { waiting.withLock { $0.wantsKeyframe = true } }
      return pages
    }
  }
}

// MARK: On the writer's thread

extension Scribe.Desk {
  /// What was made is not in the file: what comes stands on nothing.
  fileprivate mutating func lose() {
    maker.beginAnew()
    milestones = []
    pulses = []
    enclosed = []
    isLost = true
  }

  fileprivate mutating func add(_ entry: Entry, with enclosure: Enclosure? = nil) {
    guard !isLost else { return }
    if let enclosure { enclosed.append(enclosure) }
    // The coder takes every entry; an encoding that fails is one that must not be gone on from.
    do { try maker.add(entry) } catch { lose() }
  }

  fileprivate mutating func pages(of items: [Scribe.Item]) -> [JournalPage] {
    var pages: [JournalPage] = []
    for item in items {
      switch item {
      case .entry(let entry, let enclosure): add(entry, with: enclosure)
      case .milestones(let found): if !isLost { milestones += found }
      case .pulse(let pulse): if !isLost { pulses.append(pulse) }
      case .keyframe(let state, let texts):
        pages += self.pages(.observations)
        guard let keyframe = try? maker.keyframe(state) else {
          lose()
          continue
        }
        isLost = false
        pages.append(JournalPage(keyframe, enclosed: texts.map { [$0] } ?? []))
      }
    }
    return pages + self.pages(.observations)
  }

  /// What was added since, as a page; none where nothing was.
  fileprivate mutating func pages(_ kind: Batch.Kind) -> [JournalPage] {
    guard !isLost, let batch = maker.finish(kind) else { return [] }
    defer { (milestones, pulses, enclosed) = ([], [], []) }
    return [JournalPage(batch, milestones: milestones, pulses: pulses, enclosed: enclosed)]
  }
}
