import Canvas
import Incident

/// Quitting.
extension ConsoleState {
  /// Says once what is left to itself.
  mutating func quit(_ state: State) -> [Effect] {
    if !wasWarnedOfLeaving, playback?.isLive != false, let left = state.present.leftBehind {
      wasWarnedOfLeaving = true
      return complain("\(left): \(keys.sign(.quit, in: .fleet)) again leaves it", state)
    }
    return quitAtOnce()
  }

  mutating func quitAtOnce() -> [Effect] {
    wantsToQuit = true
    return [.quit]
  }
}
