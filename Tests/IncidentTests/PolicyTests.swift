import Conditions
import Containment
import Fleet
import Incident
import Testing

/// When something is triggered at all: as the fleet file says, whoever asks.
@Suite("Freezes, budget gates and what fell due")
struct PolicyTests {
  /// The state's wall begins within it.
  private static let freeze = ActionFreeze(
    .init(from: 1_794_900_000, until: 1_795_001_000, reason: "the sale"), services: ["cart"],
    kinds: ["throttle"], breakers: People(role: .commander))

  private static func shop(_ policy: ContainmentPolicy) -> Shop {
    var fleet = Shop.fleet(Shop.availability)
    fleet.policy = policy
    return Shop(fleet)
  }

  @Test("nothing is triggered in a freeze but what breaks it and says so")
  func frozen() throws {
    var shop = Self.shop(ContainmentPolicy(freezes: [Self.freeze]))
    let action = try PolicyShop.action()
    let words = Self.freeze.words
    #expect(words.hasPrefix("frozen until 2026-11-18 ") && words.hasSuffix(", the sale"))
    #expect(PolicyShop.enter(&shop, PolicyShop.plan("1", action)) == "cap on cart is \(words)")
    // Another kind is none of its business.
    #expect(PolicyShop.enter(&shop, PolicyShop.plan("2", try PolicyShop.action(.drain))) == nil)
    var breaking = PolicyShop.plan("3", action)
    breaking.reason = "checkout is down"
    breaking.breaks = [words]
    #expect(PolicyShop.enter(&shop, breaking) == nil)
    #expect(PolicyShop.move(&shop, "3", .confirm(hash: breaking.hash)) == nil)
    #expect(shop.present.actionRun("3")?.plan.breaks == [words])
    // It is part of what is agreed to.
    var other = breaking
    other.breaks = []
    #expect(other.hash != breaking.hash)
    PolicyShop.wait(&shop, 1200)
    #expect(shop.present.freezes(on: "cart", kind: "throttle") == [])
    #expect(PolicyShop.enter(&shop, PolicyShop.plan("4", action)) == nil)
  }

  @Test("a freeze that begins after it was planned holds it too, and never what takes it back")
  func freezesLater() throws {
    var shop = Self.shop(ContainmentPolicy())
    let plan = PolicyShop.plan("1", try PolicyShop.action())
    let second = PolicyShop.plan("2", try PolicyShop.action(.throttle))
    for step in [
      ActionMove.Step.plan(plan, hash: plan.hash), .confirm(hash: plan.hash),
      .intend(hash: plan.hash), .send(target: PolicyShop.target),
      .answer(target: PolicyShop.target, .applied("HTTP 200")),
    ] { #expect(PolicyShop.move(&shop, "1", step) == nil) }
    #expect(PolicyShop.enter(&shop, second) == nil)
    var fleet = shop.present.fleet
    fleet.policy.freezes = [Self.freeze]
    shop.apply(.fleet(fleet))
    #expect(PolicyShop.move(&shop, "2", .confirm(hash: second.hash))?.contains("frozen") == true)
    #expect(PolicyShop.move(&shop, "1", .intendRevert(hash: plan.hash)) == nil)
    #expect(PolicyShop.move(&shop, "1", .sendRevert(target: PolicyShop.target)) == nil)
  }

  @Test("what exposes more waits for the budget; what is not known is not enough")
  func gated() throws {
    let gate = BudgetGate(kinds: ["shift-traffic", "toggle-flag"], share: 1)
    var shop = Self.shop(ContainmentPolicy(gates: [gate]))
    let shift = try PolicyShop.action(.shiftTraffic, name: "shift")
    let more = PolicyShop.plan("1", shift, from: .integer(10), to: .integer(50))
    #expect(
      PolicyShop.enter(&shop, more)
        == "nobody knows how much error budget cart has left; shift needs 100 %")
    for _ in 0..<20 {
      shop.pass(5)
      shop.scrape(ok: 50, bad: 50)
    }
    #expect(try #require(shop.present.services[0].tightestBudget).left < 1)
    let refusal = try #require(PolicyShop.enter(&shop, more))
    #expect(refusal.hasPrefix("cart has ") && refusal.hasSuffix("; shift needs 100 %"))
    // Less of it is how damage is contained.
    #expect(
      PolicyShop.enter(
        &shop, PolicyShop.plan("2", shift, from: .integer(50), to: .integer(0))) == nil)
    let flag = try PolicyShop.action(.toggleFlag, name: "flag")
    #expect(
      PolicyShop.enter(
        &shop, PolicyShop.plan("3", flag, from: .flag(false), to: .flag(true)))?.hasSuffix(
          "flag needs 100 %") == true)
    #expect(
      PolicyShop.enter(
        &shop, PolicyShop.plan("4", flag, from: .flag(true), to: .flag(false))) == nil)
    // Of another kind.
    #expect(PolicyShop.enter(&shop, PolicyShop.plan("5", try PolicyShop.action())) == nil)
  }

  @Test("a gate that names an action is for it, whatever its kind")
  func gatedByName() throws {
    let gate = BudgetGate(kinds: [], actions: ["cap"], share: 0.5)
    var shop = Self.shop(ContainmentPolicy(gates: [gate]))
    #expect(PolicyShop.enter(&shop, PolicyShop.plan("1", try PolicyShop.action())) != nil)
    let other = try PolicyShop.action(name: "other")
    #expect(PolicyShop.enter(&shop, PolicyShop.plan("2", other)) == nil)
  }

  @Test("what fell due while nothing ran is overdue; what expires later is live")
  func due() throws {
    var shop = Self.shop(ContainmentPolicy())
    var action = try PolicyShop.action()
    action.expiry = 60
    var long = try PolicyShop.action(.drain, name: "drain")
    long.expiry = 600
    for (id, action) in [("1", action), ("2", long)] {
      let plan = PolicyShop.plan(id, action)
      for step in [
        ActionMove.Step.plan(plan, hash: plan.hash), .confirm(hash: plan.hash),
        .intend(hash: plan.hash), .send(target: PolicyShop.target),
        .answer(target: PolicyShop.target, .applied("HTTP 200")),
      ] { #expect(PolicyShop.move(&shop, id, step) == nil) }
    }
    #expect(shop.present.liveExpiries.map(\.plan.id) == ["1", "2"])
    #expect(shop.present.overdue == [])
    // While it runs it is not overdue, however late it is: it is being taken back.
    PolicyShop.wait(&shop, 61)
    #expect(shop.present.overdue == [])
    let left = Unfinished(shop.present)
    let fleet = shop.present.fleet
    shop.pass(30)
    shop.apply(.began)
    shop.apply(.fleet(fleet))
    shop.apply(.resume(left))
    #expect(shop.present.overdue.map(\.plan.id) == ["1"])
    #expect(shop.present.liveExpiries.map(\.plan.id) == ["2"])
    #expect(shop.present.actionRun("1")?.isInForce == true)
  }

  @Test("a plan is another one where anything that was agreed to is otherwise")
  func bound() throws {
    let action = try PolicyShop.action()
    let plan = PolicyShop.plan("1", action)
    let changes: [(String, (inout ActionPlan) throws -> Void)] = [
      ("targets", { $0.steps[0].target = "http://elsewhere" }),
      ("order of targets", { $0.steps.append($0.steps[0]) }),
      ("parameters", { $0.arguments = [.init(name: "limit", value: .integer(1))] }),
      ("what was so before", { $0.steps[0].captured = .integer(65) }),
      (
        "what is sent",
        { $0.steps[0].order = .http(PlannedRequest(method: "PUT", url: "http://x")) }
      ),
      (
        "the runbook's words",
        { $0.origin = .init(runbook: "slow", hash: [1, 2], step: "containment.1") }
      ),
      (
        "truth of a precondition",
        { $0.preconditions = [.init(condition: try Condition("rate > 1"), truth: .yes)] }
      ),
      ("who asks", { $0.by = "eve" }), ("who has to agree", { $0.policy.approvals = 1 }),
      ("what it breaks", { $0.breaks = ["frozen"] }),
    ]
    var hashes: Set<String> = [plan.hash]
    for (what, change) in changes {
      var other = plan
      try change(&other)
      #expect(hashes.insert(other.hash).inserted, "\(what)")
    }
    // The same condition with another answer, and the same runbook with other words.
    var (held, not) = (plan, plan)
    held.preconditions = [.init(condition: try Condition("rate > 1"), truth: .yes)]
    not.preconditions = [.init(condition: try Condition("rate > 1"), truth: .unknown)]
    #expect(held.hash != not.hash)
    held.origin = .init(runbook: "slow", hash: [1, 2], step: "containment.1")
    not = held
    not.origin?.hash = [1, 3]
    #expect(held.hash != not.hash)
  }
}
