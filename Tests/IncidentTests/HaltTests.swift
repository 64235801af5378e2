import Conditions
import Containment
import Fleet
import Incident
import Testing

/// What is not sent is not sent any more; what was sent can be looked up and taken back.
@Suite("The emergency stop")
struct HaltTests {
  private static func shop() -> Shop { Shop(Shop.fleet(Shop.availability)) }

  private static func stop(
    _ shop: inout Shop, by: String = "bo", _ reason: String = "wrong cluster"
  ) {
    shop.apply(.halt(HaltMove(by: by, step: .stop(reason: reason))))
  }

  @Test("what waits is cancelled, what is new is refused, and lifting lets it go on")
  func stops() throws {
    var shop = Self.shop()
    let action = try PolicyShop.action()
    let first = PolicyShop.plan("1", action)
    var asked = PolicyShop.plan("2", try PolicyShop.action(.drain))
    asked.policy.approvals = 1
    #expect(PolicyShop.enter(&shop, first) == nil)
    #expect(PolicyShop.enter(&shop, asked) == nil)
    #expect(PolicyShop.move(&shop, "1", .confirm(hash: first.hash)) == nil)
    Self.stop(&shop)
    #expect(shop.present.halt?.by == "bo" && shop.present.halt?.at == shop.present.now)
    for id in ["1", "2"] {
      let run = try #require(shop.present.actionRun(id))
      #expect(run.state == .cancelled)
      #expect(run.reason == "bo stopped everything: wrong cluster")
    }
    #expect(PolicyShop.move(&shop, "1", .intend(hash: first.hash)) != nil)
    let refusal = PolicyShop.enter(&shop, PolicyShop.plan("3", action))
    #expect(refusal?.hasPrefix("everything is stopped by bo: wrong cluster") == true)
    // A second stop changes nothing of the first.
    Self.stop(&shop, by: "eve", "me too")
    #expect(shop.present.halt?.by == "bo")
    #expect(
      shop.present.refusal(of: HaltMove(by: "eve", step: .stop(reason: "")))
        == "everything is stopped by bo: wrong cluster already")
    shop.apply(.halt(HaltMove(by: "bo", step: .lift)))
    #expect(shop.present.halt == nil)
    #expect(shop.present.refusal(of: HaltMove(by: "bo", step: .lift)) == "nothing is stopped")
    #expect(PolicyShop.enter(&shop, PolicyShop.plan("3", action)) == nil)
  }

  @Test("of what is being sent the rest is not sent, and all of it can be taken back")
  func halfway() throws {
    var shop = Self.shop()
    let targets = ["http://a", "http://b"]
    let plan = PolicyShop.plan("1", try PolicyShop.action(), targets: targets)
    for step in [
      ActionMove.Step.plan(plan, hash: plan.hash), .confirm(hash: plan.hash),
      .intend(hash: plan.hash), .send(target: "http://a"),
      .answer(target: "http://a", .applied("HTTP 200")),
    ] { #expect(PolicyShop.move(&shop, "1", step) == nil) }
    Self.stop(&shop)
    #expect(PolicyShop.move(&shop, "1", .send(target: "http://b"))?.contains("stopped") == true)
    #expect(
      PolicyShop.move(&shop, "1", .answer(target: "http://b", .unsent("everything is stopped")))
        == nil)
    #expect(shop.present.actionRun("1")?.state == .failed)
    for step in [
      ActionMove.Step.intendRevert(hash: plan.hash), .sendRevert(target: "http://a"),
      .answerRevert(target: "http://a", .applied("HTTP 200")),
    ] { #expect(PolicyShop.move(&shop, "1", step) == nil) }
    #expect(shop.present.actionRun("1")?.state == .reverted)
  }

  @Test(
    "what waits between two steps does not go on, also once it is lifted, and can be taken back")
  func betweenSteps() throws {
    var shop = Self.shop()
    var plan = PolicyShop.plan("1", try PolicyShop.action(), targets: ["http://a", "http://b"])
    plan.steps[0].check = try .init([try Condition("error_ratio < 1%")], window: 60, patience: 1800)
    for step in [
      ActionMove.Step.plan(plan, hash: plan.hash), .confirm(hash: plan.hash),
      .intend(hash: plan.hash), .send(target: "http://a"),
      .answer(target: "http://a", .applied("HTTP 200")),
    ] { #expect(PolicyShop.move(&shop, "1", step) == nil) }
    #expect(shop.present.actionRun("1")?.checking == 0)
    Self.stop(&shop)
    #expect(shop.present.actionRun("1")?.state == .failed)
    shop.apply(.halt(HaltMove(by: "bo", step: .lift)))
    #expect(PolicyShop.move(&shop, "1", .send(target: "http://b")) != nil)
    #expect(PolicyShop.move(&shop, "1", .intendRevert(hash: plan.hash)) == nil)
  }

  @Test("it is on still after a restart, and in what is kept of a state")
  func survives() throws {
    var shop = Self.shop()
    Self.stop(&shop)
    let left = Unfinished(shop.present)
    #expect(!left.isEmpty)
    let fleet = shop.present.fleet
    shop.pass(60)
    shop.apply(.began)
    shop.apply(.fleet(fleet))
    #expect(shop.present.halt == nil)
    shop.apply(.resume(left))
    #expect(shop.present.halt == left.halt)
    let bytes = try shop.state.canonicalBytes()
    #expect(try State(canonicalBytes: bytes).present.halt == left.halt)
  }

  @Test("it is recorded as what somebody did")
  func audited() {
    #expect(Event.halt(HaltMove(by: "bo", step: .lift)).isAudited)
    #expect(
      Event.rule(RuleMove(rule: "a", service: "cart", by: "bo", step: .stop)).isAudited)
    #expect(!Event.rules([]).isAudited)
  }
}
