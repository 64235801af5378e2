package import Incident

extension ConsoleState {
  /// Puts a sentence of whoever carries out wishes into the last line.
  package mutating func tell(_ sentence: String, over state: State) {
    say(sentence, .warning, at: state.present)
  }

  /// What came of asking for a plan: why there is none, or what whoever confirms it should know.
  package mutating func hear(
    refusal: String?, warnings: [String], ofTicket ticket: String, over state: State
  ) {
    if !warnings.isEmpty {
      if self.warnings.count >= 64 { self.warnings = [:] }
      self.warnings[ticket] = warnings
    }
    guard let refusal else { return }
    if asked?.ticket == ticket { asked?.refusal = refusal }
    tell(refusal, over: state)
  }
}
