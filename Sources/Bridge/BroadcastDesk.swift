import Fleet
import Incident
import NIOCore
import Recording

/// What the broadcast writes with, and for whom; on its queue alone.
struct BroadcastDesk: Sendable {
  /// A state that is to be written.
  struct Order: Sendable {
    var number: Int
    var state: State
    var memory: [UInt8]
  }

  /// Whether a state is to be had from its owner.
  enum Wish: Sendable { case none, now, later(Double) }

  private var encoder = EntryEncoder()
  private var first: (sequence: UInt64, instant: Instant)?
  private var last: (sequence: UInt64, instant: Instant)?
  private var kind = Batch.Kind.observations
  private var weight = 0
  /// What is told now can be read by somebody: a state stands before it.
  private var isReadable = false

  private var heard: [ObjectIdentifier: any StreamListener] = [:]
  private var waiting: [ObjectIdentifier: any StreamListener] = [:]
  /// They take nothing, and are no reason to write states.
  private var absent: Set<ObjectIdentifier> = []
  /// Those that hear, by the loops that they are on; nil where it is to be made anew.
  private var groups: [(loop: any EventLoop, listeners: [any StreamListener])]?

  private var standing: StandingState?
  private var since: [ByteBuffer] = []
  private var sinceBytes = 0
  /// The state that is being written, and what was told after it.
  private var making: Int?
  private var sinceMaking: [ByteBuffer] = []
  private var orders = 0
  private var isWished = false
  private var isWishedLater = false
  private var beganAt: ContinuousClock.Instant?
  private var cost = Duration.zero

  /// Whether recording hangs, for those who come; nil while it never has.
  var hangs: ByteBuffer?

  /// From one state to the next, at least.
  private static let gap = Duration.milliseconds(500)
  /// Bytes after a state that are told with it.
  private static let mostSince = 512 << 10
  /// A batch ends before it comes near to what a frame holds.
  private static let mostWeight = 512 << 10
  private static let mostEntries = 512

  /// Nobody listens, nor wants to.
  var isEmpty: Bool { heard.isEmpty && waiting.isEmpty && absent.isEmpty }

  // MARK: Entries

  mutating func add(_ entry: Entry) {
    guard isReadable else { return }
    do { try encoder.append(entry) } catch { return beginAnew() }
    if first == nil { first = (entry.sequence, entry.instant) }
    last = (entry.sequence, entry.instant)
    if entry.event.isAudited { kind = .audit }
    weight += entry.event.weight
    if weight >= BroadcastDesk.mostWeight || encoder.count >= BroadcastDesk.mostEntries { finish() }
  }

  /// Tells what was added since the last batch.
  mutating func finish() {
    guard let begin = first, let end = last, let body = encoder.finish() else { return }
    let batch = Batch(
      kind: kind, first: begin.sequence, last: end.sequence, begin: begin.instant,
      end: end.instant, body: body)
    (first, last, kind, weight) = (nil, nil, .observations, 0)
    guard let bytes = StreamFrame.batch(batch).bytes else { return beginAnew() }
    let frame = ByteBuffer(bytes: bytes)
    if making != nil { sinceMaking.append(frame) }
    if standing != nil {
      since.append(frame)
      sinceBytes += bytes.count
      dropStanding()
    }
    tell(.entries(frame))
  }

  /// Nothing can be gone on from: everybody waits for a state.
  mutating func beginAnew() {
    encoder = EntryEncoder()
    (first, last, kind, weight, isReadable) = (nil, nil, .observations, 0, false)
    (standing, since, sinceBytes, making, sinceMaking) = (nil, [], 0, nil, [])
    isWished = false
    for (id, listener) in heard { waiting[id] = listener }
    heard = [:]
    groups = nil
  }

  /// A state with long tail, or an old one, is not worth keeping.
  private mutating func dropStanding() {
    guard let standing else { return }
    let life = max(.seconds(2), standing.cost * 25)
    guard sinceBytes > BroadcastDesk.mostSince || standing.at.duration(to: .now) > life else {
      return
    }
    (self.standing, since, sinceBytes) = (nil, [], 0)
  }

  // MARK: States

  /// A state after the entry that was added last.
  mutating func begin(_ state: State) -> Order? {
    finish()
    isWished = false
    guard !waiting.isEmpty || !heard.isEmpty else { return nil }
    let memory: [UInt8]
    do { memory = try encoder.endStretch(beside: state.present) } catch {
      beginAnew()
      return nil
    }
    isReadable = true
    orders += 1
    making = orders
    sinceMaking = []
    beganAt = .now
    return Order(number: orders, state: state, memory: memory)
  }

  /// - Parameter state: nil where it could not be written.
  mutating func end(_ number: Int, _ state: StandingState?) {
    guard making == number else { return }
    making = nil
    defer { sinceMaking = [] }
    guard let state else { return beginAnew() }
    cost = state.cost
    (standing, since) = (state, sinceMaking)
    sinceBytes = since.reduce(0) { $0 + $1.readableBytes }
    for listener in waiting.values { stand(listener) }
    waiting = [:]
  }

  private mutating func stand(_ listener: any StreamListener) {
    guard let standing else { return }
    heard[ObjectIdentifier(listener)] = listener
    groups = nil
    let telling = Telling.stand(standing.frames, since: since)
    let hangs = hangs
    listener.loop.execute {
      listener.hear(telling)
      if let hangs { listener.hear(.news(hangs)) }
    }
  }

  /// What is wanted of the owner of the state; said once.
  mutating func wish() -> Wish {
    guard !waiting.isEmpty, making == nil, !isWished, !isWishedLater else { return .none }
    let now = ContinuousClock.now
    // No more than a small part of the time goes into it, however many fall behind.
    let gap = min(max(BroadcastDesk.gap, cost * 10), .seconds(5))
    if let beganAt, beganAt + gap > now {
      isWishedLater = true
      return .later(now.duration(to: beganAt + gap) / .seconds(1))
    }
    isWished = true
    return .now
  }

  mutating func wishAgain() -> Wish {
    isWishedLater = false
    return wish()
  }

  // MARK: Who listens

  mutating func admit(_ listener: any StreamListener) -> Wish {
    let id = ObjectIdentifier(listener)
    absent.remove(id)
    dropStanding()
    guard standing == nil else {
      stand(listener)
      return .none
    }
    // Whoever hears goes on hearing meanwhile.
    waiting[id] = listener
    return wish()
  }

  mutating func leaveOut(_ listener: any StreamListener) {
    let id = ObjectIdentifier(listener)
    let (hears, waits) = (heard.removeValue(forKey: id), waiting.removeValue(forKey: id))
    guard hears != nil || waits != nil else { return }
    absent.insert(id)
    groups = nil
  }

  mutating func leave(_ listener: any StreamListener) {
    let id = ObjectIdentifier(listener)
    heard[id] = nil
    waiting[id] = nil
    absent.remove(id)
    groups = nil
  }

  /// Hands something to everybody who hears, with one turn of each loop.
  mutating func tell(_ telling: Telling) {
    if groups == nil {
      var byLoop: [ObjectIdentifier: (any EventLoop, [any StreamListener])] = [:]
      for listener in heard.values {
        byLoop[ObjectIdentifier(listener.loop), default: (listener.loop, [])].1.append(listener)
      }
      groups = byLoop.values.map { (loop: $0.0, listeners: $0.1) }
    }
    for group in groups ?? [] {
      let listeners = group.listeners
      group.loop.execute { for listener in listeners { listener.hear(telling) } }
    }
  }
}

extension Event {
  /// No less than the bytes that are written of it, as far as that is known before: of a scrape, a small part of
  /// the text that was answered.
  fileprivate var weight: Int {
    switch self {
    case .scrape(_, let scrape):
      if case .extracted(_, let bytes) = scrape.outcome { max(512, bytes / 8) } else { 512 }
    case .fleet, .documents, .runbooks, .actions, .maneuvers, .rules, .resume, .ledger: 256 << 10
    case .note(let note): 1024 + note.text.utf8.count
    case .remark(let remark): 1024 + remark.text.utf8.count
    default: 1024
    }
  }
}
