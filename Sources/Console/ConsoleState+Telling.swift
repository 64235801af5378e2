package import Incident

extension ConsoleState {
  /// Puts a sentence of whoever carries out wishes into the last line.
  package mutating func tell(_ sentence: String, over state: State) {
    say(sentence, .warning, at: state.present)
  }
}
