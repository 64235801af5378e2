import Canvas
import Conditions
import Console
import Containment
import Fleet
import Incident
import Testing

/// The dialog of plans that go further than one request to one service.
@Suite("Dialogs of plans")
struct ActionDialogTests {
  typealias Desk = ActionPaneTests.Desk

  /// A migration on checkout that cannot be taken back, then a flag on cart.
  private static func release() throws -> ActionPlan {
    var plan = try ActionPaneTests.plan("1-plan:release.x", risk: .high)
    plan.action = "plan:release"
    plan.arguments = []
    var command = PlannedCommand(
      arguments: ["migrate", "--to", "schema 8"],
      environment: [.init(name: "PGPASSWORD", value: .secret(.file("/etc/pg")))])
    command.dryRun = ["--dry-run"]
    var migrate = ActionPlan.Step(
      target: "checkout", service: "checkout", kind: .custom, order: .command(command))
    migrate.check = try Action.Proof(
      [try Condition("error_ratio < 0.05")], window: 60, patience: 300)
    var flag = ActionPlan.Step(
      target: "http://10.0.0.7:8081", service: "cart", kind: .toggleFlag,
      order: .http(PlannedRequest(method: "PUT", url: "http://10.0.0.7:8081/flags/new-cart")))
    flag.part = 1
    flag.read = PlannedReading(
      order: .http(PlannedRequest(method: "GET", url: "http://10.0.0.7:8081/flags")),
      place: .pointer("/on"), expected: .flag(true))
    flag.captured = .flag(false)
    flag.revert = flag.order
    plan.steps = [migrate, flag]
    plan.parts = [
      ActionPlan.Part(
        action: "migrate", kind: .custom, title: nil, service: "checkout", arguments: [],
        isReversible: false, migrates: "orders",
        effects: [Maneuver.Effect(.cache, "drops the order cache")]),
      ActionPlan.Part(
        action: "flag-on", kind: .toggleFlag, title: nil, service: "cart", arguments: [],
        isReversible: true, migrates: nil, effects: []),
    ]
    plan.requirements = [Requirement("checkout 1.42 reads schema 8 of orders", .yes)]
    plan.breaks = ["frozen until 2026-12-27 00:00 UTC"]
    plan.reason = "customers cannot pay"
    return plan
  }

  @Test("steps stand in their order with their services, what they do beside, and checks between")
  func steps() throws {
    for glyphs in [GlyphSet.unicode, .ascii] {
      var desk = try Desk(Size(140, 60), glyphs: glyphs)
      desk.open(try Self.release())
      let text = desk.text
      for part in [
        "release on checkout, cart", "1 of 2 cannot be taken back", "1 of 2  migrate on checkout",
        "migrates orders, cannot be taken back", "cache: drops the order cache",
        "'schema 8'", "PGPASSWORD=(secret, from the file /etc/pg)",
        "then error_ratio < 0.05 for 1m, within 5m", "2 of 2  flag-on on cart",
        "PUT http://10.0.0.7:8081/flags/new-cart", "checkout 1.42 reads schema 8 of orders",
        "frozen until 2026-12-27 00:00 UTC: broken by ana: customers cannot pay",
        "then type release",
      ] { #expect(text.contains(part), "\(part)\n\(text)") }
      let first = try #require(desk.rows.firstIndex { $0.contains("1 of 2  migrate") })
      let second = try #require(desk.rows.firstIndex { $0.contains("2 of 2  flag-on") })
      #expect(first < second)
      if glyphs.isASCII { #expect(text.utf8.allSatisfy { $0 < 0x80 }) }
    }
  }

  @Test("exposure stands before, now and as it is meant to be, from the beginning")
  func exposure() throws {
    var desk = try Desk(Size(120, 60))
    desk.open(try Self.release())
    let head = try #require(desk.rows.first { $0.contains("TARGETS") })
    #expect(head.contains("before") && head.contains("now") && head.contains("target"))
    let row = try #require(desk.rows.first { $0.contains("cart http://10.0.0.7:8081 ") })
    #expect(row.contains("false") && row.contains("true"), "\(row)")
  }

  @Test("the question and its keys are on every screen that can tell what would be done")
  func question() throws {
    for size in [Size(80, 24), Size(120, 40), Size(200, 60)] {
      var desk = try Desk(size)
      desk.open(try Self.release())
      for keys in ["", "G"] {
        desk.type(keys)
        #expect(desk.text.contains("then type release"), "\(size)\n\(desk.text)")
      }
    }
    for size in [Size(1, 1), Size(20, 5), Size(44, 10)] {
      var desk = try Desk(size)
      desk.open(try Self.release())
      #expect(render(desk.story.state, desk.console).size == size)
    }
  }

  @Test("d tries out what can be, and what was said stands in the dialog")
  func tryingOut() throws {
    var desk = try Desk(Size(120, 60))
    let plan = try Self.release()
    desk.open(plan)
    desk.type("d")
    #expect(desk.intents == [.intent(.tryOut(run: plan.id))])
    desk.move(plan, .tried(target: "checkout", "would change 3 tables"), by: "ana")
    #expect(desk.text.contains("TRIED OUT") && desk.text.contains("would change 3 tables"))
    var other = try Desk()
    other.open(try ActionPaneTests.plan())
    other.type("d")
    #expect(other.intents.isEmpty && other.said.hasPrefix("nothing says how it could be tried out"))
  }

  @Test("what failed half-way shows which targets are done, and how to go on")
  func halfWay() throws {
    var desk = try Desk(Size(120, 60))
    let plan = try ActionPaneTests.plan()
    desk.open(plan)
    desk.move(plan, .confirm(hash: plan.hash), by: "ana")
    desk.move(plan, .intend(hash: plan.hash))
    desk.move(plan, .send(target: plan.steps[0].target))
    desk.move(plan, .answer(target: plan.steps[0].target, .applied("200")))
    desk.move(plan, .send(target: plan.steps[1].target))
    desk.move(plan, .answer(target: plan.steps[1].target, .failed("503")))
    #expect(
      desk.text.contains("1 of 2 done. Plan it again to go on: what is done is skipped"))
    #expect(desk.text.contains("✔ http://10.0.0.7:8080  done, 200"))
    let rows = desk.rows.filter { $0.contains("256 ") && $0.contains("32") }
    #expect(rows.count == 2, "\(desk.text)")
  }

  // MARK: Which instances

  @Test("i chooses instances before a plan is made; Enter goes on with those that are taken")
  func targets() throws {
    for (size, glyphs) in [(Size(80, 24), GlyphSet.unicode), (Size(120, 40), .ascii)] {
      var desk = try Desk(size, glyphs: glyphs)
      desk.type("ai")
      #expect(desk.console.pane.place == .targets)
      #expect(desk.text.contains("goes to 3 of 3 instances of pricing"), "\(desk.text)")
      desk.type(" ")
      #expect(desk.text.contains("goes to 2 of 3 instances of pricing"))
      #expect(desk.text.contains("[ ] ") && desk.text.contains("[x] "))
      desk.type("j j ")
      desk.press(.enter)
      #expect(desk.said.hasPrefix("take at least one instance") && desk.intents.isEmpty)
      desk.type(" ")
      desk.press(.enter, .enter)
      guard
        case .intent(.plan(_, "cap-concurrency", "pricing", _, _, "", let targets))? =
          desk.intents.last
      else {
        Issue.record("\(desk.intents)")
        return
      }
      #expect(targets == ["http://10.0.0.9:8080"])
    }
  }

  @Test("a plan that is there is planned anew for other instances, and the first one is none")
  func otherTargets() throws {
    var desk = try Desk()
    let plan = try ActionPaneTests.plan()
    desk.open(plan)
    desk.type("i")
    #expect(desk.text.contains("goes to 2 of 3 instances of pricing"))
    desk.type(" ")
    desk.press(.enter, .enter)
    #expect(
      desk.intents.first
        == .intent(.cancel(run: plan.id, reason: "planned anew for other instances")))
    guard case .intent(.plan(_, _, _, let arguments, _, _, let targets))? = desk.intents.last
    else {
      Issue.record("\(desk.intents)")
      return
    }
    #expect(targets == ["http://10.0.0.8:8080"] && arguments["limit"] == .integer(32))
  }

  // MARK: Freezes

  @Test("a freeze is broken with a reason, by those who may; to others the action is not offered")
  func freezes() throws {
    for (breakers, isOffered) in [(People(users: ["ana"]), true), (People(), false)] {
      var desk = try Desk()
      var fleet = desk.story.state.present.fleet
      let now = desk.story.state.present.now.unixSeconds
      fleet.policy.freezes = [
        ActionFreeze(.init(from: now - 60, until: now + 86_400), breakers: breakers)
      ]
      desk.story.add(.fleet(fleet))
      desk.console.person = Person(name: "ana", uid: 1000)
      desk.type("a")
      desk.press(.enter)
      guard isOffered else {
        #expect(desk.console.prompt == nil && desk.said.contains("frozen"))
        continue
      }
      desk.press(.enter)
      #expect(desk.intents.isEmpty && desk.text.contains("in spite of it because: "))
      desk.press(.enter)
      #expect(desk.console.prompt?.problem != nil)
      desk.line("customers cannot pay")
      guard case .intent(.plan(_, _, _, _, _, let reason, nil))? = desk.intents.last else {
        Issue.record("\(desk.intents)")
        return
      }
      #expect(reason == "customers cannot pay")
    }
  }
}
