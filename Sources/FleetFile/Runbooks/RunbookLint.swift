import Conditions
package import Containment
package import Fleet
import Foundation
import Markdown
import Runbooks
import YAMLText

/// Holds runbooks against the fleet, against each other, and against what a runbook is for.
package struct RunbookLint {
  private let files: [RunbookFile]
  private let fleet: Fleet?
  private let actions: [ActionOutline]
  /// Days since 1970-01-01.
  private let today: Int
  /// By service, what its targets export: signals by their names, other things as conditions write them,
  /// `breaker(postgres)`; nil where nobody looked.
  private let exported: [String: Set<String>]?
  private var findings: [RunbookFinding] = []
  /// Files by where they are, and what of each a link may name with `#`.
  private let places: [String: Int]
  private let anchors: [[String]]
  private var counts: [String: Int] = [:]

  /// Findings that one file may have: more are of no help to anybody.
  package static let mostOfOne = 200

  /// Days after which somebody should have read a runbook again.
  package static let reviewEvery = 180

  package init(
    _ files: [RunbookFile], fleet: Fleet?, actions: [Action], today: Int,
    exported: [String: Set<String>]? = nil
  ) {
    self.files = files
    self.fleet = fleet
    self.actions = actions.map { ActionOutline($0) }
    self.today = today
    self.exported = exported
    places = Dictionary(
      files.enumerated().map { (RunbookLint.standard($0.element.path), $0.offset) },
      uniquingKeysWith: { first, _ in first })
    anchors = files.map(\.runbook.text.markdown.anchors)
  }

  private static func standard(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }

  /// All there is to be mended, file by file, in the order of the lines.
  package static func findings(
    _ files: [RunbookFile], fleet: Fleet?, actions: [Action], today: Int,
    exported: [String: Set<String>]? = nil
  ) -> [RunbookFinding] {
    var lint = RunbookLint(files, fleet: fleet, actions: actions, today: today, exported: exported)
    for file in files { lint.check(file) }
    lint.checkTogether()
    let places = Dictionary(
      files.enumerated().map { ($0.element.path, $0.offset) }, uniquingKeysWith: { a, _ in a })
    func order(_ finding: RunbookFinding) -> (Int, Int, Int, String) {
      (
        places[finding.problem.file ?? ""] ?? 0, finding.problem.line ?? 0,
        finding.problem.column ?? 0, finding.rule.rawValue
      )
    }
    return lint.findings.sorted { order($0) < order($1) }
  }

  private mutating func add(
    _ rule: RunbookFinding.Rule, _ file: RunbookFile, _ place: RunbookFile.Place?, _ text: String,
    fix: String? = nil
  ) {
    counts[file.path, default: 0] += 1
    guard counts[file.path] ?? 0 <= RunbookLint.mostOfOne else { return }
    findings.append(
      RunbookFinding(
        rule: rule,
        problem: Problem(
          file: file.path, line: place?.line ?? 1, column: place?.column ?? 1, text), fix: fix))
  }

  private mutating func check(_ file: RunbookFile) {
    for problem in file.problems {
      findings.append(RunbookFinding(rule: .unreadable, problem: problem, fix: nil))
    }
    for warning in file.warnings {
      findings.append(RunbookFinding(rule: .slip, problem: warning, fix: nil))
    }
    checkLinks(file)
    checkPeople(file)
    // Markdown of others says nothing of all this, and cannot be wrong about it.
    guard file.isOurs else { return }
    checkScope(file)
    checkConditions(file)
    checkActions(file)
    checkProof(file)
    checkReview(file)
    checkOrder(file)
  }

  // MARK: Links

  private mutating func checkLinks(_ file: RunbookFile) {
    let own = places[RunbookLint.standard(file.path)]
    for (destination, line) in file.runbook.text.markdown.links
    where counts[file.path] ?? 0 < RunbookLint.mostOfOne {
      guard !destination.isEmpty, !destination.contains("://"), !destination.hasPrefix("mailto:"),
        !destination.hasPrefix("action:"), !destination.hasPrefix("/"),
        !destination.hasPrefix("{{"), !destination.hasPrefix("{%")
      else { continue }
      let parts = destination.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
      let path = String(parts[0]).removingPercentEncoding ?? String(parts[0])
      let anchor = parts.count > 1 ? String(parts[1]) : nil
      var target = own
      if !path.isEmpty {
        let whole = file.folder + "/" + path
        let known = places[RunbookLint.standard(whole)]
        guard known != nil || FileManager.default.fileExists(atPath: whole) else {
          add(
            .deadLink, file, file.place(of: destination, from: line),
            "the link '\(destination)' leads to no file",
            fix: nearest(path))
          continue
        }
        target = known
      }
      guard let anchor, !anchor.isEmpty, let anchors = target.map({ anchors[$0] }),
        !anchors.contains(anchor.lowercased())
      else { continue }
      let near = NearestWord.to(anchor, among: anchors)
      add(
        .deadAnchor, file, file.place(of: destination, from: line),
        "no heading is called '#\(anchor)'",
        fix: near.map { "did you mean '#\($0)'?" })
    }
  }

  private func nearest(_ path: String) -> String? {
    let last = path.split(separator: "/").last.map(String.init) ?? path
    let names = files.map { $0.runbook.path.split(separator: "/").last.map(String.init) ?? "" }
    return NearestWord.to(last, among: names).map { "did you mean '\($0)'?" }
  }

  // MARK: What it names

  /// The services that it is for; all of the fleet where it names none.
  private func services(of file: RunbookFile) -> [Service] {
    guard let fleet else { return [] }
    let scope = file.runbook.card.scope
    return fleet.services.filter {
      scope.applies(to: $0.name, language: $0.language ?? scope.languages.first, tier: $0.tier)
    }
  }

  /// Those that an action of a runbook is for: it may act on others than the runbook is about.
  private func services(of action: Action, in file: RunbookFile) -> [Service] {
    guard !action.services.isEmpty else { return services(of: file) }
    return fleet?.services.filter { action.applies(to: $0.name) } ?? []
  }

  private mutating func checkScope(_ file: RunbookFile) {
    guard let fleet else { return }
    let known = fleet.services.map(\.name)
    for name in file.runbook.card.scope.services where !known.contains(name) {
      let near = NearestWord.to(name, among: known)
      add(
        .unknownService, file,
        file.place(of: name, key: file.places["services"] == nil ? "service" : "services"),
        "unknown service '\(name)'",
        fix: near.map { "did you mean '\($0)'?" })
    }
  }

  private mutating func checkConditions(_ file: RunbookFile) {
    let card = file.runbook.card
    var conditions: [(key: String, condition: Condition)] = []
    if let match = card.match { conditions.append(("match", match)) }
    conditions += card.indicators.map { ("indicators", $0.condition) }
    conditions += (card.verification?.parts ?? []).map { ("verification", $0) }
    conditions += card.criteria.all.map { ("criteria", $0.condition) }
    for (key, condition) in conditions {
      for term in condition.terms {
        check(term, file, file.place(of: term, in: condition, key: key))
      }
    }
    for action in file.actions {
      for condition in action.preconditions + (action.proof?.parts ?? []) {
        for term in condition.terms {
          check(
            term, file, file.place(of: term, in: condition, key: "actions"),
            of: services(of: action, in: file))
        }
      }
    }
    for step in file.runbook.text.steps {
      for term in step.precondition?.terms ?? [] {
        check(term, file, file.place(of: term.reference.kind, from: step.line))
      }
    }
    for (value, line) in file.runbook.text.liveValues {
      let kind = value.reference.kind
      let asked =
        FactNames.isWord(kind)
        ? "is \(FactNames.words(of: kind)?.first ?? "known")" : "> 0"
      guard let term = (try? Condition("\(value.reference) \(asked)"))?.terms.first else {
        continue
      }
      check(term, file, file.place(of: value.reference.kind, from: line))
    }
    for indicator in card.indicators { checkExports(indicator, file) }
  }

  /// It is wrong where it is wrong of every service that the runbook is for.
  private mutating func check(
    _ term: Term, _ file: RunbookFile, _ place: RunbookFile.Place?, of services: [Service]? = nil
  ) {
    guard let fleet else { return }
    let checker = ConditionChecker(fleet: fleet, log: ProblemLog(file: nil))
    guard let flaw = checker.flaw(term, of: services ?? self.services(of: file)) else { return }
    let parts = flaw.reason.split(separator: "; ", maxSplits: 1).map(String.init)
    add(.unknownSignal, file, place, parts[0], fix: parts.count > 1 ? parts[1] : nil)
  }

  private mutating func checkExports(_ indicator: Indicator, _ file: RunbookFile) {
    guard let exported else { return }
    let asked = services(of: file).compactMap { exported[$0.name] }
    guard !asked.isEmpty else { return }
    for term in indicator.condition.terms {
      let reference = term.reference
      guard reference.service == nil, let name = RunbookLint.exportedName(of: reference),
        !asked.contains(where: { $0.contains(name) })
      else { continue }
      add(
        .notExported, file, file.place(of: term, in: indicator.condition, key: "indicators"),
        "no target of \(file.runbook.card.scope.words) exports '\(name)'",
        fix: NearestWord.to(name, among: asked.flatMap(\.self)).map { "did you mean '\($0)'?" }
          ?? "look at what it exports with damcon inspect")
    }
  }

  /// What a target has to tell of for a reference to be known; nil for what Damcon reckons itself.
  private static func exportedName(of reference: Reference) -> String? {
    switch reference.kind {
    case "breaker", "fallback", "flag", "check", "saturation":
      reference.argument.map { "\(reference.kind)(\($0))" }
    default: FactNames.names.contains(reference.kind) ? nil : reference.kind
    }
  }

  private mutating func checkActions(_ file: RunbookFile) {
    let known = (actions + file.runbook.actions).map(\.name)
    for step in file.runbook.text.steps {
      guard case .automatable(let action) = step.kind, !known.contains(action) else { continue }
      let near = NearestWord.to(action, among: known)
      add(
        .unknownAction, file, file.place(of: "action:\(action)", from: step.line),
        "unknown action '\(action)'",
        fix: near.map { "did you mean '\($0)'?" } ?? "define it under actions:")
    }
  }

  // MARK: What it is for

  private mutating func checkProof(_ file: RunbookFile) {
    let text = file.runbook.text
    guard let containment = text.section(.containment), !containment.steps.isEmpty else { return }
    let place = RunbookFile.Place(line: containment.line, column: 1)
    let known = Dictionary(
      (file.runbook.actions + actions).map { ($0.name, $0) }, uniquingKeysWith: { a, _ in a })
    let bound = containment.steps.compactMap { step -> ActionOutline? in
      guard case .automatable(let name) = step.kind else { return nil }
      return known[name]
    }
    if file.runbook.card.verification == nil,
      bound.isEmpty || !bound.allSatisfy(\.isVerified)
    {
      add(
        .unverified, file, place, "nothing says what proves that containment worked",
        fix: "add verification: with conditions that must hold")
    }
    if text.section(.rollback)?.blocks.isEmpty ?? true,
      bound.isEmpty || !bound.allSatisfy(\.isReversible)
    {
      add(
        .irreversible, file, place, "nothing says how containment is taken back",
        fix: "add a section Rollback")
    }
  }

  private mutating func checkPeople(_ file: RunbookFile) {
    if file.runbook.owner?.team == nil, file.runbook.owner?.primary == nil {
      add(.noOwner, file, file.places["owner"], "nobody keeps it", fix: "add owner: with a team")
    }
    for level in file.runbook.card.escalation where level.channel == nil {
      guard !level.to.hasPrefix("@"), !level.to.hasPrefix("#"), !level.to.contains("@"),
        !level.to.contains("://")
      else { continue }
      add(
        .noContact, file, file.place(of: level.to, key: "escalation"),
        "'\(level.to)' is called, but nothing says how", fix: "add channel:")
    }
    if let section = file.runbook.text.section(.escalation), file.isOurs,
      file.runbook.card.escalation.isEmpty, file.runbook.owner?.channel == nil
    {
      add(
        .noContact, file, RunbookFile.Place(line: section.line, column: 1),
        "nothing says who is called, after how long and how",
        fix: "add escalation: with after, to and channel")
    }
  }

  private mutating func checkReview(_ file: RunbookFile) {
    guard let reviewed = file.runbook.reviewed else {
      add(
        .notReviewed, file, file.places["reviewed"], "nothing says when it was reviewed last",
        fix: "add reviewed: with a date")
      return
    }
    let days = today - reviewed
    if days > RunbookLint.reviewEvery {
      add(
        .notReviewed, file, file.places["reviewed"],
        "was reviewed \(days) days ago, more than \(RunbookLint.reviewEvery)",
        fix: "read it again, mend it, and give the date of today")
    }
  }

  private mutating func checkOrder(_ file: RunbookFile) {
    var highest = -1
    var before = ""
    for section in file.runbook.text.sections {
      guard let kind = section.kind else { continue }
      if kind.place < highest {
        add(
          .order, file, RunbookFile.Place(line: section.line, column: 1),
          "\(section.title) stands after \(before)", fix: "put it before")
      } else {
        highest = kind.place
        before = section.title
      }
    }
  }

  // MARK: Each other

  private mutating func checkTogether() {
    var byName: [String: RunbookFile] = [:]
    var byMatch: [Condition: [RunbookFile]] = [:]
    for file in files {
      let card = file.runbook.card
      if let other = byName[card.id.lowercased()] {
        add(
          .sameName, file, file.places["id"],
          "the runbook '\(card.id)' is there twice; it is also \(other.path)",
          fix: "give one of them another id")
      } else {
        byName[card.id.lowercased()] = file
      }
      guard let match = card.match else { continue }
      if let other = byMatch[match]?.first(where: { mayMeet($0, file) }) {
        add(
          .sameMatch, file, file.places["match"],
          "matches the same as \(other.runbook.card.id) (\(other.path))",
          fix: "say what tells them apart, or make one of them")
      }
      byMatch[match, default: []].append(file)
    }
  }

  /// Whether one service could have both.
  private func mayMeet(_ a: RunbookFile, _ b: RunbookFile) -> Bool {
    guard fleet != nil else { return a.runbook.card.scope == b.runbook.card.scope }
    let others = Set(services(of: b).map(\.name))
    return services(of: a).contains { others.contains($0.name) }
  }
}
