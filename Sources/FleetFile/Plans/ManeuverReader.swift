import Conditions
import Containment
import YAMLText
import Yams

/// Reads `plans:` of a fleet file: several actions in their order, asked for as one.
struct ManeuverReader {
  /// By name.
  let services: [String]
  /// The fleet file's own.
  let actions: [Action]
  /// The names of actions that are wrong: what names them is no mistake of its own.
  let unread: [String]
  let log: ProblemLog

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
      ManifestReader(services: services, log: log).manifest)
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
    let service = section["service"].flatMap(service)
    guard let place = section["action"], let action = action(place), let service else { return nil }
    if !action.applies(to: service) {
      log.error("\(value.name): \(action.name) is not for \(service)", at: value.mark)
    }
    if action.read == nil {
      log.error(
        "\(place.name): \(action.name) has no read:, and nobody could tell whether it is done "
          + "already when the plan is asked for again", at: place.mark)
    }
    var part = Maneuver.Part(action: action.id, service: service)
    part.arguments = arguments(section["arguments"], action, value)
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

  private func service(_ value: YAMLValue) -> String? {
    guard let name = value.text("a service's name") else { return nil }
    if services.contains(name) { return name }
    log.error(
      "\(value.name): unknown service '\(name.prefix(60))'"
        + NearestWord.advice(name, among: services), at: value.mark)
    return nil
  }

  private func action(_ value: YAMLValue) -> Action? {
    guard let name = value.text("an action's name") else { return nil }
    if let action = actions.first(where: { $0.name == name }) { return action }
    guard !unread.contains(name) else { return nil }
    let near = NearestWord.to(name, among: actions.map(\.name))
    log.error(
      "\(value.name): unknown action '\(name.prefix(60))'"
        + (near.map { "; did you mean '\($0)'?" } ?? "; declare it under actions:"),
      at: value.mark)
    return nil
  }

  /// What is said is written down here: nobody is asked again.
  private func arguments(
    _ value: YAMLValue?, _ action: Action, _ whole: YAMLValue
  ) -> [ActionPlan.Given] {
    var given: [ActionPlan.Given] = []
    var said: Set<String> = []
    for member in value?.section(keys: action.parameters.map(\.name))?.members ?? [] {
      said.insert(member.key)
      guard let parameter = action.parameters.first(where: { $0.name == member.key }),
        let text = member.value.text("what is said for \(member.key)")
      else { continue }
      do throws(ArgumentError) {
        given.append(.init(name: parameter.name, value: try parameter.argument(text)))
      } catch {
        log.error("\(member.value.name): \(error.reason)", at: member.value.mark)
      }
    }
    for parameter in action.parameters
    where parameter.usual == nil && !said.contains(parameter.name) {
      log.error(
        "\(whole.name): \(action.name) needs \(parameter.name), and nothing is usual: say it under "
          + "arguments:", at: whole.mark)
    }
    return given
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
