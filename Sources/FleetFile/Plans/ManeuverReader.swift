import Conditions
import Containment
import YAMLText
import Yams

/// Reads `plans:` of a fleet file: several actions in their order, asked for as one.
struct ManeuverReader {
  let scope: ActionScope
  private var log: ProblemLog { scope.log }

  static let most = 64
  static let mostSteps = 32
  private static let longestWords = 500

  /// A mapping by name, or a list of mappings with `name:`.
  func maneuvers(_ value: YAMLValue) -> [Maneuver] {
    NamedValue.all(value, "plan", most: ManeuverReader.most).compactMap(maneuver)
  }

  private func maneuver(_ entry: NamedValue) -> Maneuver? {
    let before = log.problems.count
    let value = entry.value
    let keys = entry.isListed ? Keys.maneuver : Keys.maneuver.filter { $0 != "name" }
    guard let section = value.section("a plan", keys: keys) else { return nil }
    guard let list = section["steps"] else {
      log.error("\(value.name): 'steps' is missing", at: value.mark)
      return nil
    }
    var maneuver = Maneuver(name: entry.name, parts: [])
    maneuver.title = section["title"].flatMap(words)
    maneuver.outcome = section["outcome"].flatMap(words)
    maneuver.manifest = section["manifest"].flatMap(
      ManifestReader(services: scope.services, log: log).manifest)
    maneuver.recovery = section["recovery"].flatMap(RecoveryReader(log: log).recovery)
    let items = list.list("a list of steps, each with action: and service:")
    if items.isEmpty, case .sequence = list.node {
      log.error("\(list.name): name at least one step", at: list.mark)
    }
    if items.count > ManeuverReader.mostSteps {
      log.error(
        "\(list.name): at most \(ManeuverReader.mostSteps) steps, found \(items.count)",
        at: list.mark)
    }
    maneuver.parts = items.prefix(ManeuverReader.mostSteps).compactMap { item in
      part(item, maneuver.manifest, hasManifest: section["manifest"] != nil)
    }
    guard log.problems.count == before, !maneuver.parts.isEmpty else { return nil }
    return maneuver
  }

  private func words(_ value: YAMLValue) -> String? {
    guard let text = value.text("a sentence") else { return nil }
    guard text.utf8.count <= ManeuverReader.longestWords else {
      log.error("\(value.name): at most \(ManeuverReader.longestWords) bytes", at: value.mark)
      return nil
    }
    return text
  }

  // MARK: One step

  private func part(
    _ value: YAMLValue, _ manifest: ReleaseManifest?, hasManifest: Bool
  ) -> Maneuver.Part? {
    guard let section = value.section("a step", keys: Keys.maneuverStep) else { return nil }
    for key in ["action", "service"] where section[key] == nil {
      log.error("\(value.name): '\(key)' is missing", at: value.mark)
    }
    let service = section["service"].flatMap(scope.service)
    guard let place = section["action"], let action = scope.action(place), let service else {
      return nil
    }
    if !action.applies(to: service) {
      log.error("\(value.name): \(action.name) is not for \(service)", at: value.mark)
    }
    if action.read == nil {
      log.error(
        "\(place.name): \(action.name) has no read:, and nobody could tell whether it is done "
          + "already when the plan is asked for again", at: place.mark)
    }
    var part = Maneuver.Part(action: action.id, service: service)
    part.arguments = scope.arguments(section["arguments"], of: action, in: value)
    if let value = section["prerequisites"] {
      part.prerequisites = ProofReader(log: log).conditions(value, isAskedOnce: true)
    }
    part.check = section["check"].flatMap(ProofReader(log: log).proof)
    if let value = section["reversible"], let answer = value.word("answer", YesOrNo.self) {
      part.isReversible = answer.isYes
    }
    part.effects = section["touches"].map(effects) ?? []
    if let value = section["migrates"], let name = value.text("a store of the manifest") {
      part.migrates = name
      let stores = manifest?.stores.filter { $0.migration != nil }.map(\.name) ?? []
      if !stores.contains(name), manifest != nil || !hasManifest {
        log.error(
          "\(value.name): no migration of '\(name.prefix(60))' is in the manifest"
            + NearestWord.advice(name, among: stores), at: value.mark)
      }
    }
    return part
  }

  private func effects(_ value: YAMLValue) -> [Maneuver.Effect] {
    let names = Maneuver.Effect.What.allCases.map(\.rawValue)
    return value.list("a list of effects, such as {database: \"adds a column\"}").flatMap { item in
      (item.section("an effect", keys: names)?.members ?? []).compactMap { member in
        guard let what = Maneuver.Effect.What(rawValue: member.key),
          let text = words(member.value)
        else { return nil }
        return Maneuver.Effect(what, text)
      }
    }
  }
}

/// As people write it in a file.
enum YesOrNo: String, CaseIterable {
  case yes, no
  case `true`, `false`

  var isYes: Bool { self == .yes || self == .true }
}
