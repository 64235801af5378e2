import Conditions
import Fleet
import Telemetry
import YAMLText
import Yams

/// Looks whether what the conditions of a file name is there, once the whole file is read.
struct ConditionChecker {
  let fleet: Fleet
  let log: ProblemLog

  /// The conditions of every service and action, where the file has them.
  func check(_ file: YAMLSection) {
    checkActions(file)
    checkRules(file)
    checkPlans(file)
    guard let value = file["services"], case .sequence = value.node else { return }
    for item in value.list() {
      guard case .mapping = item.node,
        let section = YAMLSection.peek(item), let name = section["name"]?.scalar,
        let service = fleet.services.first(where: { $0.name == name })
      else { continue }
      if let release = section["release"].flatMap(YAMLSection.peek), let value = release["rollback"]
      {
        for condition in Self.items(value) { check(condition, of: [service]) }
      }
      if let plans = section["fallbacks"], case .sequence = plans.node {
        for plan in plans.list() {
          guard let plan = YAMLSection.peek(plan) else { continue }
          for key in ["enter_when", "acceptable_while", "exit_when"] {
            if let condition = plan[key] { check(condition, of: [service]) }
          }
        }
      }
    }
  }

  /// They are asked of the services that an action is for: all, where it names none.
  private func checkActions(_ file: YAMLSection) {
    guard let value = file["actions"] else { return }
    var items = YAMLSection.peek(value)?.members.map(\.value) ?? []
    if case .sequence = value.node { items = value.list() }
    for item in items.prefix(ActionReader.most) {
      guard let section = YAMLSection.peek(item) else { continue }
      var services = fleet.services
      if let value = section["services"] {
        let names = Self.items(value).compactMap(\.scalar)
        services = services.filter { names.contains($0.name) }
      }
      if let conditions = section["preconditions"] { check(conditions, of: services) }
      check(proofs: section, of: services)
      if let staging = section["steps"].flatMap(YAMLSection.peek) {
        check(proofs: staging, of: services)
      }
    }
  }

  /// What has to hold for a time, with or without saying for how long.
  private func check(proofs section: YAMLSection, of services: [Service]) {
    for key in ["verification", "check", "recovery"] {
      guard let proof = section[key] else { continue }
      check(YAMLSection.peek(proof)?["conditions"] ?? proof, of: services)
    }
  }

  /// They are asked of the service of each step; those of the whole of that of the last.
  private func checkPlans(_ file: YAMLSection) {
    guard let value = file["plans"] else { return }
    var items = YAMLSection.peek(value)?.members.map(\.value) ?? []
    if case .sequence = value.node { items = value.list() }
    for item in items.prefix(ManeuverReader.most) {
      guard let section = YAMLSection.peek(item), let list = section["steps"],
        case .sequence = list.node
      else { continue }
      var services: [Service] = []
      for step in list.list().prefix(ManeuverReader.mostSteps) {
        guard let step = YAMLSection.peek(step) else { continue }
        services = fleet.services.filter { $0.name == step["service"]?.scalar }
        check(proofs: step, of: services)
        if let conditions = step["prerequisites"] { check(conditions, of: services) }
      }
      check(proofs: section, of: services)
    }
  }

  /// They are asked of each of the services that a rule is for.
  private func checkRules(_ file: YAMLSection) {
    guard let value = file["automation"].flatMap(YAMLSection.peek)?["rules"] else { return }
    var items = YAMLSection.peek(value)?.members.map(\.value) ?? []
    if case .sequence = value.node { items = value.list() }
    for item in items.prefix(AutomationReader.most) {
      guard let section = YAMLSection.peek(item), let condition = section["when"] else { continue }
      let names = section["services"].map { Self.items($0).compactMap(\.scalar) } ?? []
      check(condition, of: fleet.services.filter { names.contains($0.name) })
    }
  }

  private static func items(_ value: YAMLValue) -> [YAMLValue] {
    if case .sequence = value.node { return value.list() }
    return [value]
  }

  /// Goes down to the texts; those that are no conditions are told already.
  private func check(_ value: YAMLValue, of services: [Service]) {
    log.budget -= 1
    guard log.budget > 0 else { return }
    switch value.node {
    case .scalar:
      guard let text = value.scalar, let condition = try? Condition(text) else { return }
      for term in condition.terms {
        if let (reason, isError) = flaw(term, of: services) {
          if isError {
            ConditionReader.complain(reason, column: term.column, in: value)
          } else {
            log.warn("\(value.name): \(reason)", at: value.mark)
          }
        }
      }
    case .mapping:
      for member in YAMLSection.peek(value)?.members ?? [] { check(member.value, of: services) }
    case .sequence: for item in value.list() { check(item, of: services) }
    case .alias: break
    }
  }

  // MARK: What is wrong

  /// It is wrong where it is wrong of every one of them.
  func flaw(_ term: Term, of services: [Service]) -> (reason: String, isError: Bool)? {
    var first: (reason: String, isError: Bool)?
    for service in services {
      guard let flaw = flaw(term, of: service) else { return nil }
      first = first ?? flaw
    }
    return first
  }

  func flaw(_ term: Term, of own: Service) -> (reason: String, isError: Bool)? {
    let reference = term.reference
    var service = own
    if let name = reference.service {
      guard let found = fleet.services.first(where: { $0.name == name }) else {
        let near = NearestWord.to(name, among: fleet.services.map(\.name))
        return ("unknown service '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? ""), true)
      }
      service = found
    }
    guard let argument = FactNames.argument(of: reference.kind) else {
      return unknownSignal(reference, of: service).map { ($0, true) }
    }
    return (argumentFlaw(reference, argument, of: service) ?? operandFlaw(term)).map { ($0, true) }
      ?? capabilityFlaw(reference)
  }

  private func unknownSignal(_ reference: Reference, of service: Service) -> String? {
    let own = (service.signals + fleet.signals).map(\.name)
    let signals = own + SignalNames.builtIn
    guard !signals.contains(reference.kind) else {
      return reference.argument == nil ? nil : "'\(reference.kind)' takes no parentheses"
    }
    let near = NearestWord.to(reference.kind, among: FactNames.names + signals)
    return "unknown signal '\(reference.kind)'"
      + (near.map { "; did you mean \($0)?" } ?? "; define it under signals:")
  }

  private func argumentFlaw(
    _ reference: Reference, _ wanted: FactNames.Argument, of service: Service
  ) -> String? {
    let kind = reference.kind
    switch wanted {
    case .none:
      return reference.argument == nil ? nil : "'\(kind)' takes no parentheses"
    case .optional: return nil
    case .one(let what):
      return reference.argument == nil ? "'\(kind)' needs \(what): \(kind)(name)" : nil
    case .two:
      guard reference.arguments.count == 2,
        reference.arguments.last.flatMap(Quantity.seconds) != nil
      else { return "'\(kind)' needs an SLO and a window: \(kind)(fast, 1h)" }
      return nil
    }
  }

  private func operandFlaw(_ term: Term) -> String? {
    let kind = term.reference.kind
    switch term.operand {
    case .number:
      guard FactNames.isWord(kind) else { return nil }
      return "'\(kind)' is a word, not a number; write is or is not"
    case .word(let word):
      if let words = FactNames.words(of: kind) {
        return words.contains(word)
          ? nil : "'\(kind)' is never '\(word)'\(NearestWord.advice(word, among: words))"
      }
      return FactNames.isWord(kind) ? nil : "'\(kind)' is a number; compare it with > or <"
    }
  }

  private func capabilityFlaw(_ reference: Reference) -> (reason: String, isError: Bool)? {
    guard reference.kind == "capability", let name = reference.argument,
      !fleet.capabilities.contains(where: { $0.name == name })
    else { return nil }
    let near = NearestWord.to(name, among: fleet.capabilities.map(\.name))
    return (
      "unknown capability '\(name)'" + (near.map { "; did you mean '\($0)'?" } ?? ""), true
    )
  }
}

extension YAMLSection {
  /// The members of what was read already: whatever is wrong with it has been said.
  fileprivate static func peek(_ value: YAMLValue) -> YAMLSection? {
    guard case .mapping(let mapping) = value.node else { return nil }
    let silent = ProblemLog(file: nil)
    var section = YAMLSection(mapping, title: "", name: value.name, keys: nil, log: silent)
    section.speak(value.log)
    return section
  }
}
