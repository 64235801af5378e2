import Dispatch
package import Incident
import NIOCore
import Recording
package import Session
import Synchronization

/// Tells everybody who stays what happens: written once for all, on a thread of its own.
///
/// While nobody listens it keeps nothing. Who comes begins with a standing state, which is made where there is none
/// that is young enough, and goes on with the entries since. What somebody did is told at once, all else in
/// batches, so that a hundred who listen cost a hundred writes for each of those and not for each entry.
package final class Broadcast: EntryFollower {
  fileprivate enum Item: Sendable {
    case entry(Entry)
    /// After the last entry before it.
    indirect case state(State)
    /// Entries are missing here.
    case gap
  }

  /// What the owner of the state has told of, and is in no batch yet.
  private struct Waiting {
    var items: [Item] = []
    var isOn = false
    var wantsState = false
    /// A batch is to be made within `pace`, or at once.
    var isSoon = false
    var isNow = false
    /// The last entry there was.
    var sequence: UInt64 = 0

    /// More than a fleet says while a batch is being written: from a state on it goes on without them.
    static let most = 50_000

    /// - Returns: whether it is wanted, and taken.
    mutating func take(_ state: State) -> Bool {
      guard isOn, wantsState, state.present.sequence == sequence else { return false }
      wantsState = false
      items.append(.state(state))
      return true
    }
  }

  /// To all who listened until now.
  package let sent = SentCount()
  private let pace: Double
  private let waiting = Mutex(Waiting())
  private let desk = Mutex(BroadcastDesk())
  private let shelf = Mutex(ChunkShelf())
  private let hangs = Mutex(false)
  /// Wakes the owner of the state, so that it shows it.
  private let nudge = Mutex<@Sendable () -> Void>({})
  private let queue = DispatchQueue(label: "damcon.bridge.broadcast")
  /// Where states are written, while entries go on.
  private let scriptorium = DispatchQueue(label: "damcon.bridge.states")

  /// - Parameter pace: seconds from one batch to the next.
  package init(pace: Double = 0.05) { self.pace = pace }

  /// Follows a session from now on; to be called once.
  package func follow(_ session: Session) async {
    nudge.withLock { $0 = { [inbox = session.inbox] in inbox.nudge() } }
    await session.tell(self)
    await session.attach { Ear(self) }
  }

  /// Hears what is no entry, and sees the state between two entries.
  private final class Ear: Onlooker {
    private let broadcast: Broadcast
    init(_ broadcast: Broadcast) { self.broadcast = broadcast }
    func look(at state: State) { broadcast.look(at: state) }
    func hear(recordingHangs: Bool) { broadcast.tell(recordingHangs: recordingHangs) }
  }

  // MARK: In the owner's isolation

  package func begin(with state: State) {
    waiting.withLock { $0.sequence = state.present.sequence }
  }

  package func follow(_ entry: Entry, to state: State) {
    enum Haste { case none, soon, now }
    let haste: Haste = waiting.withLock { waiting in
      waiting.sequence = entry.sequence
      guard waiting.isOn else { return .none }
      if waiting.items.count >= Waiting.most {
        waiting.items = [.gap]
      }
      waiting.items.append(.entry(entry))
      if waiting.take(state) || entry.event.isAudited {
        guard !waiting.isNow else { return .none }
        waiting.isNow = true
        return .now
      }
      guard !waiting.isSoon, !waiting.isNow else { return .none }
      waiting.isSoon = true
      return .soon
    }
    switch haste {
    case .none: break
    case .soon: queue.asyncAfter(deadline: .now() + pace) { [self] in flush() }
    case .now: queue.async { [self] in flush() }
    }
  }

  /// What is seen while a disk does not answer is ahead of the entries, and is not taken.
  private func look(at state: State) {
    guard waiting.withLock({ $0.take(state) }) else { return }
    queue.async { [self] in flush() }
  }

  // MARK: Who listens

  /// Begins to tell somebody, from a state on; again where they have lost the thread.
  func admit(_ listener: any StreamListener) {
    queue.async { [self] in
      waiting.withLock { $0.isOn = true }
      flush()
      let wish = desk.withLock { $0.admit(listener) }
      follow(wish)
    }
  }

  /// Tells somebody no more entries until they are admitted again.
  func leave(_ listener: any StreamListener) {
    queue.async { [self] in
      let isEmpty = desk.withLock { desk in
        desk.leave(listener)
        guard desk.isEmpty else { return false }
        desk.beginAnew()
        return true
      }
      guard isEmpty else { return }
      // Nobody listens: from now on it costs nothing.
      waiting.withLock { waiting in
        (waiting.items, waiting.isOn, waiting.wantsState) = ([], false, false)
      }
      shelf.withLock { $0 = ChunkShelf() }
    }
  }

  /// Somebody who lost the thread hears nothing more until they are admitted again; it is still for them that
  /// entries are kept.
  func leaveOut(_ listener: any StreamListener) {
    queue.async { [self] in desk.withLock { $0.leaveOut(listener) } }
  }

  /// Does something once all that was entered so far is on its way.
  func after(_ body: @escaping @Sendable () -> Void) {
    queue.async { [self] in
      flush()
      body()
    }
  }

  /// A value that a state named which somebody began with not long ago.
  func chunk(_ hash: ContentHash) -> [UInt8]? { shelf.withLock { $0[hash] } }

  /// The session's disk does not answer.
  var recordingHangs: Bool { hangs.withLock { $0 } }

  private func tell(recordingHangs: Bool) {
    queue.async { [self] in
      hangs.withLock { $0 = recordingHangs }
      guard let bytes = StreamFrame.news(.recordingHangs(recordingHangs)).bytes else { return }
      desk.withLock { desk in
        desk.hangs = ByteBuffer(bytes: bytes)
        desk.tell(.news(ByteBuffer(bytes: bytes)))
      }
    }
  }

  // MARK: On the queue

  private func flush() {
    let items = waiting.withLock { waiting in
      (waiting.isSoon, waiting.isNow) = (false, false)
      var items: [Item] = []
      swap(&items, &waiting.items)
      return items
    }
    guard !items.isEmpty else { return }
    desk.withLock { desk in
      for item in items {
        switch item {
        case .entry(let entry): desk.add(entry)
        case .gap: desk.beginAnew()
        case .state(let state): if let order = desk.begin(state) { make(order) }
        }
      }
      desk.finish()
    }
    // Where writing failed, everybody waits for a state.
    follow(desk.withLock { $0.wish() })
  }

  private func follow(_ wish: BroadcastDesk.Wish) {
    switch wish {
    case .none: break
    case .now:
      waiting.withLock { if $0.isOn { $0.wantsState = true } }
      nudge.withLock { $0 }()
    case .later(let seconds):
      queue.asyncAfter(deadline: .now() + seconds) { [self] in
        follow(desk.withLock { $0.wishAgain() })
      }
    }
  }

  private func make(_ order: BroadcastDesk.Order) {
    // The state is let go of where it was written: its arrays are many, and entries wait on the other queue.
    let number = order.number
    scriptorium.async { [self] in
      let made = Result { try StandingState(order.state, memory: order.memory) }
      // Before anybody is told its names.
      if case .success(let state) = made { shelf.withLock { $0.put(state.chunks) } }
      let alone = (try? made.get())?.alone
      queue.async { [self] in
        follow(
          desk.withLock { desk in
            desk.end(number, alone)
            return desk.wish()
          })
        if desk.withLock({ $0.isEmpty }) { shelf.withLock { $0 = ChunkShelf() } }
      }
    }
  }
}

/// The values that states named which somebody may still begin with, each once.
private struct ChunkShelf {
  private struct Kept {
    var value: [UInt8]
    /// The last state that named it, and when.
    var state: Int
    var at: ContinuousClock.Instant
  }

  private var kept: [ContentHash: Kept] = [:]
  private var states = 0

  /// For as long as somebody on a slow link may take to ask for them.
  private static let patience = Duration.seconds(120)

  subscript(hash: ContentHash) -> [UInt8]? { kept[hash]?.value }

  mutating func put(_ chunks: [(ContentHash, [UInt8])], at now: ContinuousClock.Instant = .now) {
    states += 1
    // What is the same is kept as it was, in one place.
    for (hash, value) in chunks {
      kept[hash] = Kept(value: kept[hash]?.value ?? value, state: states, at: now)
    }
    kept = kept.filter {
      $0.value.state >= states - 1 || $0.value.at.duration(to: now) < ChunkShelf.patience
    }
  }
}
