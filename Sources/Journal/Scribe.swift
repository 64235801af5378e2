import Dispatch
import Foundation
package import Fleet
package import Incident
import Recording
package import Session
import Synchronization

/// Writes a session's entries into its journal, on a thread of its own: nobody waits for the disk but
/// who asks for an entry to be durable.
///
/// Entries are written about once a second. Where that fails the session goes on, it is said once, and
/// recording begins again from a keyframe as soon as it can; the gap stays to be seen.
package final class Scribe: Recorder {
  /// Seconds of a session from one keyframe to the next.
  package static let keyframeEvery = 60.0
  /// Entries that may wait for a disk that hangs; more, and they are given up.
  private static let waitingLimit = 400_000
  private static let patience = 5.0

  fileprivate enum Item: Sendable {
    case entry(Entry)
    case durable(Entry, @Sendable () -> Void)
    case milestones([Milestone])
    case pulse(Pulse)
    case keyframe(State)
    case value([UInt8])
    case flush(@Sendable () -> Void)
    case stop(@Sendable () -> Void)
  }

  /// What waits to be written.
  private struct Waiting {
    var items: [Item] = []
    var wasGivenUp = false
    var wantsKeyframe = false
  }

  /// What the owner of the state has told of.
  private struct Told {
    var milestones = Milestones()
    var keyframeAt: Int64?
    var minute: Int64 = .min
  }

  private let waiting = Mutex(Waiting())
  private let told = Mutex(Told())
  private let bell = DispatchSemaphore(value: 0)
  private let retention: Retention

  /// - Parameter tell: takes a sentence for the log, from any thread.
  package init(
    _ file: JournalFile, retention: Retention = Retention(), tell: @escaping @Sendable (String) -> Void
  ) {
    self.retention = retention
    let thread = Thread { [self] in run(Writer(file, tell: tell)) }
    thread.name = "scribe"
    thread.stackSize = 4 << 20
    thread.start()
  }

  // MARK: In the owner's isolation

  package func record(_ entry: Entry) { put(.entry(entry)) }

  package func recordDurably(_ entry: Entry) async {
    await withCheckedContinuation { continuation in
      put(.durable(entry) { continuation.resume() })
      bell.signal()
    }
  }

  package func applied(_ entry: Entry, to state: State) {
    let (milestones, pulse, isKeyframeDue) = told.withLock { told in
      let found = told.milestones.take(entry, after: state)
      var pulse: Pulse?
      let minute = entry.instant.offset / 60_000_000_000
      if minute != told.minute {
        told.minute = minute
        pulse = told.milestones.pulse(of: state.present)
      }
      let passed = told.keyframeAt.map { Double(entry.instant.offset - $0) / 1e9 }
      let isDue = passed.map { $0 >= Scribe.keyframeEvery } ?? false
      if isDue || told.keyframeAt == nil { told.keyframeAt = entry.instant.offset }
      return (found, pulse, isDue)
    }
    let isWanted = waiting.withLock { waiting in
      if !milestones.isEmpty { waiting.items.append(.milestones(milestones)) }
      if let pulse { waiting.items.append(.pulse(pulse)) }
      defer { waiting.wantsKeyframe = false }
      return waiting.wantsKeyframe
    }
    // The copy is read on the thread; the owner's next writes make their own of what they change.
    if isKeyframeDue || isWanted { put(.keyframe(state)) }
  }

  /// Keeps a value by its name, such as the fleet file in force.
  package func keep(_ value: [UInt8]) { put(.value(value)) }

  /// Returns once all that was recorded so far can be read.
  package func flush() async {
    await withCheckedContinuation { continuation in
      put(.flush { continuation.resume() })
      bell.signal()
    }
  }

  /// Writes what is left and lets go of the file.
  package func stop() async {
    await withCheckedContinuation { continuation in
      put(.stop { continuation.resume() })
      bell.signal()
    }
  }

  private func put(_ item: Item) {
    waiting.withLock { waiting in
      if waiting.items.count >= Scribe.waitingLimit {
        // Whoever waits for one of them must not wait for ever.
        for item in waiting.items { item.letGo() }
        waiting.items.removeAll()
        waiting.wasGivenUp = true
      }
      waiting.items.append(item)
    }
  }

  // MARK: On the thread

  private func run(_ writer: Writer) {
    var trimmed = ContinuousClock.now
    while true {
      _ = bell.wait(timeout: .now() + 1)
      let (items, wasGivenUp) = waiting.withLock { waiting in
        defer { waiting.items = [] }
        defer { waiting.wasGivenUp = false }
        return (waiting.items, waiting.wasGivenUp)
      }
      if wasGivenUp { writer.giveUp("the disk does not keep up") }
      for item in items {
        switch item {
        case .entry(let entry): writer.add(entry)
        case .durable(let entry, let done):
          writer.addDurably(entry)
          done()
        case .milestones(let milestones): writer.milestones += milestones
        case .pulse(let pulse): writer.pulses.append(pulse)
        case .keyframe(let state): writer.keep(state)
        case .value(let value): writer.values.append(value)
        case .flush(let done):
          writer.flush()
          done()
        case .stop(let done):
          writer.flush()
          writer.settle()
          return done()
        }
      }
      writer.flush()
      if writer.wantsKeyframe { waiting.withLock { $0.wantsKeyframe = true } }
      if ContinuousClock.now - trimmed > .seconds(60) {
        if !writer.trim(retention) { trimmed = .now }
      }
    }
  }

  /// What the thread alone has.
  private final class Writer {
    private let file: JournalFile
    private let tell: (String) -> Void
    private var maker = BatchMaker()
    var milestones: [Milestone] = []
    var pulses: [Pulse] = []
    var values: [[UInt8]] = []
    /// Since when nothing is written; nil while all is.
    private var stopped: ContinuousClock.Instant?
    private var triedAt: ContinuousClock.Instant?

    init(_ file: JournalFile, tell: @escaping (String) -> Void) {
      self.file = file
      self.tell = tell
    }

    /// Recording is to begin again, and only a keyframe can begin it.
    var wantsKeyframe: Bool {
      guard stopped != nil else { return false }
      if let triedAt, ContinuousClock.now - triedAt < .seconds(Scribe.patience) { return false }
      return true
    }

    func add(_ entry: Entry) {
      guard stopped == nil else { return }
      do { try maker.add(entry) } catch { giveUp("an entry cannot be written: \(error)") }
    }

    func addDurably(_ entry: Entry) {
      flush()
      add(entry)
      write(maker.finish(.audit))
    }

    func flush() { write(maker.finish()) }

    private func write(_ batch: Batch?) {
      guard stopped == nil, let batch else { return }
      do {
        try file.append(
          JournalPage(batch, milestones: milestones, pulses: pulses, blobs: values))
        milestones = []
        pulses = []
        values = []
      } catch { giveUp(error.reason) }
    }

    func keep(_ state: State) {
      if stopped == nil { flush() }
      let since = stopped
      triedAt = .now
      do {
        try file.append(JournalPage(try maker.keyframe(state)))
        guard let since else { return }
        stopped = nil
        let seconds = (ContinuousClock.now - since).components.seconds
        tell("recording goes on; what happened in \(seconds) s is missing")
      } catch {
        giveUp((error as? JournalError)?.reason ?? "\(error)")
      }
    }

    func giveUp(_ reason: String) {
      maker.beginAnew()
      milestones = []
      pulses = []
      triedAt = .now
      guard stopped == nil else { return }
      stopped = .now
      tell("recording stopped: \(reason); the dashboard goes on, and so does recording once it can")
    }

    func settle() {
      do { try file.settle() } catch { tell("\(error)") }
    }

    /// - Returns: whether there is more to be dropped.
    func trim(_ retention: Retention) -> Bool {
      guard stopped == nil else { return false }
      return (try? file.trim(retention)) ?? false
    }
  }
}

extension Scribe.Item {
  fileprivate func letGo() {
    switch self {
    case .durable(_, let done), .flush(let done), .stop(let done): done()
    case .entry, .milestones, .pulse, .keyframe, .value: break
    }
  }
}
