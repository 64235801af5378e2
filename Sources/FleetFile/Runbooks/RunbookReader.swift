import Conditions
import Containment
import Fleet
import Runbooks
import YAMLText
import Yams

/// Reads what the head of a runbook says of it.
///
/// Files of public collections have heads for other programs: keys that are not ours are left alone.
struct RunbookReader {
  /// What relative paths of the file are relative to.
  let folder: String
  let log: ProblemLog
  /// Where keys stand in the head, for whoever looks at them later.
  private(set) var marks: [String: Mark] = [:]
  /// It has keys that only we read.
  private(set) var isOurs = false
  /// Those that can be read whole; the runbook has outlines of the others too.
  private(set) var actions: [Action] = []

  init(folder: String, log: ProblemLog) {
    self.folder = folder
    self.log = log
  }

  mutating func read(_ root: YAMLValue, into runbook: inout Runbook) {
    guard case .mapping(let mapping) = root.node else {
      log.error(
        "expected the keys of a runbook, such as match:, found \(root.found)", at: root.mark)
      return
    }
    let head = YAMLSection(mapping, title: "a runbook", name: "", keys: nil, log: log)
    for member in head.members {
      if let mark = member.mark { marks[member.key] = mark }
      if Keys.runbook.contains(member.key) {
        isOurs = isOurs || !["title", "tags"].contains(member.key)
      }
    }
    if isOurs { warnOfSlips(head) }
    takeNames(head, &runbook)
    takeConditions(head, &runbook)
    takePeople(head, &runbook)
    if let value = head["links"] { runbook.links = links(value) }
    if let value = head["slos"] { runbook.slos = value.texts("an objective's name") }
    if let value = head["reviewed"], let text = value.text("a date such as 2026-11-21") {
      guard let day = CivilDay(text) else {
        value.expected("a date such as 2026-11-21")
        return
      }
      runbook.reviewed = day.number
    }
    if let value = head["actions"] {
      var reader = ActionReader(services: nil, folder: folder, log: log)
      actions = reader.actions(value)
      runbook.actions =
        actions.map { ActionOutline($0) } + reader.unread.map { ActionOutline(unread: $0) }
    }
  }

  /// A key that is nearly one of ours is one that somebody meant.
  private func warnOfSlips(_ head: YAMLSection) {
    for member in head.members where !Keys.runbook.contains(member.key) {
      guard let near = NearestWord.to(member.key, among: Keys.runbook) else { continue }
      log.warn("unknown key '\(member.key)' in a runbook; did you mean '\(near)'?", at: member.mark)
    }
  }

  private func takeNames(_ head: YAMLSection, _ runbook: inout Runbook) {
    if let value = head["id"], let id = value.text("the runbook's id") {
      if id.utf8.count <= 120, id.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) {
        runbook.card.id = id
      } else {
        value.expected("letters, digits, '-', '_' and '.', such as pricing-timeout")
      }
    }
    if let value = head["title"] {
      runbook.card.title = value.text("the runbook's title") ?? runbook.card.title
    }
    if let value = head["services"] ?? head["service"] {
      runbook.card.scope.services = value.texts("a service's name")
    }
    if let value = head["language"] {
      runbook.card.scope.languages = value.list("a language or a list of them", orOne: true)
        .compactMap { $0.word("language", Language.self) }
    }
    if let value = head["tier"] {
      runbook.card.scope.tiers = value.list("a tier or a list of them", orOne: true)
        .compactMap { $0.word("tier", Tier.self) }
    }
    if let value = head["impact"] { runbook.impact = value.text("what users notice") }
    // Other programs' tags may be anything; of ours only texts are meant.
    if let value = head["tags"], isOurs { runbook.tags = value.texts("a tag") }
  }

  private func takeConditions(_ head: YAMLSection, _ runbook: inout Runbook) {
    if let value = head["match"] { runbook.card.match = ConditionReader.condition(value) }
    if let value = head["indicators"] {
      runbook.card.indicators = value.list("a list of indicators").compactMap(indicator)
    }
    if let value = head["verification"] {
      runbook.card.verification = verification(value)
    }
    if let value = head["criteria"],
      let section = value.section("criteria", keys: Keys.criteria)
    {
      runbook.card.criteria = Criteria(
        incident: section["incident"].flatMap(ConditionReader.condition),
        customers: section["customers"].flatMap(ConditionReader.condition),
        review: section["review"].flatMap(ConditionReader.condition))
    }
  }

  /// `{when: p99_ms > 800ms for 5m}`, or its parts: `{signal: p99_ms, above: 800ms, for: 5m}`.
  private func indicator(_ value: YAMLValue) -> Indicator? {
    if value.scalar != nil {
      return ConditionReader.condition(value).map { Indicator(name: $0.text, condition: $0) }
    }
    guard let section = value.section("an indicator", keys: Keys.indicator) else { return nil }
    var condition: Condition?
    if let when = section["when"] {
      condition = ConditionReader.condition(when)
    } else if let signal = section["signal"], let name = signal.text("a signal's name") {
      let relations = [("above", ">"), ("below", "<"), ("is", "is")]
      let given = relations.filter { section[$0.0] != nil }
      guard given.count == 1, let (key, sign) = given.first,
        let limit = section[key]?.text("a threshold")
      else {
        log.error("\(value.name): give one of above, below and is", at: value.mark)
        return nil
      }
      let time = section["for"]?.scalar.map { " for \($0)" } ?? ""
      do {
        condition = try Condition("\(name) \(sign) \(limit)\(time)")
      } catch {
        log.error("\(value.name): \(error.reason)", at: signal.mark)
      }
    } else {
      log.error("\(value.name): 'when' or 'signal' is missing", at: value.mark)
    }
    guard let condition else { return nil }
    return Indicator(
      name: section["name"]?.text("the indicator's name") ?? condition.text, condition: condition,
      dashboard: section["dashboard"]?.text("an address"), query: section["query"]?.text("a query"))
  }

  private func verification(_ value: YAMLValue) -> Verification? {
    var parts: [Condition] = []
    var window = Verification.usualWindow
    if case .mapping = value.node {
      guard let section = value.section("verification", keys: Keys.verification) else { return nil }
      if let value = section["for"] { window = value.duration(0...86_400, such: "5m") ?? window }
      guard let all = section["all"] else {
        log.error("verification: 'all' is missing", at: value.mark)
        return nil
      }
      parts = all.list("a condition or a list of them", orOne: true)
        .compactMap(ConditionReader.condition)
    } else {
      parts = value.list("a condition or a list of them", orOne: true)
        .compactMap(ConditionReader.condition)
    }
    do {
      return try Verification(parts, window: window)
    } catch {
      log.error("verification: \(error.reason)", at: value.mark)
      return nil
    }
  }

  private func takePeople(_ head: YAMLSection, _ runbook: inout Runbook) {
    if let value = head["owner"] { runbook.owner = OwnerReader.owner(value) }
    if let value = head["escalation"] {
      for item in value.list("a list of who is called when") {
        guard let section = item.section("an escalation", keys: Keys.escalation) else { continue }
        guard let after = section["after"]?.duration(0...2_592_000, such: "15m"),
          let to = section["to"]?.text("who is called")
        else {
          for key in ["after", "to"] where section[key] == nil {
            log.error("\(item.name): '\(key)' is missing", at: item.mark)
          }
          continue
        }
        runbook.card.escalation.append(
          EscalationLevel(after: after, to: to, channel: section["channel"]?.text("a channel")))
      }
      runbook.card.escalation.sort { $0.after < $1.after }
    }
    if let value = head["triage"], let section = value.section("triage", keys: Keys.triage) {
      guard let within = section["within"]?.duration(1...86_400, such: "10m") else {
        if section["within"] == nil { log.error("triage: 'within' is missing", at: value.mark) }
        return
      }
      runbook.card.triage = TriageBox(
        within: within, decide: section["decide"]?.text("what has to be decided") ?? "contain it",
        otherwise: section["otherwise"]?.text("what follows at its end"))
    }
  }

  private func links(_ value: YAMLValue) -> [Runbook.Link] {
    value.list("an address or a list of them", orOne: true).compactMap { item in
      if let url = item.scalar { return Runbook.Link(url: url) }
      guard let section = item.section("a link", keys: Keys.link) else { return nil }
      guard let url = section["url"]?.text("an address") else {
        if section["url"] == nil { log.error("\(item.name): 'url' is missing", at: item.mark) }
        return nil
      }
      return Runbook.Link(title: section["title"]?.text("a title"), url: url)
    }
  }
}
