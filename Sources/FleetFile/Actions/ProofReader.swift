import Conditions
import Containment
import YAMLText
import Yams

/// Reads conditions that hold together, and for a time: `verification:`, and every `check:`.
struct ProofReader {
  let log: ProblemLog

  static let most = 16
  private static let usualWindow = 60.0
  private static let usualPatience = 300.0

  /// Conditions alone, or a mapping with how long they have to hold.
  func proof(_ value: YAMLValue) -> Action.Proof? {
    guard case .mapping = value.node, !isCondition(value) else {
      return proof(conditions(value), value)
    }
    guard let part = value.section(leaf(value), keys: Keys.proof) else { return nil }
    guard let list = part["conditions"] else {
      log.error("\(value.name): 'conditions' is missing", at: value.mark)
      return nil
    }
    var window = ProofReader.usualWindow
    var patience = ProofReader.usualPatience
    if let value = part["window"] { window = value.duration(0...86_400, such: "60s") ?? window }
    if let value = part["within"] {
      patience = value.duration(1...172_800, such: "5m") ?? patience
    }
    return proof(
      conditions(list), part["within"] ?? part["window"] ?? value, window: window,
      patience: patience)
  }

  /// `all`, `any` or `not` alone is one condition.
  private func isCondition(_ value: YAMLValue) -> Bool {
    guard case .mapping(let mapping) = value.node, mapping.count == 1 else { return false }
    return mapping.contains { Keys.condition.contains($0.key.string ?? "") }
  }

  private func leaf(_ value: YAMLValue) -> String {
    value.name.split(separator: ".").last.map(String.init) ?? value.name
  }

  /// - Parameter isAskedOnce: at one moment, at which nothing has held for a time.
  func conditions(_ value: YAMLValue, isAskedOnce: Bool = false) -> [Condition] {
    var items = [value]
    if case .sequence = value.node { items = value.list() }
    if items.isEmpty {
      log.error("\(value.name): name at least one condition", at: value.mark)
    }
    if items.count > ProofReader.most {
      log.error(
        "\(value.name): at most \(ProofReader.most) conditions, found \(items.count)",
        at: value.mark)
    }
    return items.prefix(ProofReader.most).compactMap { item in
      let condition = ConditionReader.condition(item)
      if isAskedOnce, condition?.longestHold ?? 0 > 0 {
        log.error("\(item.name): it is asked right before sending: leave out 'for'", at: item.mark)
      }
      return condition
    }
  }

  private func proof(
    _ parts: [Condition], _ value: YAMLValue, window: Double = usualWindow,
    patience: Double = usualPatience
  ) -> Action.Proof? {
    do {
      guard let proof = try Action.Proof(parts, window: window, patience: patience) else {
        return nil
      }
      let hold = proof.whole.longestHold
      guard patience > hold else {
        log.error(
          "\(value.name): expected within to be more than \(Quantity.text(hold)), for which the "
            + "conditions have to hold; it is \(Quantity.text(patience))", at: value.mark)
        return nil
      }
      return proof
    } catch {
      log.error("\(value.name): \(error.reason)", at: value.mark)
      return nil
    }
  }
}
