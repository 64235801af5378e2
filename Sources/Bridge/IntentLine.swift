import Containment
package import Session
import Synchronization

/// What one screen asks of a session: handed on one after the other, in the order in which it was asked.
///
/// What waits for others to answer leaves in its turn, and what was asked after it does not wait for that. What stops
/// something waits for nothing at all. Whoever asks never waits; no more is taken than has room.
package final class IntentLine: Sendable {
  /// Hands an intent on, and comes back with what came of it.
  package typealias Carrier = @Sendable (Intent) async -> IntentOutcome

  package struct Answer: Sendable, Hashable {
    package var intent: Intent
    package var outcome: IntentOutcome
  }

  private struct Asked {
    var intent: Intent
    var isSent = false
  }

  private struct Line {
    /// All that was taken and not answered, by its number.
    var open: [UInt64: Asked] = [:]
    /// Of it, what is not handed on yet.
    var waiting: [UInt64] = []
    var last: UInt64 = 0
    var isCarrying = false
    var isClosed = false
    var answers: [Answer] = []
    /// Ends when nothing is open any more.
    var emptied: AsyncStream<Void>.Continuation?

    mutating func enter(_ intent: Intent, isSent: Bool) -> UInt64 {
      last += 1
      open[last] = Asked(intent: intent, isSent: isSent)
      return last
    }

    mutating func settle(_ number: UInt64, _ outcome: IntentOutcome) {
      guard let asked = open.removeValue(forKey: number) else { return }
      // What was taken is seen in the state.
      if outcome != .taken { answers.append(Answer(intent: asked.intent, outcome: outcome)) }
      if open.isEmpty { emptied?.finish() }
    }

    mutating func refuse(_ intent: Intent, _ why: String) {
      answers.append(Answer(intent: intent, outcome: IntentOutcome(refusal: why)))
    }
  }

  private let line = Mutex(Line())
  private let carrier: Carrier
  private let ring: @Sendable () -> Void
  private let most: Int

  /// - Parameters:
  ///   - most: what may be open at once of what waits its turn, and as much again of what does not.
  ///   - ring: called when there is an answer to be heard.
  package init(
    most: Int = 64, carrying carrier: @escaping Carrier, ring: @escaping @Sendable () -> Void
  ) {
    self.most = most
    self.carrier = carrier
    self.ring = ring
  }

  // MARK: Asked

  /// Takes what is asked, or answers why it is not; returns at once.
  package func take(_ intent: Intent) {
    if intent.waitsForNothing { hurry(intent) } else { queue(intent) }
  }

  private func queue(_ intent: Intent) {
    let begins: Bool? = line.withLock { line in
      if let refusal = refusal(of: intent, line) {
        line.refuse(intent, refusal)
        return nil
      }
      line.waiting.append(line.enter(intent, isSent: false))
      defer { line.isCarrying = true }
      return !line.isCarrying
    }
    guard let begins else { return ring() }
    if begins { Task { await carryOn() } }
  }

  private func hurry(_ intent: Intent) {
    let (number, isHeard): (UInt64?, Bool) = line.withLock { line in
      let before = line.answers.count
      // What was to go on again before it was stopped is not to go on after it.
      if case .halt = intent {
        for number in line.waiting where line.open[number]?.intent == .lift {
          line.waiting.removeAll { $0 == number }
          line.settle(number, .notLifted)
        }
      }
      let refusal = refusal(of: intent, line)
      if let refusal { line.refuse(intent, refusal) }
      let number = refusal == nil ? line.enter(intent, isSent: true) : nil
      return (number, line.answers.count > before)
    }
    if isHeard { ring() }
    if let number { Task { await carry(number, intent) } }
  }

  private func refusal(of intent: Intent, _ line: borrowing Line) -> String? {
    guard !line.isClosed else { return "not asked: this screen is being left" }
    let waitsForNothing = intent.waitsForNothing
    let count = line.open.values.count { $0.intent.waitsForNothing == waitsForNothing }
    guard count >= most else { return nil }
    return "not asked, for \(count) things wait to be answered: \(intent.summary)"
  }

  // MARK: Handed on

  private func carryOn() async {
    while let (number, intent) = next() {
      if intent.takesItsTime {
        Task { await carry(number, intent) }
      } else {
        await carry(number, intent)
      }
    }
  }

  private func next() -> (UInt64, Intent)? {
    line.withLock { line in
      guard !line.waiting.isEmpty else {
        line.isCarrying = false
        return nil
      }
      let number = line.waiting.removeFirst()
      line.open[number]?.isSent = true
      return line.open[number].map { (number, $0.intent) }
    }
  }

  private func carry(_ number: UInt64, _ intent: Intent) async {
    let outcome = await carrier(intent)
    line.withLock { $0.settle(number, outcome) }
    if outcome != .taken { ring() }
  }

  // MARK: Heard

  /// What came of what was asked since the last time, where it was not simply taken.
  package func answers() -> [Answer] {
    line.withLock { line in
      defer { line.answers = [] }
      return line.answers
    }
  }

  /// Takes no more, and gives what is open a moment to be answered.
  ///
  /// - Returns: what else nobody would hear of: what was refused, what was not sent, and what nobody has answered.
  package func close(within seconds: Double) async -> [String] {
    let (news, bell) = AsyncStream.makeStream(of: Void.self)
    line.withLock { line in
      line.isClosed = true
      line.emptied = bell
      if line.open.isEmpty { bell.finish() }
    }
    let patience = Task {
      try? await Task.sleep(for: .seconds(seconds))
      bell.finish()
    }
    for await _ in news {}
    patience.cancel()
    return line.withLock { line in
      let open = line.open.sorted { $0.key < $1.key }.map(\.value)
      (line.open, line.waiting) = ([:], [])
      let heard = line.answers.compactMap { answer in
        answer.outcome.refusal.map { "\(answer.intent.summary): \($0)" }
      }
      line.answers = []
      return heard
        + open.map { asked in
          asked.isSent
            ? "nobody has said what came of this: \(asked.intent.summary)"
            : "not asked any more: \(asked.intent.summary)"
        }
    }
  }
}

extension Intent {
  /// It stops something, and nothing that was asked before it holds it up.
  fileprivate var waitsForNothing: Bool {
    switch self {
    case .halt, .stopRule: true
    case .action(_, let step): step.isRefusal
    default: false
    }
  }
}

extension ActionMove.Step {
  /// Somebody does not want it done.
  fileprivate var isRefusal: Bool {
    switch self {
    case .reject, .cancel: true
    default: false
    }
  }
}
