import Conditions
import Containment
import YAMLText
import Yams

/// Reads `actions:` of a fleet file or a runbook: what a responder may trigger, and what exactly it sends.
struct ActionReader {
  /// The services that an action may be for, by name; nil where nobody knows them.
  let services: [String]?
  /// What relative paths of the file are relative to.
  let folder: String
  let log: ProblemLog
  /// The names of those that cannot be read: what is bound to them is no mistake of its own.
  private(set) var unread: [String] = []

  static let most = 200
  static let mostConditions = 16
  /// A log that is as full as this takes no more: what follows is not known to be right.
  private static let mostProblems = 100
  private static let longestWords = 500

  init(services: [String]?, folder: String, log: ProblemLog) {
    self.services = services
    self.folder = folder
    self.log = log
  }

  /// A mapping by name, or a list of mappings with `name:`.
  mutating func actions(_ value: YAMLValue) -> [Action] {
    var actions: [Action] = []
    for entry in NamedValue.all(value, "action", most: ActionReader.most) {
      if let action = action(entry) { actions.append(action) } else { unread.append(entry.name) }
    }
    return actions
  }

  private func action(_ entry: NamedValue) -> Action? {
    let before = log.problems.count
    let value = entry.value
    let keys = entry.isListed ? Keys.action : Keys.action.filter { $0 != "name" }
    guard let section = value.section("an action", keys: keys) else { return nil }
    for key in ["kind", "http"] where section[key] == nil {
      log.error("\(value.name): '\(key)' is missing", at: value.mark)
    }
    let kind = section["kind"]?.word("kind", Action.Kind.self)
    let said = section["parameters"].map(ParameterReader(log: log).parameters)
    let orders = OrderReader(folder: folder, log: log, parameters: said?.names ?? [])
    let order = section["http"].flatMap(orders.order)
    // What is wrong with the rest is said too, where these two are wrong.
    guard let any = order ?? ActionReader.any else { return nil }
    var action = Action(name: entry.name, kind: kind ?? .custom, order: any)
    action.parameters = said?.parameters ?? []
    action.read = section["read"].flatMap(orders.reading)
    if let order { action.revert = section["revert"].flatMap { orders.revert($0, of: order) } }
    takeWords(section, into: &action)
    takeConditions(section, into: &action)
    takeLimits(section, into: &action)
    if order != nil { checkWhole(action, section) }
    guard kind != nil, order != nil, log.problems.count == before,
      before < ActionReader.mostProblems
    else { return nil }
    warnOfIdle(action, section)
    return action
  }

  /// Stands for an order that is wrong; no action that is read has it.
  private static let any = (try? Template("")).map { Order(method: "POST", url: $0) }

  // MARK: What it is

  private func takeWords(_ section: YAMLSection, into action: inout Action) {
    action.title = section["title"].flatMap { words($0, "what it does, in a line") }
    action.outcome = section["outcome"].flatMap { words($0, "what is expected of it") }
    if let value = section["risk"] {
      action.risk = value.word("risk", Action.Risk.self) ?? action.risk
    }
    if let value = section["mode"] {
      action.mode = value.word("mode", Action.Mode.self) ?? action.mode
    }
    guard let value = section["services"] else { return }
    for item in value.list("a service or a list of them", orOne: true) {
      guard let name = item.text("a service's name"), !action.services.contains(name) else {
        continue
      }
      action.services.append(name)
      guard let services, !services.contains(name) else { continue }
      let near = NearestWord.to(name, among: services).map { "; did you mean '\($0)'?" } ?? ""
      log.error("\(item.name): unknown service '\(name.prefix(60))'\(near)", at: item.mark)
    }
  }

  private func words(_ value: YAMLValue, _ what: String) -> String? {
    guard let text = value.text(what) else { return nil }
    guard text.utf8.count <= ActionReader.longestWords else {
      log.error("\(value.name): at most \(ActionReader.longestWords) bytes", at: value.mark)
      return nil
    }
    return text
  }

  // MARK: Before and after

  private func takeConditions(_ section: YAMLSection, into action: inout Action) {
    if let value = section["preconditions"] {
      action.preconditions = conditions(value, isAskedOnce: true)
    }
    guard let value = section["verification"] else { return }
    guard case .mapping = value.node else {
      action.proof = proof(conditions(value), value)
      return
    }
    guard let part = value.section("verification", keys: Keys.proof) else { return }
    guard let list = part["conditions"] else {
      log.error("\(value.name): 'conditions' is missing", at: value.mark)
      return
    }
    var window = ActionReader.usualWindow
    var patience = ActionReader.usualPatience
    if let value = part["window"] { window = value.duration(0...86_400, such: "60s") ?? window }
    if let value = part["within"] {
      patience = value.duration(1...172_800, such: "5m") ?? patience
    }
    action.proof = proof(
      conditions(list), part["within"] ?? part["window"] ?? value, window: window,
      patience: patience)
  }

  private static let usualWindow = 60.0
  private static let usualPatience = 300.0

  /// - Parameter isAskedOnce: at one moment, at which nothing has held for a time.
  private func conditions(_ value: YAMLValue, isAskedOnce: Bool = false) -> [Condition] {
    var items = [value]
    if case .sequence = value.node { items = value.list() }
    if items.isEmpty {
      log.error("\(value.name): name at least one condition", at: value.mark)
    }
    if items.count > ActionReader.mostConditions {
      log.error(
        "\(value.name): at most \(ActionReader.mostConditions) conditions, found \(items.count)",
        at: value.mark)
    }
    return items.prefix(ActionReader.mostConditions).compactMap { item in
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

  // MARK: Limits

  private func takeLimits(_ section: YAMLSection, into action: inout Action) {
    if let value = section["approvals"] { action.policy = policy(value) }
    if let value = section["timeout"] {
      action.timeout = value.duration(0.1...300, such: "10s") ?? action.timeout
    }
    action.expiry = section["expiry"]?.duration(10...604_800, such: "30m")
  }

  /// How many, or a mapping with how long an answer may take.
  private func policy(_ value: YAMLValue) -> Action.Policy {
    var policy = Action.Policy()
    let most = 0...5
    guard case .mapping = value.node else {
      policy.approvals = value.integer(most) ?? policy.approvals
      return policy
    }
    guard let section = value.section("approvals", keys: Keys.approvals) else { return policy }
    if let value = section["count"] {
      policy.approvals = value.integer(most) ?? policy.approvals
    } else {
      log.error("\(value.name): 'count' is missing", at: value.mark)
    }
    if let value = section["within"] {
      policy.patience = value.duration(60...86_400, such: "15m") ?? policy.patience
    }
    return policy
  }

  // MARK: The whole

  /// Each part may be right and not fit the others.
  private func checkWhole(_ action: Action, _ section: YAMLSection) {
    let isPerInstance = action.order.isPerInstance
    let sent = isPerInstance ? "goes to each instance" : "goes to the service as a whole"
    for (key, other) in [("read", action.read?.order), ("revert", action.revert)] {
      guard let other, other.isPerInstance != isPerInstance, let value = section[key] else {
        continue
      }
      log.error(
        "\(value.name): http \(sent), and \(key) does not: write "
          + "\(isPerInstance ? "{instance} at its beginning" : "it without {instance}")",
        at: value.mark)
    }
    if let revert = section["revert"], section["read"] == nil,
      action.revert?.asksForCaptured == true
    {
      log.error(
        "\(revert.name): {captured} is what read found before, and there is none: add read:",
        at: revert.mark)
    }
    if let expiry = section["expiry"], section["revert"] == nil {
      log.error("\(expiry.name): nothing says how it is taken back: add revert:", at: expiry.mark)
    }
  }

  /// What is asked for and then put in nowhere was meant for somewhere.
  private func warnOfIdle(_ action: Action, _ section: YAMLSection) {
    var used = Set(action.order.parameters + (action.revert?.parameters ?? []))
    if let read = action.read {
      used.formUnion(read.order.parameters)
      if case .parameter(let name) = read.expected { used.insert(name) }
    }
    for parameter in action.parameters where !used.contains(parameter.name) {
      guard let value = section["parameters"] else { continue }
      log.warn(
        "\(value.name): the parameter '\(parameter.name)' is put in nowhere; write "
          + "\"{\(parameter.name)}\" where it goes, or leave it out", at: value.mark)
    }
  }
}

extension Order {
  /// The parameters that it names.
  fileprivate var parameters: [String] {
    url.parameters + (body?.parameters ?? []) + texts.flatMap(\.parameters)
  }

  fileprivate var asksForCaptured: Bool {
    body?.asksForCaptured == true || (texts + [url]).contains { $0.parts.contains(.captured) }
  }

  private var texts: [Template] {
    headers.compactMap { if case .text(let text) = $0.value { text } else { nil } }
  }
}
