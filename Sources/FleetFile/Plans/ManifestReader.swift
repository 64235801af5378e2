import Conditions
import Containment
import YAMLText
import Yams

/// Reads `manifest:` of a plan: what the artifacts of a release need, and what stores they work with.
struct ManifestReader {
  /// By name.
  let services: [String]
  let log: ProblemLog

  static let most = 64
  private static let schemas = 0...1_000_000

  func manifest(_ value: YAMLValue) -> ReleaseManifest? {
    guard let section = value.section("a manifest", keys: Keys.manifest) else { return nil }
    guard let release = section["release"]?.text("what the release is called") else {
      if section["release"] == nil {
        log.error("\(value.name): 'release' is missing", at: value.mark)
      }
      return nil
    }
    var manifest = ReleaseManifest(release: release)
    if let value = section["stores"] {
      manifest.stores = NamedValue.all(value, "store", most: ManifestReader.most).compactMap(store)
    }
    if let value = section["artifacts"] {
      let names = manifest.stores.map(\.name)
      manifest.artifacts = NamedValue.all(value, "artifact", most: ManifestReader.most)
        .compactMap { artifact($0, stores: names) }
    }
    return manifest
  }

  // MARK: Artifacts

  private func artifact(_ entry: NamedValue, stores: [String]) -> ReleaseManifest.Artifact? {
    let value = entry.value
    check(entry.name, isOneOf: services, "service", value)
    let keys = entry.isListed ? Keys.artifact : Keys.artifact.filter { $0 != "name" }
    guard let section = value.section("an artifact", keys: keys) else { return nil }
    guard let version = section["version"]?.text("a version such as 1.42.0") else {
      if section["version"] == nil {
        log.error("\(value.name): 'version' is missing", at: value.mark)
      }
      return nil
    }
    var artifact = ReleaseManifest.Artifact(service: entry.name, version: version)
    for member in section["needs"]?.section(keys: nil)?.members ?? [] {
      check(member.key, isOneOf: services, "service", member.value)
      for api in member.value.texts("an API such as v2") {
        artifact.needs.append(.init(service: member.key, api: api))
      }
    }
    artifact.offers = section["offers"]?.texts("an API such as v2") ?? []
    for member in section["reads"]?.section(keys: nil)?.members ?? [] {
      check(member.key, isOneOf: stores, "store", member.value)
      artifact.reads.append(.init(store: member.key, schemas: ranges(member.value)))
    }
    artifact.environments = section["environments"]?.texts("an environment") ?? []
    for member in section["settings"]?.section(keys: nil)?.members ?? [] {
      guard let condition = ConditionReader.condition(member.value) else { continue }
      if condition.longestHold > 0 {
        log.error(
          "\(member.value.name): it is asked right before sending: leave out 'for'",
          at: member.value.mark)
      }
      artifact.settings.append(.init(name: member.key, condition: condition))
    }
    return artifact
  }

  private func check(_ name: String, isOneOf names: [String], _ noun: String, _ value: YAMLValue) {
    guard !names.contains(name) else { return }
    log.error(
      "\(value.name): unknown \(noun) '\(name.prefix(60))'"
        + NearestWord.advice(name, among: names), at: value.mark)
  }

  /// `7`, `[6, 7]` or `6..8`.
  private func ranges(_ value: YAMLValue) -> [ClosedRange<Int>] {
    value.list("a schema such as 7, a list of them, or 6..8", orOne: true).compactMap { item in
      let ends = (item.scalar ?? "").split(separator: ".", omittingEmptySubsequences: false)
        .map(String.init)
      if ends.count == 1, let one = Int(ends[0]), ManifestReader.schemas.contains(one) {
        return one...one
      }
      if ends.count == 3, ends[1].isEmpty, let first = Int(ends[0]), let last = Int(ends[2]),
        ManifestReader.schemas.contains(first), ManifestReader.schemas.contains(last),
        first <= last
      {
        return first...last
      }
      item.expected("a schema such as 7, or a range of them such as 6..8")
      return nil
    }
  }

  // MARK: Stores

  private func store(_ entry: NamedValue) -> ReleaseManifest.Store? {
    let value = entry.value
    let keys = entry.isListed ? Keys.store : Keys.store.filter { $0 != "name" }
    guard let section = value.section("a store", keys: keys) else { return nil }
    guard let place = section["schema"] else {
      log.error("\(value.name): 'schema' is missing", at: value.mark)
      return nil
    }
    guard let schema = schema(place) else { return nil }
    var store = ReleaseManifest.Store(name: entry.name, schema: schema)
    guard let value = section["migration"] else { return store }
    guard let migration = value.section("a migration", keys: Keys.migration) else { return nil }
    guard let to = migration["to"]?.integer(ManifestReader.schemas) else {
      if migration["to"] == nil { log.error("\(value.name): 'to' is missing", at: value.mark) }
      return nil
    }
    // What is not declared is the strict one.
    let answer = migration["reversible"]?.word("answer", YesOrNo.self)
    store.migration = .init(to: to, isReversible: answer?.isYes ?? false)
    return store
  }

  /// A number, or the signal that says it.
  private func schema(_ value: YAMLValue) -> ReleaseManifest.Schema? {
    guard let text = value.text("a schema such as 7, or a signal such as checkout.orders_schema")
    else { return nil }
    if let number = Int(text) {
      guard ManifestReader.schemas.contains(number) else {
        value.expected("a whole number from 0 to 1000000")
        return nil
      }
      return .fixed(number)
    }
    do {
      let reference = try Reference(text)
      guard let service = reference.service else {
        log.error(
          "\(value.name): say whose signal it is: service.\(reference.kind)", at: value.mark)
        return nil
      }
      check(service, isOneOf: services, "service", value)
      return .signal(reference)
    } catch {
      ConditionReader.complain(error.reason, column: error.column, in: value)
      return nil
    }
  }
}
