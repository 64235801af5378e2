import Containment

/// What has to be known of one action of several before anybody asks for them.
enum PartWords {
  /// `migrates orders, cannot be taken back`, `cache: drops the cart cache`
  static func warnings(
    migrates store: String?, isReversible: Bool, effects: [Maneuver.Effect]
  ) -> [String] {
    var warnings: [String] = []
    switch (store, isReversible) {
    case (let store?, true): warnings.append("migrates \(store)")
    case (let store?, false): warnings.append("migrates \(store), cannot be taken back")
    case (nil, false): warnings.append("cannot be taken back")
    case (nil, true): break
    }
    return warnings + effects.map { "\($0.what.rawValue): \($0.words)" }
  }
}
