import Fleet
import NIOCore
import Presence
import Recording
import Session

/// A connection that stays: it is told what happens as long as it takes it, and asks meanwhile.
///
/// Whoever does not take it is left out until they do, and costs no more than the bytes that were on their way.
/// Confined to its event loop; `@unchecked` because what is told hops onto it by itself.
final class StreamConversation: StreamListener, @unchecked Sendable {
  let loop: any EventLoop
  let berth: Berth
  let user: UInt32
  let gate: BridgeGate
  let errands: Errands
  let limits: BridgeLimits
  /// nil once it is over.
  private var door: (any StreamDoor)?

  // Told
  private var underWay = 0
  /// Of these, entries.
  private var owed = 0
  /// Of these, what came of intents and of names that are none.
  private var answering = 0
  private var movedAt = NIODeadline.now()
  /// It hears entries; false until a state was told.
  private var isHearing = false
  /// Entries were left out: a state follows once it has taken what is on its way.
  private var isLeftOut = false
  private var isShownBehind = false
  private var wantsState = false
  private var stoodAt: NIODeadline?
  /// What goes out in its order, the next once there is room: a state, and what belongs after it.
  private var line: [Piece] = []
  private var lineAt = 0
  /// Bytes of a state that are not taken yet, and since when one is waited for.
  private var stateLeft = 0
  private var standsSince: NIODeadline?
  /// Entries that may be on their way: after a state, as many bytes as it has.
  private var mostOwed: Int
  /// When anything was said last but a part of a state.
  private var spokeAt = NIODeadline.now()
  private var roll: Roll?
  private var shelf: [ContentHash] = []
  private var shelfOffset = 0
  /// The user has looked up as much as anybody may for now.
  private var isPaced = false
  private var watch: RepeatedTask?

  // Asked
  private var allowance: Double
  private var allowanceAt = NIODeadline.now()
  var intents: [StreamAsk] = []
  var isCarryingOut = false
  var beside = 0
  /// Emergency stops that wait for the one under way.
  var halts: [(id: UInt64, intent: Intent)] = []
  var isHalting = false

  private struct Piece {
    var frame: ByteBuffer
    var owes = 0
    var answers = 0
    var isState = false
    /// Nothing of the state comes after it.
    var endsState = false
  }

  /// Seconds without a word after which one is said, so that it is known that somebody is there.
  private static let quiet = TimeAmount.seconds(3)
  /// Bytes that may be under way before small things wait.
  private static let calm = 128 << 10
  /// What takes its time and is carried out at once, for one connection.
  static let mostBeside = 4
  /// Seconds from one state that was asked for to the next.
  private static let stateGap = TimeAmount.seconds(1)

  init(
    _ berth: Berth, of user: UInt32, _ gate: BridgeGate, _ errands: Errands,
    _ limits: BridgeLimits, on door: any StreamDoor
  ) {
    self.berth = berth
    self.user = user
    self.gate = gate
    self.errands = errands
    self.limits = limits
    self.door = door
    loop = door.loop
    allowance = limits.asksPerSecond
    mostOwed = limits.owed
  }

  /// To be called once the answer to `attach` is written.
  func begin() {
    movedAt = .now()
    stoodAt = .now()
    berth.ear.listen { [weak self] roll in
      guard let self else { return }
      self.loop.execute { self.hear(roll) }
    }
    say(.recordingHangs(berth.broadcast.recordingHangs))
    berth.broadcast.admit(self)
    watch = loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) {
      [weak self] _ in self?.look()
    }
  }

  /// It is over, whoever ended it; what was asked for goes on.
  func end() {
    guard door != nil else { return }
    door = nil
    watch?.cancel()
    shelf = []
    (line, lineAt) = ([], 0)
    roll = nil
    berth.ear.listen { _ in }
    berth.broadcast.leave(self)
    errands.begin()
    // From then on nobody tells it anything.
    berth.broadcast.after { [loop, errands] in loop.execute { errands.end() } }
    berth.muster.leave(berth.id)
  }

  // MARK: Told

  func hear(_ telling: Telling) {
    guard door != nil else { return }
    switch telling {
    case .stand(let frames, let since):
      // It fell behind again since: another follows.
      guard !isLeftOut else { return }
      isHearing = true
      stoodAt = .now()
      stand(frames, since)
    case .entries(let frame):
      guard isHearing else { return }
      guard owed == 0 || owed + frame.readableBytes <= mostOwed else { return leaveOut() }
      tell(Piece(frame: frame, owes: frame.readableBytes))
    case .news(let frame):
      guard isHearing else { return }
      owed += frame.readableBytes
      write([frame], of: Piece(frame: frame, owes: frame.readableBytes))
    }
  }

  private func stand(_ frames: [ByteBuffer], _ since: [ByteBuffer]) {
    // What was not handed out before it is in it, but for what was answered.
    let left = line[lineAt...]
    (line, lineAt) = ([], 0)
    for piece in left where piece.answers == 0 { letGo(piece) }
    // Each by itself, so that it is seen that it is taken.
    line += frames.map { Piece(frame: $0, isState: true) }
    if let last = line.indices.last { line[last].endsState = true }
    line += since.map { Piece(frame: $0, owes: $0.readableBytes) }
    let bytes = frames.reduce(0) { $0 + $1.readableBytes }
    stateLeft += bytes
    mostOwed = max(mostOwed, bytes)
    owed += since.reduce(0) { $0 + $1.readableBytes }
    line += left.filter { $0.answers > 0 }
    standsSince = standsSince ?? .now()
    handOut()
  }

  /// Hands out what stands in line as far as there is room.
  private func handOut() {
    var isAny = false
    while underWay < StreamConversation.calm, lineAt < line.count {
      let piece = line[lineAt]
      lineAt += 1
      isAny = true
      // What was handed out is kept here no longer.
      if lineAt >= 64 {
        line.removeFirst(lineAt)
        lineAt = 0
      }
      write([piece.frame], of: piece, isLast: false)
    }
    if lineAt == line.count { (line, lineAt) = ([], 0) }
    if isAny { door?.flush() }
  }

  /// Says it after what stands in line.
  private func tell(_ piece: Piece) {
    owed += piece.owes
    answering += piece.answers
    if line.isEmpty { write([piece.frame], of: piece) } else { line.append(piece) }
  }

  /// It was taken, or is not told.
  private func letGo(_ piece: Piece) {
    owed -= piece.owes
    answering -= piece.answers
    if piece.isState {
      stateLeft -= piece.frame.readableBytes
      if stateLeft == 0 { standsSince = nil }
    }
    if stateLeft == 0, owed <= limits.owed { mostOwed = limits.owed }
  }

  private func hear(_ roll: Roll) {
    self.roll = roll
    goOn()
  }

  /// - Parameter isAnswer: whoever asks for more of them than they take is read no more for a while.
  private func say(_ news: StreamNews, isAnswer: Bool = false) {
    guard let bytes = StreamFrame.news(news).bytes else { return }
    let piece = Piece(frame: ByteBuffer(bytes: bytes), answers: isAnswer ? bytes.count : 0)
    answering += piece.answers
    write([piece.frame], of: piece)
  }

  /// - Parameter piece: what is let go of once they are taken.
  private func write(_ buffers: [ByteBuffer], of piece: Piece? = nil, isLast: Bool = true) {
    guard let door else { return }
    if underWay == 0 { movedAt = .now() }
    if piece?.isState != true { spokeAt = .now() }
    let count = buffers.reduce(0) { $0 + $1.readableBytes }
    underWay += count
    door.write(buffers, flushing: isLast) { [self] isTaken in
      underWay -= count
      if isTaken {
        berth.broadcast.sent.add(bytes: count)
        if piece?.endsState == true { berth.broadcast.sent.addKeyframe() }
      }
      if let piece { letGo(piece) }
      movedAt = .now()
      if isTaken { goOn() } else { self.door?.close() }
    }
  }

  /// Tells what waited for room.
  private func goOn() {
    guard door != nil else { return }
    handOut()
    if underWay == 0, line.isEmpty {
      if isLeftOut {
        isLeftOut = false
        say(.behind)
        berth.broadcast.admit(self)
      } else {
        if isHearing { show(isBehind: false) }
        if wantsState, let stoodAt, stoodAt + StreamConversation.stateGap <= .now() {
          wantsState = false
          self.stoodAt = .now()
          berth.broadcast.admit(self)
        }
      }
    }
    if let roll, underWay < StreamConversation.calm {
      self.roll = nil
      write(roll.buffers(for: berth.id))
    }
    while underWay < StreamConversation.calm, !shelf.isEmpty, mayTellChunk() { tellChunk() }
    // Whoever does not take answers is not asked for more questions.
    if answering < StreamConversation.calm { door?.goOn() }
  }

  /// Everybody sees who takes nothing.
  private func show(isBehind: Bool) {
    guard isBehind != isShownBehind else { return }
    isShownBehind = isBehind
    berth.muster.isBehind(berth.id, isBehind)
  }

  private func leaveOut() {
    isHearing = false
    isLeftOut = true
    berth.broadcast.leaveOut(self)
    show(isBehind: true)
  }

  /// Whether it still takes what it is told.
  private func look() {
    guard door != nil else { return }
    let still = underWay == 0 ? .zero : .now() - movedAt
    if still > .lasting(limits.silence) { door?.close() }
    if let standsSince, .now() - standsSince > .lasting(limits.standing) { door?.close() }
    // What is on its way is a word too, where it is taken.
    if .now() - spokeAt >= StreamConversation.quiet, still < StreamConversation.quiet {
      say(.recordingHangs(berth.broadcast.recordingHangs))
    }
    if still > .lasting(limits.pause) { show(isBehind: true) }
    if still > .lasting(limits.unread), isHearing, owed > 0 { leaveOut() }
    goOn()
  }

  // MARK: Values

  /// Whether the user may be told the next piece now; where not, it is told later.
  private func mayTellChunk() -> Bool {
    guard !isPaced else { return false }
    guard !gate.allowsPiece(to: user) else { return true }
    isPaced = true
    loop.scheduleTask(in: StreamConversation.pace) { [weak self] in
      self?.isPaced = false
      self?.goOn()
    }
    return false
  }

  private func tellChunk() {
    let hash = shelf[0]
    guard let value = berth.broadcast.chunk(hash) else {
      (shelfOffset, shelf) = (0, Array(shelf.dropFirst()))
      return say(.gone([hash.name]), isAnswer: true)
    }
    let end = min(shelfOffset + StreamConversation.piece, value.count)
    let piece = StreamFrame.chunkPiece(
      hash, total: value.count, offset: shelfOffset, Array(value[shelfOffset..<end]))
    shelfOffset = end
    if end >= value.count { (shelfOffset, shelf) = (0, Array(shelf.dropFirst())) }
    if let bytes = piece.bytes { write([ByteBuffer(bytes: bytes)]) }
  }

  private static let piece = 64 << 10
  private static let pace = TimeAmount.milliseconds(20)

  // MARK: Asked

  /// Whether the next ask may be read; where it may not, it is read later.
  func mayRead(_ bytes: Int) -> Bool {
    guard door != nil, answering < StreamConversation.calm else { return false }
    let now = NIODeadline.now()
    let passed = Double((now - allowanceAt).nanoseconds) / 1e9
    let most = limits.asksPerSecond
    allowance = min(most, allowance + passed * most)
    allowanceAt = now
    let cost = min(most, 1 + Double(bytes) / 1024)
    guard allowance >= cost else {
      let wait = Int64((cost - allowance) / most * 1e9)
      loop.scheduleTask(in: .nanoseconds(wait + 1_000_000)) { [weak self] in self?.door?.goOn() }
      return false
    }
    allowance -= cost
    return true
  }

  func take(_ body: [UInt8]) {
    guard let ask = try? Frame.message(StreamAsk.self, from: body) else {
      return part("this is nothing that this Damcon can be asked", returns: false)
    }
    switch ask.matter {
    case .presence(let act): berth.muster.act(act, by: berth.id)
    case .intent(let intent): take(ask, intent)
    case .keyframe:
      wantsState = true
      goOn()
    case .chunks(let names):
      guard names.count <= StreamAsk.mostChunks else {
        return part(
          "at most \(StreamAsk.mostChunks) values can be asked for at once", returns: false)
      }
      guard shelf.count + names.count <= limits.chunks else {
        return part("more than \(limits.chunks) values are waited for", returns: true)
      }
      var strange: [String] = []
      for name in names {
        if let hash = ContentHash(name: name) {
          shelf.append(hash)
        } else {
          strange.append(String(name.prefix(64)))
        }
      }
      if !strange.isEmpty { say(.gone(strange), isAnswer: true) }
      goOn()
    }
  }

  func answer(_ id: UInt64, _ outcome: IntentOutcome) {
    var news = StreamFrame.news(.outcome(id: id, outcome))
    if news.bytes == nil {
      let short = IntentOutcome(
        refusal: outcome.refusal.map { String($0.prefix(1000)) }, run: outcome.run)
      news = .news(.outcome(id: id, short))
    }
    guard let bytes = news.bytes else { return }
    tell(Piece(frame: ByteBuffer(bytes: bytes), answers: bytes.count))
  }

  // MARK: How it ends

  /// Says why, and closes.
  func part(_ reason: String, returns: Bool) {
    guard let door else { return }
    let bytes = StreamFrame.news(.parting(reason: reason, returns: returns)).bytes ?? []
    end()
    // What is on its way before it may never be taken.
    loop.scheduleTask(in: .seconds(1)) { door.close() }
    door.write([ByteBuffer(bytes: bytes)], flushing: true) { _ in door.close() }
  }
}

extension TimeAmount {
  fileprivate static func lasting(_ seconds: Double) -> TimeAmount {
    .nanoseconds(Int64(seconds * 1e9))
  }
}

/// The socket of a connection that stays, on its event loop.
protocol StreamDoor: AnyObject, Sendable {
  var loop: any EventLoop { get }
  /// - Parameter taken: called once the kernel has taken them, or nobody will.
  func write(
    _ buffers: [ByteBuffer], flushing: Bool, _ taken: @escaping @Sendable (Bool) -> Void)
  func flush()
  /// Reads on, where it waited.
  func goOn()
  func close()
}
