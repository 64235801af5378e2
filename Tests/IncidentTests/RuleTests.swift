import Conditions
import Containment
import Fleet
import Incident
import Testing

/// What is done without a person: announced, counted, stopped by anybody, and never on what is not known.
@Suite("Rules")
struct RuleTests {
  private static func rule() throws -> Rule {
    var rule = Rule(
      name: "cap-slow", action: "cap", services: ["cart"],
      when: try Condition("error_ratio > 5%"))
    rule.countdown = 20
    rule.most = 2
    return rule
  }

  private static func action() throws -> Action {
    var action = try PolicyShop.action()
    action.mode = .automatable
    action.risk = .low
    return action
  }

  private static func shop(_ rule: Rule) throws -> Shop {
    var shop = Shop(Shop.fleet(Shop.availability))
    shop.apply(.actions([try action()]))
    shop.apply(.rules([rule]))
    return shop
  }

  private static func run(_ shop: Shop) throws -> RuleRun {
    try #require(shop.present.ruleRun("cap-slow", on: "cart"))
  }

  /// Seconds in which every second request fails, or none.
  private static func pass(_ shop: inout Shop, _ seconds: Int, bad: Bool) {
    for _ in 0..<seconds {
      shop.pass(1)
      shop.scrape(ok: 50, bad: bad ? 50 : 0)
    }
  }

  /// Waits, second by second, until it is so.
  private static func reach(
    _ shop: inout Shop, _ state: RuleRun.State, bad: Bool, within seconds: Int = 200
  ) throws {
    for _ in 0..<seconds where try run(shop).state != state { pass(&shop, 1, bad: bad) }
    #expect(try run(shop).state == state)
  }

  private static func move(
    _ shop: inout Shop, _ step: RuleMove.Step, by: String = ActionMove.itself
  ) -> String? {
    let move = RuleMove(rule: "cap-slow", service: "cart", by: by, step: step)
    if let refusal = shop.present.refusal(of: move) { return refusal }
    shop.apply(.rule(move))
    return nil
  }

  @Test("it is announced for as long as it says, and then it is due")
  func countsDown() throws {
    var shop = try Self.shop(try Self.rule())
    Self.pass(&shop, 30, bad: false)
    #expect(try Self.run(shop).state == .armed && shop.present.countdowns.isEmpty)
    try Self.reach(&shop, .counting, bad: true)
    let began = try Self.run(shop).since
    #expect(shop.present.countdowns.first?.seconds == 20)
    #expect(
      shop.present.notes.last?.note.text
        == "the rule cap-slow will cap on cart in 20 s, because error_ratio > 5%; anybody can stop it"
    )
    #expect(Self.move(&shop, .fire(run: "r")) == "it is not due: it is counting")
    try Self.reach(&shop, .due, bad: true)
    #expect(try Self.run(shop).since.seconds(since: began) == 20)
    #expect(Self.move(&shop, .fire(run: "r"), by: "eve") == "a rule acts by itself")
    #expect(Self.move(&shop, .fire(run: "r")) == nil)
    #expect(try Self.run(shop).state == .resting)
    #expect(Self.move(&shop, .fire(run: "s")) == "it is not due: it is resting")
  }

  @Test("anybody stops it, and it rests until its condition was false")
  func stopped() throws {
    var shop = try Self.shop(try Self.rule())
    Self.pass(&shop, 10, bad: false)
    #expect(Self.move(&shop, .stop, by: "eve") == "there is nothing to stop: it is armed")
    try Self.reach(&shop, .counting, bad: true)
    #expect(Self.move(&shop, .stop, by: "eve") == nil)
    #expect(try Self.run(shop).state == .resting && Self.run(shop).stoppedBy == "eve")
    Self.pass(&shop, 300, bad: true)
    #expect(try Self.run(shop).state == .resting)
    try Self.reach(&shop, .armed, bad: false)
    try Self.reach(&shop, .counting, bad: true)
    #expect(try Self.run(shop).stoppedBy == nil)
  }

  @Test("after ten minutes it looks again, though its condition holds still")
  func looksAgain() throws {
    var shop = try Self.shop(try Self.rule())
    Self.pass(&shop, 10, bad: false)
    try Self.reach(&shop, .counting, bad: true)
    #expect(Self.move(&shop, .stop, by: "eve") == nil)
    let rested = try Self.run(shop).since
    try Self.reach(&shop, .counting, bad: true, within: 620)
    #expect(try Self.run(shop).since.seconds(since: rested) >= 600)
  }

  @Test("where nothing is known any more the countdown ends")
  func stale() throws {
    var shop = try Self.shop(try Self.rule())
    Self.pass(&shop, 10, bad: false)
    try Self.reach(&shop, .counting, bad: true)
    PolicyShop.wait(&shop, 60)
    #expect(try Self.run(shop).state == .armed)
    #expect(Self.move(&shop, .fire(run: "r")) != nil)
  }

  @Test("it acts no more often than it may, over a restart too")
  func limited() throws {
    var shop = try Self.shop(try Self.rule())
    Self.pass(&shop, 10, bad: false)
    for number in 0..<2 {
      try Self.reach(&shop, .due, bad: true)
      #expect(Self.move(&shop, .fire(run: "\(number)")) == nil)
      try Self.reach(&shop, .armed, bad: false)
    }
    Self.pass(&shop, 60, bad: true)
    #expect(try Self.run(shop).state == .armed)
    #expect(try Self.run(shop).fired.count == 2)

    let left = Unfinished(shop.present)
    let fleet = shop.present.fleet
    shop.pass(5)
    shop.apply(.began)
    shop.apply(.fleet(fleet))
    shop.apply(.resume(left))
    shop.apply(.actions([try Self.action()]))
    shop.apply(.rules([try Self.rule()]))
    shop.renumber(shop.target())
    Self.pass(&shop, 60, bad: true)
    #expect(try Self.run(shop).fired.count == 2)
    #expect(try Self.run(shop).state == .armed)
    // An hour after the first it may again.
    for _ in 0..<720 {
      shop.pass(5)
      shop.scrape(ok: 50, bad: 50)
    }
    #expect(try Self.run(shop).state != .armed)
    let bytes = try shop.state.canonicalBytes()
    #expect(try State(canonicalBytes: bytes).present.ruleRuns == shop.present.ruleRuns)
  }

  @Test("an emergency stop ends its countdown, and hours that are not its own never begin one")
  func held() throws {
    var shop = try Self.shop(try Self.rule())
    Self.pass(&shop, 10, bad: false)
    try Self.reach(&shop, .due, bad: true)
    shop.apply(.halt(HaltMove(by: "bo", step: .stop(reason: ""))))
    #expect(Self.move(&shop, .fire(run: "r")) == "everything is stopped by bo")
    Self.pass(&shop, 60, bad: true)
    #expect(try Self.run(shop).state == .armed)

    var rule = try Self.rule()
    // The shop begins on a Wednesday, 2026-11-18, at 11:07 UTC.
    rule.schedule.hours = .init(from: 0, until: 600)
    var closed = try Self.shop(rule)
    Self.pass(&closed, 60, bad: true)
    #expect(try Self.run(closed).state == .armed)
  }

  @Test("what nobody carries out rests again")
  func forgotten() throws {
    var shop = try Self.shop(try Self.rule())
    Self.pass(&shop, 10, bad: false)
    try Self.reach(&shop, .due, bad: true)
    try Self.reach(&shop, .resting, bad: true)
    #expect(try Self.run(shop).fired.isEmpty)
  }

  @Test("it triggers what is automatable and of low risk, and rollbacks where the policy says so")
  func objections() throws {
    var action = try Self.action()
    #expect(Rule.objection(to: action, hasRollbacks: false) == nil)
    action.policy.approvals = 1
    #expect(Rule.objection(to: action, hasRollbacks: false) == "cap needs people who approve it")
    action.policy.approvals = 0
    action.mode = .judgement
    #expect(Rule.objection(to: action, hasRollbacks: true) == "cap is for people to decide")
    action.mode = .automatable
    action.risk = .medium
    #expect(Rule.objection(to: action, hasRollbacks: true) != nil)
    action.kind = .rollBack
    #expect(Rule.objection(to: action, hasRollbacks: false) != nil)
    #expect(Rule.objection(to: action, hasRollbacks: true) == nil)
    var plan = PolicyShop.plan("1", action)
    #expect(Rule.objection(to: plan) == nil)
    plan.steps[0].captured = nil
    #expect(Rule.objection(to: plan) == "it is not known how cap would be taken back")

    // The action may have become another one since it was announced.
    var shop = try Self.shop(try Self.rule())
    Self.pass(&shop, 10, bad: false)
    try Self.reach(&shop, .due, bad: true)
    shop.apply(.actions([action]))
    #expect(Self.move(&shop, .fire(run: "r")) != nil)
  }
}
