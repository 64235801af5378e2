import NIOCore
import Session

/// What who stays asks of the session: in the order in which it is asked, but for what stops everything.
extension StreamConversation {
  func take(_ ask: StreamAsk, _ intent: Intent) {
    if let refusal = gate.refusal(of: intent, by: user) {
      return answer(ask.id, IntentOutcome(refusal: refusal))
    }
    if case .halt = intent { return halt(ask.id, intent) }
    if intent.takesItsTime, beside < StreamConversation.mostBeside {
      beside += 1
      return carryOut(intent) { stream, outcome in
        stream.answer(ask.id, outcome)
        stream.beside -= 1
      }
    }
    guard !intent.takesItsTime, intents.count < limits.intents else {
      return answer(
        ask.id,
        IntentOutcome(refusal: "too much is asked for at once: wait for what comes of the rest"))
    }
    intents.append(ask)
    carryOutNext()
  }

  /// One after the other, in the order in which they were asked.
  private func carryOutNext() {
    guard !isCarryingOut, let ask = intents.first, case .intent(let intent) = ask.matter else {
      return
    }
    intents.removeFirst()
    isCarryingOut = true
    carryOut(intent) { stream, outcome in
      stream.answer(ask.id, outcome)
      stream.isCarryingOut = false
      stream.carryOutNext()
    }
  }

  /// The emergency stop waits for nothing that was asked before it but another one. Those that are asked for meanwhile
  /// are one, and it is asked for after that: somebody may have lifted the first.
  private func halt(_ id: UInt64, _ intent: Intent) {
    guard halts.count < limits.intents else {
      return answer(id, IntentOutcome(refusal: "the stop that you asked for is under way already"))
    }
    // What was to go on again before it was stopped is not to go on after it.
    let lifts = intents.filter { $0.matter == .intent(.lift) }
    intents.removeAll { $0.matter == .intent(.lift) }
    for lift in lifts {
      answer(lift.id, .notLifted)
    }
    halts.append((id, intent))
    haltNext()
  }

  private func haltNext() {
    guard !isHalting, let last = halts.last else { return }
    let all = halts
    halts = []
    isHalting = true
    carryOut(last.intent) { stream, outcome in
      for halt in all { stream.answer(halt.id, outcome) }
      stream.isHalting = false
      stream.haltNext()
    }
  }

  private func carryOut(
    _ intent: Intent, then next: @escaping @Sendable (StreamConversation, IntentOutcome) -> Void
  ) {
    errands.begin()
    Task { [berth, loop, errands] in
      let outcome = await berth.submit(intent)
      // The entries that it led to are told before it.
      berth.broadcast.after {
        loop.execute {
          next(self, outcome)
          errands.end()
        }
      }
    }
  }
}

extension IntentOutcome {
  /// Of what was to lift a stop, and was overtaken by another one.
  static let notLifted = IntentOutcome(
    refusal: "the stop is not lifted: another one was asked for after it")
}
