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
  /// It may name files with more actions in them, which are read elsewhere.
  var mayNameFiles = false
  /// The names of those that cannot be read: what is bound to them is no mistake of its own.
  private(set) var unread: [String] = []

  static let most = 200
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
    let entries = NamedValue.all(value, "action", most: ActionReader.most) { node in
      mayNameFiles && ActionFiles.isFile(node)
    }
    for entry in entries {
      if let action = action(entry) { actions.append(action) } else { unread.append(entry.name) }
    }
    return actions
  }

  private func action(_ entry: NamedValue) -> Action? {
    let before = log.problems.count
    let value = entry.value
    let keys = entry.isListed ? Keys.action : Keys.action.filter { $0 != "name" }
    guard let section = value.section("an action", keys: keys) else { return nil }
    if section["kind"] == nil { log.error("\(value.name): 'kind' is missing", at: value.mark) }
    let kind = section["kind"]?.word("kind", Action.Kind.self)
    let said = section["parameters"].map(ParameterReader(log: log).parameters)
    let orders = OrderReader(folder: folder, log: log, parameters: said?.names ?? [])
    let order = orders.order(of: section, value)
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
  private static let any = (try? Template("")).map {
    Order.http(HTTPOrder(method: "POST", url: $0))
  }

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
    let items = value.list("a service or a list of them", orOne: true)
    if items.isEmpty, case .sequence = value.node {
      log.error("\(value.name): name at least one service, or leave it out for any", at: value.mark)
    }
    for item in items {
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
    let proofs = ProofReader(log: log)
    if let value = section["preconditions"] {
      action.preconditions = proofs.conditions(value, isAskedOnce: true)
    }
    action.proof = section["verification"].flatMap(proofs.proof)
    action.staging = StagingReader(log: log).staging(section, of: action)
    action.recovery = section["recovery"].flatMap(RecoveryReader(log: log).recovery)
  }

  // MARK: Limits

  private func takeLimits(_ section: YAMLSection, into action: inout Action) {
    if let value = section["approvals"] { action.policy = policy(value) }
    if let value = section["request"] {
      action.policy.requesters = PeopleReader.people(value, hasRoles: true)
    }
    if let value = section["regression"], let word = value.word("regression", Regression.self) {
      action.policy.revertsOnRegression = word == .revert
    }
    if let value = section["timeout"] {
      action.timeout = value.duration(0.1...300, such: "10s") ?? action.timeout
    }
    action.expiry = section["expiry"]?.duration(10...604_800, such: "30m")
  }

  /// What becomes of it where what should prove it does not hold.
  private enum Regression: String, CaseIterable { case offer, revert }

  /// How many, or a mapping with who may answer, and how long an answer may take.
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
    if let value = section["by"] {
      policy.approvers = PeopleReader.people(value, hasRoles: true)
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
    let main = section["http"] == nil ? "command" : "http"
    for (key, other) in [("read", action.read?.order), ("revert", action.revert)] {
      guard let other, other.isPerInstance != isPerInstance, let value = section[key] else {
        continue
      }
      var place = "at its beginning"
      if case .command = other { place = "into it" }
      log.error(
        "\(value.name): \(main) \(sent), and \(key) does not: write "
          + "\(isPerInstance ? "{instance} \(place)" : "it without {instance}")",
        at: value.mark)
    }
    if let revert = section["revert"], action.revert != nil, section["read"] == nil {
      log.error(
        "\(revert.name): nothing says how to learn whether somebody has changed it since: add read:",
        at: revert.mark)
    }
    if let value = section["regression"], action.policy.revertsOnRegression,
      section["revert"] == nil || section["read"] == nil || action.proof == nil
    {
      log.error(
        "\(value.name): it takes itself back where it says how it is proved, read and taken back: "
          + "add verification:, read: and revert:", at: value.mark)
    }
    if action.kind == .rollBack, action.read == nil, action.parameters.isEmpty,
      let kind = section["kind"]
    {
      log.error(
        "\(kind.name): nothing names the revision that it goes back to: add a parameter for it, or "
          + "read: with the revision that it expects", at: kind.mark)
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
      if case .match(let pattern) = read.place { used.formUnion(pattern.parameters) }
    }
    for parameter in action.parameters where !used.contains(parameter.name) {
      guard let value = section["parameters"] else { continue }
      log.warn(
        "\(value.name): the parameter '\(parameter.name)' is put in nowhere; write "
          + "\"{\(parameter.name)}\" where it goes, or leave it out", at: value.mark)
    }
  }
}
