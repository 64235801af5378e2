import Conditions
import Containment
import YAMLText
import Yams

/// Reads `recovery:`: when what was lost counts as back.
struct RecoveryReader {
  let log: ProblemLog

  private static let usualWatch = 1800.0

  func recovery(_ value: YAMLValue) -> Recovery? {
    guard let section = value.section("recovery", keys: Keys.recovery) else { return nil }
    guard let list = section["conditions"] else {
      log.error("\(value.name): 'conditions' is missing", at: value.mark)
      return nil
    }
    let parts = ProofReader(log: log).conditions(list)
    var watch = RecoveryReader.usualWatch
    if let value = section["watch"] { watch = value.duration(0...86_400, such: "30m") ?? watch }
    var patience = 2 * watch + 3600
    if let value = section["within"] {
      patience = value.duration(60...604_800, such: "4h") ?? patience
    }
    guard let confirmation = confirmation(section["confirm"]) else { return nil }
    do {
      let recovery = try Recovery(
        parts, watch: watch, patience: patience, confirmation: confirmation)
      guard let recovery, patience > recovery.whole.longestHold else {
        if recovery != nil {
          log.error(
            "\(value.name): expected within to be more than the \(Quantity.text(watch)) that it is "
              + "watched; it is \(Quantity.text(patience))", at: (section["within"] ?? value).mark)
        }
        return nil
      }
      return recovery
    } catch {
      log.error("\(value.name): \(error.reason)", at: value.mark)
      return nil
    }
  }

  /// `person`, or a condition; where nothing is said a person.
  private func confirmation(_ value: YAMLValue?) -> Recovery.Confirmation? {
    guard let value, value.scalar != "person" else { return .person }
    return ConditionReader.condition(value).map { .condition($0) }
  }
}
