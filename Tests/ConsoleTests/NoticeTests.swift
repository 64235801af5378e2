import Canvas
import Conditions
import Console
import Containment
import Fleet
import Incident
import Testing

/// What waits for somebody is told on top of every pane, worst first, with the key that answers it.
@Suite("Notices")
struct NoticeTests {
  typealias Desk = ActionPaneTests.Desk

  private static let screens: [(Size, GlyphSet)] = [
    (Size(20, 5), .unicode), (Size(80, 24), .unicode), (Size(80, 24), .ascii),
    (Size(120, 40), .unicode), (Size(200, 60), .ascii),
  ]

  private static func rule() throws -> Rule {
    Rule(
      name: "drain-on-panic", action: "drain", services: ["pricing"],
      when: try Condition("health is not healthy"))
  }

  private static func access(_ fleet: Fleet) -> Fleet {
    var fleet = fleet
    fleet.access = Access(
      usual: .viewer,
      grants: [Access.Grant(.responder, users: ["ana"]), Access.Grant(.approver, users: ["jon"])])
    return fleet
  }

  // MARK: The emergency stop

  @Test("an emergency stop is a banner at every size that says who")
  func banner() throws {
    for (size, glyphs) in Self.screens {
      var desk = try Desk(size, glyphs: glyphs)
      desk.line(":stop wrong cluster")
      #expect(desk.intents == [.intent(.halt(.stop(reason: "wrong cluster")))])
      desk.story.add(.halt(HaltMove(by: "ana", step: .stop(reason: "wrong cluster"))))
      let row = try #require(desk.rows.first { $0.contains("STOP") }, "\(size)\n\(desk.text)")
      #expect(row.contains("ana") && row.contains(glyphs.isASCII ? "#" : "■"), "\(row)")
      if size.width >= 120 { #expect(row.contains("wrong cluster") && row.contains(":go lifts")) }
      #expect(render(desk.story.state, desk.console).size == size)
      desk.line(":stop again")
      #expect(desk.intents.count == 1 && desk.said.hasSuffix("already"))
      desk.line(":go")
      desk.line(":stop off")
      #expect(desk.intents.suffix(2) == [.intent(.halt(.lift)), .intent(.halt(.lift))])
      desk.story.add(.halt(HaltMove(by: "ana", step: .lift)))
      #expect(!desk.text.contains("STOP"))
    }
  }

  @Test("while everything is stopped nothing can be begun, and what was done can be taken back")
  func stopped() throws {
    var desk = try Desk(Size(120, 40))
    let plan = try ActionPaneTests.plan()
    desk.open(plan)
    desk.carryOut(plan)
    desk.story.add(.halt(HaltMove(by: "ana", step: .stop(reason: ""))))
    desk.type("t")
    #expect(desk.text.contains("take it back? "))
    desk.press(.escape)
    desk.type("aG")
    desk.press(.home, .enter)
    #expect(desk.said.contains("everything is stopped by ana"))
    #expect(desk.text.contains("not now: everything is stopped by ana"))
    #expect(desk.intents.isEmpty)
  }

  // MARK: Rules

  @Test("a rule that is announced counts down on top, rings once, and one key stops it anywhere")
  func counting() throws {
    for (size, glyphs) in Self.screens {
      var desk = try Desk(size, glyphs: glyphs)
      desk.story.add(.rules([try Self.rule()]))
      desk.story.pass(2)
      #expect(desk.text.contains(": S stops"), "\(size)\n\(desk.text)")
      if size.width >= 80 {
        #expect(desk.text.contains("drain-on-panic does drain on pricing in 2"), "\(desk.text)")
      }
      #expect(desk.console.heed(desk.story.state) == [.ring])
      #expect(desk.console.heed(desk.story.state) == [])
      for way in ["", "?", "a", "3"] {
        desk.type(way)
        desk.effects = []
        desk.type("S")
        #expect(desk.intents == [.intent(.hold(rule: "drain-on-panic", service: "pricing"))])
      }
      desk.effects = []
      desk.line(":hold all")
      #expect(desk.intents.count == 1)
      desk.story.add(
        .rule(RuleMove(rule: "drain-on-panic", service: "pricing", by: "ana", step: .stop)))
      #expect(!desk.text.contains("S stops"))
      desk.type("S")
      #expect(desk.intents.count == 1 && desk.said.hasPrefix("no rule is announced"))
    }
  }

  @Test(
    "whoever has gone back is told what counts down where it is live, and a recording tells nothing"
  )
  func countingInPast() throws {
    for (size, glyphs) in Self.screens {
      var desk = try Desk(size, glyphs: glyphs)
      let before = desk.story.state
      desk.story.add(.rules([try Self.rule()]))
      desk.story.pass(2)
      let live = desk.story.state
      let now = before.present.now
      desk.console.playback = Playback(source: .live, from: now, to: live.present.now)
      func screen() -> String { render(before, desk.console).text }
      #expect(!screen().contains("RULE"))
      var heard = desk.console.heed(live: live)
      #expect(heard.effects == [.ring] && heard.isNews)
      heard = desk.console.heed(live: live)
      #expect(heard.effects == [] && !heard.isNews)
      for pane in [Pane.fleet, .service("pricing"), .help, .log, .actions("pricing")] {
        desk.console.show(pane)
        #expect(
          screen().contains("RULE") && screen().contains("L S"), "\(size) \(pane)\n\(screen())")
      }
      // It is stopped where it is live, and not here.
      desk.effects = []
      desk.type("S")
      #expect(desk.intents.isEmpty)
      desk.story.add(
        .rule(RuleMove(rule: "drain-on-panic", service: "pricing", by: "ana", step: .stop)))
      #expect(desk.console.heed(live: desk.story.state).isNews)
      #expect(!screen().contains("RULE"))

      _ = desk.console.heed(live: live)
      desk.console.playback = Playback(
        source: .file(name: "x", integrity: "intact", isWhole: true), from: now, to: now)
      #expect(!screen().contains("RULE"))
      #expect(desk.console.heed(live: live).effects == [])
      desk.console.playback = nil
      #expect(desk.console.heed(live) == [], "it was rung for already")
    }
  }

  @Test("stopping a rule in the middle of a confirmation confirms nothing")
  func inTheMiddle() throws {
    var desk = try Desk(Size(80, 24))
    desk.open(try ActionPaneTests.plan())
    desk.story.add(.rules([try Self.rule()]))
    desk.story.pass(2)
    desk.press(.right, .enter)
    #expect(desk.letter != nil)
    desk.type("S")
    #expect(desk.intents == [.intent(.hold(rule: "drain-on-panic", service: "pricing"))])
    #expect(!desk.text.contains("Press "))
  }

  @Test("the list of actions tells each rule's standing, and who stopped it")
  func rules() throws {
    var desk = try Desk(Size(120, 60))
    desk.story.add(.rules([try Self.rule()]))
    desk.type("a")
    #expect(desk.text.contains("RULES") && desk.text.contains("● drain-on-panic  armed, 0 of 1"))
    desk.story.pass(2)
    #expect(desk.text.contains("◷ drain-on-panic  counting, "))
    desk.story.add(
      .rule(RuleMove(rule: "drain-on-panic", service: "pricing", by: "ana", step: .stop)))
    #expect(desk.text.contains("drain-on-panic  resting, stopped by ana"))
  }

  @Test("what a rule did says that a rule did it")
  func byRule() throws {
    var desk = try Desk(Size(200, 60))
    var plan = try ActionPaneTests.plan()
    plan.by = Rule.principal("drain-on-panic")
    desk.add(plan)
    desk.type("a")
    #expect(desk.text.contains("by the rule drain-on-panic"))
  }

  // MARK: Approvals

  @Test("a request is told to whoever may answer it, rings once, and its key opens it")
  func approvals() throws {
    for (size, glyphs) in Self.screens where size.height >= 24 {
      var desk = try Desk(size, glyphs: glyphs)
      desk.story.add(.fleet(Self.access(desk.story.state.present.fleet)))
      let plan = try ActionPaneTests.plan(approvals: 1)
      desk.add(plan)
      for (name, uid) in [("ana", UInt32(1000)), ("eve", 1002), ("jon", 0), ("jon", 65_534)] {
        desk.console.person = Person(name: name, uid: uid)
        #expect(!desk.text.contains("APPROVAL"), "\(name) \(uid)")
        #expect(desk.console.heed(desk.story.state) == [])
      }
      desk.console.person = Person(name: "jon", uid: 1001)
      #expect(desk.text.contains("APPROVAL cap-concurrency"), "\(desk.text)")
      #expect(desk.console.heed(desk.story.state) == [.ring])
      #expect(desk.console.heed(desk.story.state) == [])
      desk.type("!")
      #expect(desk.console.pane == .action(plan.id))
      #expect(!desk.text.contains("APPROVAL"))
      #expect(desk.text.contains("1 more, not ana, who asked") || size.height < 30)
      desk.line(":arm")
      desk.type("A")
      #expect(desk.intents == [.intent(.approve(run: plan.id, hash: plan.hash))])
    }
  }

  @Test("viewers only look: it is said, and no key of theirs does anything")
  func viewers() throws {
    var desk = try Desk(Size(80, 24))
    desk.story.add(.fleet(Self.access(desk.story.state.present.fleet)))
    desk.console.person = Person(name: "eve", uid: 1002)
    desk.open(try ActionPaneTests.plan(risk: .low))
    #expect(desk.text.contains("viewers only look"))
    desk.type("y")
    #expect(desk.said.hasPrefix("viewers only look"))
    desk.type("xti")
    desk.type("a")
    desk.press(.home, .enter)
    #expect(desk.text.contains("viewers only look"))
    #expect(desk.intents.isEmpty && desk.confirmation == nil && desk.console.prompt == nil)
  }

  // MARK: What became of it

  @Test("what takes itself back is told with the time that is left")
  func inForce() throws {
    var desk = try Desk(Size(120, 40))
    let plan = try ActionPaneTests.plan()
    desk.add(plan)
    desk.carryOut(plan)
    desk.story.pass(1)
    #expect(
      desk.text.contains("IN FORCE cap-concurrency limit=32 on pricing takes itself back in "))
    desk.type("!")
    #expect(desk.console.pane == .action(plan.id))
  }

  @Test("what is due and cannot be taken back is told, and left as it is with a reason")
  func due() throws {
    var desk = try Desk(Size(120, 40))
    let plan = try ActionPaneTests.plan()
    desk.open(plan)
    desk.carryOut(plan)
    desk.story.pass(1801)
    desk.line(":arm")
    desk.story.pass(30)
    #expect(!desk.text.contains("while nothing ran"))
    #expect(desk.text.contains("It was to be taken back"), "\(desk.text)")
    #expect(desk.text.contains("x leaves it as it is"), "\(desk.text)")
    desk.type("x")
    desk.line("it is theirs now")
    #expect(desk.intents.last == .intent(.cancel(run: plan.id, reason: "it is theirs now")))
    desk.move(plan, .cancel(reason: "it is theirs now"), by: "ana")
    #expect(desk.text.contains("it is theirs now"), "\(desk.text)")
    desk.type("1")
    #expect(desk.text.contains("INCONCLUSIVE cap-concurrency"), "\(desk.text)")
    #expect(!desk.text.contains("OVERDUE") && !desk.text.contains("IN FORCE"))
  }

  @Test("what regressed offers at once to be taken back, on top and in its dialog")
  func regressed() throws {
    for glyphs in [GlyphSet.unicode, .ascii] {
      var desk = try Desk(Size(80, 24), glyphs: glyphs)
      var plan = try ActionPaneTests.plan()
      plan.proof = try Action.Proof([try Condition("health is healthy")], window: 0, patience: 5)
      desk.add(plan)
      desk.carryOut(plan)
      desk.story.pass(7)
      #expect(desk.text.contains("REGRESSED cap-concurrency"), "\(desk.text)")
      #expect(desk.text.contains("! opens it, t takes it back"))
      desk.type("!")
      #expect(desk.text.contains("t takes it back; it is in force until then."))
    }
  }

  @Test("what fell due while nothing ran is told at start, and never called in force")
  func overdue() throws {
    var desk = try Desk(Size(120, 40))
    let plan = try ActionPaneTests.plan()
    desk.add(plan)
    desk.carryOut(plan)
    let before = desk.story.state.present
    desk.story.skip(4000)
    desk.story.add(.began)
    desk.story.add(.fleet(before.fleet))
    desk.story.add(.resume(Unfinished(before)))
    #expect(desk.story.state.present.overdue.map(\.plan.id) == [plan.id])
    #expect(desk.text.contains("OVERDUE cap-concurrency limit=32 on pricing was to be taken back"))
    #expect(!desk.text.contains("IN FORCE"))
    desk.type("!")
    #expect(desk.text.contains("while nothing ran: t does it"))
  }
}
