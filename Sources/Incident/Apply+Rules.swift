import Conditions
public import Containment
import Fleet

/// What is done without a person: announced, counted down, and stopped by anybody.
extension State {
  /// Rules of one fleet, each at each of its services.
  private static let ruleLimit = 200

  /// Takes other rules, keeping how far those have come that stay.
  mutating func adopt(_ rules: [Rule]) {
    let old = present.rules
    present.rules = rules
    var runs: [RuleRun] = []
    for rule in rules {
      for service in rule.services where runs.count < State.ruleLimit {
        guard !runs.contains(where: { $0.rule == rule.name && $0.service == service }) else {
          continue
        }
        var run =
          present.ruleRuns.first { $0.rule == rule.name && $0.service == service }
          ?? RuleRun(rule, service: service, at: present.now)
        run.follow(rule, was: old.first { $0.name == rule.name }, at: present.now)
        runs.append(run)
      }
    }
    present.ruleRuns = runs
  }

  /// What an earlier run left: a stop is one still, and what rules have done counts.
  mutating func take(halt: Halt?, rules runs: [RuleRun]) {
    if present.halt == nil { present.halt = halt }
    guard present.ruleRuns.isEmpty else { return }
    present.ruleRuns = Array(runs.prefix(State.ruleLimit))
    for place in present.ruleRuns.indices { present.ruleRuns[place].resume(at: present.now) }
  }

  /// A move that is not allowed changes nothing: who enters one has asked before.
  mutating func perform(_ move: RuleMove) {
    guard present.refusal(of: move) == nil,
      let place = present.ruleRuns.firstIndex(where: {
        $0.rule == move.rule && $0.service == move.service
      })
    else { return }
    present.ruleRuns[place].take(move, at: present.now)
    let who = move.by == ActionMove.itself ? "" : "\(move.by) "
    present.keep(Note(.warning, who + move.words), at: present.now)
  }

  /// Lets the time of every rule pass.
  mutating func advanceRules() {
    for place in present.ruleRuns.indices {
      guard let rule = present.rule(present.ruleRuns[place].rule) else { continue }
      let before = present.ruleRuns[place].state
      let run = advanced(place, rule)
      present.ruleRuns[place] = run
      if run.state != before { tell(run, rule, before) }
    }
  }

  /// The facts are gone before the state is written to: else all of it would be copied.
  private func advanced(_ place: Int, _ rule: Rule) -> RuleRun {
    var run = present.ruleRuns[place]
    run.advance(
      rule, FleetFacts.acting(present, service: run.service), isHeld: present.halt != nil,
      at: present.now)
    return run
  }

  private mutating func tell(_ run: RuleRun, _ rule: Rule, _ before: RuleRun.State) {
    let about = "the rule \(rule.name)"
    switch (before, run.state) {
    case (_, .counting):
      present.keep(
        Note(
          .warning,
          "\(about) will \(rule.action) on \(run.service) in \(Int(max(0, min(rule.countdown, 86_400)))) s, because "
            + "\(rule.condition.text); anybody can stop it"), at: present.now)
    case (.counting, .armed), (.due, .armed):
      present.keep(
        Note(.info, "\(about) does nothing on \(run.service): what it waits for holds no more"),
        at: present.now)
    case (.due, .resting):
      present.keep(
        Note(.warning, "\(about) did nothing on \(run.service): nothing here could act for it"),
        at: present.now)
    default: break
    }
  }
}

extension Present {
  public func rule(_ name: String) -> Rule? { rules.first { $0.name == name } }

  public func ruleRun(_ rule: String, on service: String) -> RuleRun? {
    ruleRuns.first { $0.rule == rule && $0.service == service }
  }

  /// Rules that are announced or about to act, with how many seconds are left, soonest first.
  public var countdowns: [(rule: Rule, run: RuleRun, seconds: Double)] {
    ruleRuns.compactMap { run in
      guard let rule = rule(run.rule) else { return nil }
      if run.state == .due { return (rule, run, 0) }
      return run.acts(rule).map { (rule, run, max(0, $0.seconds(since: now))) }
    }.sorted { $0.2 < $1.2 }
  }

  /// Why a move is not allowed as things stand; nil where it is.
  public func refusal(of move: RuleMove) -> String? {
    guard let rule = rule(move.rule), let run = ruleRun(move.rule, on: move.service) else {
      return "there is no rule \(move.rule) for \(move.service)"
    }
    if let refusal = run.refusal(of: move.step, rule, at: now) { return refusal }
    guard case .fire = move.step else { return nil }
    guard move.by == ActionMove.itself else { return "a rule acts by itself" }
    if let halt { return halt.words }
    guard let action = action(id: rule.action) else { return "there is no action \(rule.action)" }
    return Rule.objection(to: action, hasRollbacks: fleet.policy.hasRollbacksByRule)
  }
}
