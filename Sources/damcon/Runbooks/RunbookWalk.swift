import Conditions
import Fleet
import Incident
import Recording
import Replay
import Runbooks

/// A recording with other runbooks than it was recorded with: what would have matched.
struct RunbookWalk {
  let recording: OpenRecording
  let cards: [RunbookCard]

  /// Seconds before an instant from which on it is gone through: what has held for longer is said to have
  /// held for so long.
  static let reach = 7200.0

  /// The state at an offset, had these runbooks been in force.
  func state(at offset: Int64) throws -> State {
    let longest = cards.compactMap { $0.match?.longestHold }.max() ?? 0
    let reach = Int64(max(RunbookWalk.reach, 2 * longest) * 1e9)
    let begin = max(recording.span.first.offset, offset - reach)
    let player = try recording.player(at: begin)
    var state = with(player.state)
    do {
      try player.goOn {
        $0.instant.offset <= offset
      } each: { entry, recorded in
        // Where entries are missing, as before a cut, what holds after them came from a keyframe.
        guard entry.sequence == state.present.sequence + 1 else { return state = with(recorded) }
        // What was in force then is not what is asked about.
        if case .runbooks = entry.event {
          state.apply(Entry(sequence: entry.sequence, instant: entry.instant, event: .tick))
        } else {
          state.apply(entry)
        }
        if case .began = entry.event { state = with(state) }
      }
    } catch { throw OpenRecording.failure(error, recording.path) }
    return state
  }

  private func with(_ state: State) -> State {
    var state = state
    let present = state.present
    state.apply(
      Entry(sequence: present.sequence, instant: present.now, event: .runbooks(cards)))
    return state
  }
}
