import Conditions
import Containment
import Fleet
import Incident
import Runbooks
import Testing

/// Actions in the state: made of entries like all the rest.
@Suite("What is triggered, and what comes of it")
struct ActionLifeTests {
  private static func action() throws -> Action {
    var action = Action(
      name: "throttle", kind: .throttle,
      order: .http(HTTPOrder(method: "POST", url: try Template("{instance}/admin/throttle"))))
    action.preconditions = [try Condition("error_ratio > 5%")]
    action.proof = try .init([try Condition("error_ratio < 1%")], window: 20, patience: 300)
    return action
  }

  private static func plan(_ id: String, _ present: Present) throws -> ActionPlan {
    let action = try action()
    var plan = ActionPlan(
      id: id, of: action, service: "cart",
      steps: [
        .init(
          target: "http://127.0.0.1:9000/cart", service: "cart", kind: .throttle,
          order: .http(
            PlannedRequest(method: "POST", url: "http://127.0.0.1:9000/cart/admin/throttle")))
      ], by: "ana")
    plan.preconditions = present.preconditions(of: action, on: "cart")
    return plan
  }

  private static func shop() throws -> Shop {
    var shop = Shop(Shop.fleet(Shop.availability))
    shop.apply(.actions([try action()]))
    for _ in 0..<20 {
      shop.pass(5)
      shop.scrape(ok: 50, bad: 50)
    }
    return shop
  }

  private static func move(_ shop: inout Shop, _ id: String, _ step: ActionMove.Step) -> String? {
    let move = ActionMove(run: id, by: "ana", step: step)
    if let refusal = shop.present.refusal(of: move) { return refusal }
    shop.apply(.action(move))
    return nil
  }

  private static func began(_ shop: inout Shop, _ id: String) throws -> ActionPlan {
    let plan = try plan(id, shop.present)
    #expect(move(&shop, id, .plan(plan, hash: plan.hash)) == nil)
    return plan
  }

  @Test("it is proved by what is measured, and by nothing else")
  func verified() throws {
    var shop = try Self.shop()
    let plan = try Self.began(&shop, "1")
    #expect(plan.preconditions.map(\.truth) == [.yes])
    #expect(Self.move(&shop, "1", .confirm(hash: plan.hash)) == nil)
    #expect(Self.move(&shop, "1", .intend(hash: plan.hash)) == nil)
    let target = plan.steps[0].target
    #expect(Self.move(&shop, "1", .send(target: target)) == nil)
    #expect(Self.move(&shop, "1", .answer(target: target, .applied("HTTP 200"))) == nil)
    #expect(shop.present.actionRun("1")?.state == .verifying)
    for _ in 0..<3 {
      shop.pass(5)
      shop.scrape(ok: 50, bad: 50)
    }
    #expect(shop.present.actionRun("1")?.state == .verifying)
    for _ in 0..<24 {
      shop.pass(5)
      shop.scrape(ok: 100)
    }
    #expect(shop.present.actionRun("1")?.state == .verified)
    #expect(shop.present.notes.contains { $0.note.text.contains("throttle on cart is verified") })
  }

  @Test("a service that falls silent proves nothing")
  func silent() throws {
    var shop = try Self.shop()
    let plan = try Self.began(&shop, "1")
    for step in [
      ActionMove.Step.confirm(hash: plan.hash), .intend(hash: plan.hash),
      .answer(target: plan.steps[0].target, .applied("HTTP 200")),
    ] { #expect(Self.move(&shop, "1", step) == nil) }
    for _ in 0..<400 {
      shop.pass(1)
      shop.apply(.tick)
    }
    #expect(shop.present.actionRun("1")?.state == .inconclusive)
  }

  @Test("preconditions are asked again, and one action of a kind goes on at a time")
  func refused() throws {
    var shop = try Self.shop()
    let first = try Self.began(&shop, "1")
    let second = try Self.began(&shop, "2")
    #expect(Self.move(&shop, "1", .confirm(hash: first.hash)) == nil)
    #expect(Self.move(&shop, "2", .confirm(hash: second.hash))?.contains("one at a time") == true)
    for _ in 0..<24 {
      shop.pass(5)
      shop.scrape(ok: 100)
    }
    #expect(
      Self.move(&shop, "1", .intend(hash: first.hash)) == "error_ratio > 5% does not hold")
    for _ in 0..<60 {
      shop.pass(1)
      shop.apply(.tick)
    }
    #expect(
      Self.move(&shop, "1", .intend(hash: first.hash)) == "nobody knows whether error_ratio > 5%")
    var forged = try Self.plan("3", shop.present)
    forged.service = "other"
    let hash = try Self.plan("3", shop.present).hash
    #expect(Self.move(&shop, "3", .plan(forged, hash: hash)) != nil)
    #expect(shop.present.actionRun("3") == nil)
  }

  @Test("what was under way when Damcon ended goes on: what was being sent is unknown")
  func resumed() throws {
    var shop = try Self.shop()
    var card = RunbookCard(id: "errors", title: "errors", hash: [UInt8](repeating: 1, count: 32))
    card.match = try Condition("error_ratio > 5%")
    shop.apply(.runbooks([card]))
    shop.apply(.incident(.declare(by: "ana", title: "errors")))
    shop.apply(
      .runbook(
        RunbookAct(
          by: "ana", service: "cart", runbook: .init(card),
          deed: .mark(StepMark(step: "containment.1", title: "cap", outcome: .done)))))
    let plan = try Self.began(&shop, "1")
    for step in [ActionMove.Step.confirm(hash: plan.hash), .intend(hash: plan.hash)] {
      #expect(Self.move(&shop, "1", step) == nil)
    }
    let left = Unfinished(shop.present)
    let fleet = shop.present.fleet
    shop.pass(30)
    shop.apply(.began)
    shop.apply(.fleet(fleet))
    #expect(shop.present.works.isEmpty && shop.present.incidents.isEmpty)
    shop.apply(.runbooks([card]))
    shop.apply(.resume(left))
    #expect(shop.present.openIncident?.opened == left.incidents.last?.opened)
    #expect(shop.present.works.first?.mark(of: "containment.1")?.by == "ana")
    let run = try #require(shop.present.actionRun("1"))
    #expect(run.state == .unknown)
    #expect(run.reason?.contains("gone") == true)
    shop.renumber(shop.target())
    for _ in 0..<20 {
      shop.pass(5)
      shop.scrape(ok: 50, bad: 50)
    }
    // It is never sent again by itself, and nothing of its kind is begun beside it.
    #expect(Self.move(&shop, "1", .intend(hash: plan.hash)) != nil)
    #expect(Self.move(&shop, "1", .confirm(hash: plan.hash)) != nil)
    let next = try Self.began(&shop, "2")
    #expect(Self.move(&shop, "2", .confirm(hash: next.hash)) != nil)
    // Where nothing says how to look it up, a person looks and says so; Damcon itself may not.
    let itself = ActionMove(run: "1", by: ActionMove.itself, step: .cancel(reason: "no"))
    #expect(shop.present.refusal(of: itself) != nil)
    #expect(Self.move(&shop, "1", .cancel(reason: "it was not done")) == nil)
    #expect(shop.present.actionRun("1")?.state == .inconclusive)
    #expect(Self.move(&shop, "2", .confirm(hash: next.hash)) == nil)
    let confirmed = Unfinished(shop.present)
    let bytes = try shop.state.canonicalBytes()
    #expect(try State(canonicalBytes: bytes).canonicalBytes() == bytes)
    shop.apply(.began)
    shop.apply(.resume(confirmed))
    // What was confirmed and never sent is not sent later, and stands in nobody's way.
    #expect(shop.present.actionRun("2")?.state == .cancelled)
  }

  @Test("plans that nobody confirms never push out what goes on, and there is an end to them")
  func full() throws {
    var shop = try Self.shop()
    let first = try Self.began(&shop, "live")
    for step in [
      ActionMove.Step.confirm(hash: first.hash), .intend(hash: first.hash),
      .send(target: first.steps[0].target),
      .answer(target: first.steps[0].target, .unknown("no answer came")),
    ] { #expect(Self.move(&shop, "live", step) == nil) }
    for place in 0..<(2 * Present.actionRunLimit) { _ = try Self.began(&shop, "\(place)") }
    #expect(shop.present.actionRuns.count == Present.actionRunLimit)
    #expect(shop.present.actionRun("live")?.state == .unknown)
    #expect(shop.present.actionRun("\(2 * Present.actionRunLimit - 1)") != nil)
  }

  @Test("where nothing was sent, nothing is taken back by itself")
  func nothingSent() throws {
    var shop = try Self.shop()
    var plan = try Self.plan("1", shop.present)
    plan.expiry = 60
    for step in [
      ActionMove.Step.plan(plan, hash: plan.hash), .confirm(hash: plan.hash),
      .intend(hash: plan.hash), .answer(target: plan.steps[0].target, .already("it says 32")),
    ] { #expect(Self.move(&shop, "1", step) == nil) }
    #expect(shop.present.actionRun("1")?.isInForce == true)
    #expect(shop.present.actionRun("1")?.expires == nil)
  }

  @Test("what was done at some targets only still expires")
  func partly() throws {
    var shop = try Self.shop()
    var plan = try Self.plan("1", shop.present)
    plan.expiry = 60
    plan.steps.append(
      .init(
        target: "b", service: "cart", kind: .throttle,
        order: .http(PlannedRequest(method: "POST", url: "http://b"))))
    for step in [
      ActionMove.Step.plan(plan, hash: plan.hash), .confirm(hash: plan.hash),
      .intend(hash: plan.hash), .answer(target: plan.steps[0].target, .applied("HTTP 200")),
      .answer(target: "b", .failed("HTTP 409")),
    ] { #expect(Self.move(&shop, "1", step) == nil) }
    let run = try #require(shop.present.actionRun("1"))
    #expect(run.state == .failed && run.isPartlyDone)
    #expect(run.expires?.seconds(since: run.since) == 60)
  }
}
