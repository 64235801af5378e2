import Canvas
import Fleet
import Incident

/// Nothing is confirmed unless somebody has said, for this environment and not long ago, that they mean to act.
extension ConsoleState {
  /// Seconds that arming lasts, and between which that may be chosen.
  private static let usualArming = 600.0
  private static let armingLimits = 60.0...3600

  /// Seconds that are left; nil where it is read-only.
  func armed(_ present: Present) -> Double? {
    guard playback == nil, let until = armedUntil[present.environmentName] else { return nil }
    let left = Double(until.less(present.now.offset)) / 1e9
    return left > 0 ? left : nil
  }

  func isArmed(_ present: Present) -> Bool { armed(present) != nil }

  mutating func arm(_ argument: String, _ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("arm", state) }
    if let refusal = viewerRefusal(state.present) { return complain(refusal, state) }
    var seconds = ConsoleState.usualArming
    if !argument.isEmpty {
      guard let asked = TimeText.seconds(argument[...]),
        ConsoleState.armingLimits.contains(asked)
      else {
        return complain("arm for 1m to 60m, as in :arm 10m, not `\(argument)`", state)
      }
      seconds = asked
    }
    let present = state.present
    let until = present.now.advanced(by: seconds)
    armedUntil[present.environmentName] = until.offset
    say(
      "armed for \(present.environmentWords) until \(Clock.utc(until)): what you confirm is done; "
        + ":disarm ends it", .warning, at: present)
    return []
  }

  mutating func disarm(_ state: State) -> [Effect] {
    guard playback == nil else { return refuseInPast("disarm", state) }
    confirming = nil
    guard armedUntil.removeValue(forKey: state.present.environmentName) != nil else {
      return complain("it is read-only already", state)
    }
    say("read-only again", at: state.present)
    return []
  }
}

extension Present {
  /// What arming is for; a fleet without an environment is one of its own.
  fileprivate var environmentName: String { fleet.environment?.name ?? "" }

  var environmentWords: String { fleet.environment?.name ?? "this fleet" }
}

/// `9:41`
enum ArmedClock {
  static func text(_ seconds: Double) -> String {
    let whole = Int(max(0, min(seconds, 360_000)).rounded(.up))
    let rest = whole % 60
    return "\(whole / 60):\(rest < 10 ? "0" : "")\(rest)"
  }
}
