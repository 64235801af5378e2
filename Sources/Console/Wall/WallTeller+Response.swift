import Canvas
import Conditions
import Containment
import Fleet
import Incident
import Presence
import Runbooks

import enum Canvas.Role

/// What is done about it, by whom, and what the clock says.
extension WallTeller {
  // MARK: Clocks

  /// Who is called next and when, what has to be decided by then, which rule is about to act, how long the incident
  /// has been open.
  var clocks: Told {
    var counting: [(left: Double, fact: WallFact)] = []
    var facts: [WallFact] = []
    for (rule, run, left) in present.countdowns {
      let name = "\(veil.name(rule.name, or: "a rule")) on \(veil.service(run.service))"
      var fact = WallFact("rule/\(rule.name)/\(run.service)", name, "◷", .warning)
      fact.figure = .init(seconds: left.rounded(.up), "until the rule acts")
      fact.words = "does \(veil.name(rule.action, or: "an action")) without a person"
      counting.append((left, fact))
    }
    if let incident = present.openIncident {
      let box = incident.severity?.box
      for card in followed { counting += escalation(card, incident) }
      for deadline in deadlines(incident, usual: box) { counting.append(deadline) }
      facts.append(open(incident))
    }
    counting.sort { $0.left == $1.left ? $0.fact.id < $1.fact.id : $0.left < $1.left }
    return Told(counting.map(\.fact) + facts) { $0 }
  }

  /// What is followed now, and what fits the worst services best: each once.
  private var followed: [RunbookCard] {
    var cards: [RunbookCard] = []
    func add(_ hash: [UInt8]) {
      guard let card = present.runbooks.first(where: { $0.hash == hash }),
        !card.escalation.isEmpty, !cards.contains(where: { $0.hash == hash })
      else { return }
      cards.append(card)
    }
    for work in present.works where work.closed == nil { add(work.runbook.hash) }
    // What matches is asked of the worst alone: it costs a walk over all runbooks of a service.
    if cards.isEmpty, !present.runbooks.isEmpty, let worst = worst {
      if let match = present.runbookMatches(of: worst).first { add(match.hash) }
    }
    return Array(cards.prefix(WallPages.most))
  }

  private var worst: String? {
    var found: (urgency: Urgency, index: Int)?
    for index in present.services.indices {
      let urgency = present.urgency(ofServiceAt: index)
      guard urgency.trouble > 0 else { continue }
      if let best = found, !(best.urgency < urgency) { continue }
      found = (urgency, index)
    }
    return found.map { present.services[$0.index].definition.name }
  }

  private func escalation(
    _ card: RunbookCard, _ incident: IncidentRecord
  ) -> [(left: Double, fact: WallFact)] {
    let clock = EscalationClock(card.escalation, from: incident.opened, at: now)
    let book = veil.name(card.id, or: "runbook")
    func whom(_ level: EscalationLevel) -> String {
      veil.namesPeople ? EscalationClock.name(level) : veil.person(level.to)
    }
    if let next = clock.next {
      var fact = WallFact(
        "escalation/\(card.id)", "to \(whom(next.level))", next.left < 120 ? "▲" : "◷",
        next.left < 120 ? .bad : .warning)
      fact.figure = .init(seconds: next.left, "to ESCALATE")
      fact.status = clock.due.first.map { "\(whom($0)) is due" } ?? ""
      fact.words = book
      return [(next.left, fact)]
    }
    guard let last = clock.due.first else { return [] }
    let late = now.seconds(since: incident.opened) - last.after
    var fact = WallFact("escalation/\(card.id)", "to \(whom(last))", "▲", .bad)
    fact.figure = .init(seconds: late, "ESCALATION DUE")
    fact.words = book
    return [(-late, fact)]
  }

  /// Until when something has to be decided, of each work that is on.
  private func deadlines(
    _ incident: IncidentRecord, usual: Double?
  ) -> [(left: Double, fact: WallFact)] {
    var found: [(left: Double, fact: WallFact)] = []
    func add(_ box: TriageBox, _ start: Instant, _ id: String, _ whose: String) {
      let left = box.within - now.seconds(since: start)
      var fact = WallFact(
        "box/\(id)", veil.said(box.decide) ?? "decide", left < 120 ? "▲" : "◷",
        left < 120 ? .bad : .warning)
      fact.figure =
        left < 0
        ? .init(seconds: -left, "LATE to decide") : .init(seconds: left, "to decide")
      fact.words = whose
      found.append((left, fact))
    }
    let works = present.works.filter { $0.closed == nil && $0.verified == nil }
    for work in works where !work.isDecided {
      let card = present.runbooks.first { $0.hash == work.runbook.hash }
      guard
        let box = card?.triage
          ?? usual.map({ TriageBox(within: $0, decide: "contain or roll back") })
      else { continue }
      add(
        box, work.cameBack ?? incident.opened, "\(work.service)/\(work.runbook.id)",
        veil.service(work.service))
    }
    if works.isEmpty, let usual {
      add(TriageBox(within: usual, decide: "contain or roll back"), incident.opened, "incident", "")
    }
    return found
  }

  private func open(_ incident: IncidentRecord) -> WallFact {
    let severity = incident.severity.map { " \($0.rawValue.uppercased())" } ?? ""
    var fact = WallFact("incident", "INCIDENT\(severity)", "✖", .bad)
    let age = max(0, now.seconds(since: incident.opened))
    fact.figure = .init(seconds: age, "open")
    let lead = incident.commander.map { "\(veil.person($0)) leads" } ?? "nobody leads"
    fact.status = "\(incident.phase.rawValue), \(lead)"
    fact.words = veil.said(incident.because) ?? ""
    return fact
  }

  // MARK: Actions

  /// What is under way, waits for somebody, or did not come to a good end: what nobody knows first.
  var actions: Told {
    let unsettled = Set(present.unsettledActions.map(\.plan.id))
    var found: [(rank: Int, run: ActionRun)] = []
    for run in present.actionRuns {
      if unsettled.contains(run.plan.id) {
        found.append((0, run))
      } else if run.state == .awaitingApproval {
        found.append((1, run))
      } else if !run.state.isEnded {
        found.append((run.state.isBeforeSending ? 3 : 2, run))
      }
    }
    // Of those alike the newest.
    let sorted = found.enumerated().sorted {
      $0.element.rank == $1.element.rank
        ? $0.offset > $1.offset : $0.element.rank < $1.element.rank
    }
    var told = Told(sorted.map(\.element.run)) { action($0) }
    told.facts += present.works.filter { $0.closed == nil }.suffix(WallPages.most).reversed().map(
      work)
    return told
  }

  /// Who follows which runbook.
  private func work(_ work: RunbookWork) -> WallFact {
    let verified = work.verified
    var fact = WallFact(
      "work/\(work.service)/\(work.runbook.id)/\(work.began.offset)",
      "\(veil.person(work.by)) on \(veil.service(work.service))", verified == nil ? "▸" : "✔",
      verified == nil ? .info : .good)
    let age = Quantity.duration(max(0, now.seconds(since: verified ?? work.began)))
    fact.status = verified == nil ? "at it \(age)" : "verified \(age) ago"
    let done = work.marks.count { $0.mark.outcome == .done }
    fact.words = veil.name(work.runbook.id, or: "runbook")
    if done > 0 { fact.words += ", \(done) \(done == 1 ? "step" : "steps") done" }
    return fact
  }

  private func action(_ run: ActionRun) -> WallFact {
    let plan = run.plan
    let places = plan.services.prefix(2).map { veil.service($0) }
    let more = plan.services.count > 2 ? " and \(plan.services.count - 2) more" : ""
    let what = veil.name(ActionWords.name(plan), or: plan.kind.rawValue)
    let mark = ActionWords.mark(run.state, console.glyphs)
    var fact = WallFact(
      "action/\(plan.id)", "\(what) on \(places.joined(separator: ", "))\(more)", mark.text,
      mark.style.role)
    fact.figure = figure(of: run)
    fact.status = status(of: run)
    var who: [String] = [veil.person(plan.by)]
    if let confirmed = run.confirmedBy, confirmed != plan.by { who.append(veil.person(confirmed)) }
    var words = "by \(who.joined(separator: ", "))"
    let agreed = run.approvals.map { veil.person($0.by) }
    if !agreed.isEmpty { words += ", approved by \(agreed.joined(separator: ", "))" }
    fact.words = words
    return fact
  }

  /// Without the names of those who approved, which `words` tells as far as they may be read.
  private func status(of run: ActionRun) -> String {
    guard run.state == .awaitingApproval else { return ActionWords.brief(run, at: now) }
    let missing = ActionWords.missing(run, at: now)
    let given = run.standing(at: now).count
    return "waits for \(missing) more, \(given) of \(run.plan.policy.approvals)"
  }

  private func figure(of run: ActionRun) -> WallFact.Figure? {
    switch run.state {
    case .awaitingApproval:
      let missing = ActionWords.missing(run, at: now)
      return .init("\(missing)", missing == 1 ? "APPROVAL missing" : "APPROVALS missing")
    case .verifying:
      guard let held = run.proof.held, held.seconds > 0 else {
        let patience = (run.plan.proof?.patience ?? 0) - now.seconds(since: run.since)
        return .init(seconds: patience, "left, and it does not hold yet")
      }
      return .init(seconds: (held.of - held.seconds).rounded(.up), "until VERIFIED")
    case .watching:
      guard let held = run.watch?.whole.held, held.seconds > 0 else { return nil }
      return .init(seconds: (held.of - held.seconds).rounded(.up), "until RECOVERED")
    case .unknown, .regressed, .relapsed, .inconclusive, .revertFailed:
      return .init(seconds: max(0, now.seconds(since: run.since)), run.state.rawValue.uppercased())
    default: return nil
    }
  }

  // MARK: People

  /// Who leads, whose hand is up, and who is here; nil where nobody else can be.
  var company: WallFact? {
    guard let here = console.attendance else { return nil }
    let people = here.attendees.filter { !$0.isWall }
    let hands = here.hands.map { veil.person($0.name) }
    var fact = WallFact("company", "WHO IS HERE", hands.isEmpty ? "·" : "▲", .text)
    if !hands.isEmpty {
      fact.role = .warning
      fact.status = "\(hands.prefix(2).joined(separator: ", ")) asks to be heard"
    }
    var names: [String] = []
    for person in people {
      let name = veil.person(person.name)
      if !names.contains(name) { names.append(name) }
      if names.count > 8 { break }
    }
    let others = Set(people.map(\.name)).count + here.more - names.count
    fact.words =
      names.isEmpty
      ? "nobody" : names.joined(separator: ", ") + (others > 0 ? " and \(others) more" : "")
    return fact
  }
}
