import Canvas
import Conditions
import Console
import Containment
import Fleet
import Foundation
import Incident
import Runbooks
import Testing

/// From the pane that shows the damage to a proved containment, without a way to hurt oneself.
@Suite("Action panes")
struct ActionPaneTests {
  private static let words = """
    # Pricing times out

    ## Containment
    1. [Cap concurrency](action:cap-concurrency) at 32
    2. [Roll back](action:roll-back)
    3. [Of nobody](action:nothing)
    """

  private static func runbook() throws -> Runbook {
    var card = RunbookCard(id: "pricing-timeout", title: "Pricing times out", hash: [7, 7])
    card.match = try Condition("health is not healthy")
    card.scope = RunbookScope(services: ["pricing"])
    return Runbook(card: card, path: "p.md", text: RunbookText(words), source: words)
  }

  private static func action(
    _ name: String, _ kind: Action.Kind, _ risk: Action.Risk, services: [String] = []
  ) throws -> Action {
    var action = Action(
      name: name, kind: kind,
      order: .http(HTTPOrder(method: "POST", url: try Template("{instance}/admin"))))
    action.risk = risk
    action.services = services
    action.mode = .automatable
    return action
  }

  private static func actions() throws -> [Action] {
    var trace = try action("trace-level", .traceLevel, .low)
    trace.title = "Trace more"
    var restart = try action("restart", .restart, .high)
    restart.preconditions = [try Condition("readiness is pass")]
    var shed = try action("shed", .throttle, .medium)
    shed.preconditions = [try Condition("tokio_tasks_of_nobody < 5")]
    var cap = try action("cap-concurrency", .capConcurrency, .medium, services: ["pricing"])
    var limit = Parameter(name: "limit", type: .integer, usual: .integer(32))
    (limit.lowest, limit.highest, limit.unit) = (1, 256, "requests")
    var mode = Parameter(name: "mode", type: .text, usual: .text("very soft"))
    mode.choices = ["very soft", "hard"]
    cap.parameters = [limit, mode]
    let drain = try action("drain", .drain, .low, services: ["pricing"])
    let other = try action("for-cart", .custom, .low, services: ["cart"])
    return [restart, trace, shed, drain, cap, try action("roll-back", .rollBack, .high), other]
  }

  /// A plan for cap-concurrency on pricing as a session makes it.
  static func plan(
    _ id: String = "1-cap.x", risk: Action.Risk = .medium, approvals: Int = 0,
    isReversible: Bool = true, action name: String = "cap-concurrency",
    origin: ActionPlan.Origin? = nil
  ) throws -> ActionPlan {
    var action = try action(name, .capConcurrency, risk)
    action.title = "Let fewer requests in"
    action.policy.approvals = approvals
    action.expiry = 1800
    action.proof = try .init([try Condition("p99_ms < 800ms")], window: 300, patience: 900)
    var plan = ActionPlan(
      id: id, of: action, service: "pricing",
      steps: ["http://10.0.0.7:8080", "http://10.0.0.8:8080"].map { target in
        var request = PlannedRequest(
          method: "POST", url: target + "/admin/limits", body: "{\"max_concurrency\":32}")
        request.headers = [
          .init(name: "X-Reason", value: .text("incident")),
          .init(name: "Authorization", value: .secret(.environment("ADMIN_TOKEN"))),
        ]
        var step = ActionPlan.Step(
          target: target, service: "pricing", kind: .capConcurrency, order: .http(request))
        step.captured = .integer(256)
        step.read = PlannedReading(
          order: .http(PlannedRequest(method: "GET", url: target)), place: .pointer("/n"),
          expected: .integer(32))
        if isReversible {
          step.revert = .http(
            PlannedRequest(
              method: "POST", url: target + "/admin/limits", body: "{\"max_concurrency\":256}"))
        }
        return step
      }, by: "ana")
    plan.environment = "production"
    plan.arguments = [.init(name: "limit", value: .integer(32))]
    plan.preconditions = [.init(condition: try Condition("health is not healthy"), truth: .yes)]
    plan.origin = origin
    return plan
  }

  struct Desk {
    var story = Story.incident
    var console: ConsoleState
    var effects: [Effect] = []

    init(_ size: Size = Size(120, 40), glyphs: GlyphSet = .unicode) throws {
      console = ConsoleState(size: size, glyphs: glyphs)
      console.library = RunbookLibrary([try ActionPaneTests.runbook()])
      story.add(.runbooks([try ActionPaneTests.runbook().card]))
      story.add(.actions(try ActionPaneTests.actions()))
      type(":service pricing")
      press(.enter)
    }

    mutating func press(_ keys: Key..., hasty: Bool = false) {
      for key in keys {
        effects += console.reduce(.key(key), over: story.state, isHasty: hasty)
      }
    }
    mutating func type(_ text: String) { for character in text { press(.character(character)) } }
    mutating func line(_ text: String) {
      type(text)
      press(.enter)
    }

    mutating func add(_ plan: ActionPlan) { move(plan, .plan(plan, hash: plan.hash), by: "ana") }
    mutating func move(_ plan: ActionPlan, _ step: ActionMove.Step, by who: String = "damcon") {
      story.add(.action(ActionMove(run: plan.id, by: who, step: step)))
    }

    /// Sent and done at every target.
    mutating func carryOut(_ plan: ActionPlan, _ answer: ActionAnswer = .applied("200")) {
      move(plan, .confirm(hash: plan.hash), by: "ana")
      move(plan, .intend(hash: plan.hash))
      for step in plan.steps {
        move(plan, .send(target: step.target))
        move(plan, .answer(target: step.target, answer))
      }
    }

    /// The dialog of a plan that is there; armed.
    mutating func open(_ plan: ActionPlan, armed: Bool = true) {
      add(plan)
      if armed { line(":arm") }
      console.show(.action(plan.id))
    }

    var text: String { render(story.state, console).text }
    var rows: [String] { text.split(separator: "\n").map(String.init) }
    var intents: [Effect] { effects.filter { if case .intent = $0 { true } else { false } } }
    var confirmation: String? { console.confirmation(over: story.state) }
    var said: String { console.message?.text ?? "" }
    /// The letter that the dialog shows, as a person reads it.
    var letter: Character? {
      guard let range = text.range(of: "Press ") else { return nil }
      return text[range.upperBound...].first { $0 != " " }
    }
  }

  // MARK: The list

  @Test("a lists what is for the service: a runbook's first, then its own, then the rest by risk")
  func order() throws {
    var desk = try Desk(Size(80, 40))
    desk.type("a")
    #expect(desk.console.pane == .actions("pricing"))
    let names = ["cap-concurrency", "roll-back", "drain", "trace-level", "shed", "restart"]
    let places = names.compactMap { name in
      desk.rows.firstIndex { $0.contains("▸ \(name)") || $0.contains("– \(name)") }
    }
    #expect(places.count == names.count)
    #expect(places == places.sorted(), "\(desk.text)")
    #expect(!desk.text.contains("for-cart"))
    #expect(desk.text.contains("why: pricing-timeout, containment 1"))
    #expect(desk.text.contains("◐ medium risk  automatable"))
    desk.type("a")
    #expect(desk.console.pane == .service("pricing"))
  }

  @Test("what cannot be had is dim and says why, and Enter says it again")
  func reasons() throws {
    var desk = try Desk(Size(80, 40))
    let other = try Self.plan("9-cap.x")
    desk.add(other)
    desk.carryOut(other)
    desk.type("a")
    #expect(desk.text.contains("not now: readiness is pass does not hold"))
    #expect(desk.text.contains("not now: nobody knows whether tokio_tasks_of_nobody < 5"))
    #expect(
      desk.text.contains("not now: cap-concurrency limit=32 on pricing is verifying: one at a time")
    )
    desk.press(.enter)
    #expect(desk.intents.isEmpty && desk.console.prompt == nil)
    #expect(desk.said.hasPrefix("not now: cap-concurrency limit=32 on pricing is verifying"))
  }

  @Test("what was done stands below, the newest first, and Enter opens it")
  func runs() throws {
    var desk = try Desk(Size(80, 40))
    let (first, second) = (try Self.plan("1-cap.x"), try Self.plan("2-cap.x"))
    for plan in [first, second] { desk.add(plan) }
    desk.move(first, .cancel(reason: "no"), by: "ana")
    desk.type("aG")
    let rows = desk.rows
    let title = try #require(rows.firstIndex { $0.contains("WHAT WAS DONE") })
    #expect(rows[title + 1].contains("▸ cap-concurrency limit=32  planned"))
    #expect(rows[title + 2].contains("– cap-concurrency limit=32  cancelled"))
    desk.press(.enter)
    #expect(desk.console.pane == .action("1-cap.x"))
  }

  @Test("a is for whatever is looked at: the fleet, a fallback, a runbook")
  func everywhere() throws {
    for keys in ["1", "f", "r", "o"] {
      var desk = try Desk()
      desk.type(keys + "a")
      guard case .actions(let service) = desk.console.pane else {
        Issue.record("\(keys): \(desk.console.pane)")
        continue
      }
      #expect(desk.story.state.present.service(named: service) != nil)
    }
    var desk = try Desk()
    desk.story.add(.actions([]))
    desk.type("a")
    #expect(desk.said.contains("no action is declared"))
  }

  // MARK: Arguments

  @Test("the usual values are there; what is wrong stands in the prompt and nothing is lost")
  func arguments() throws {
    var desk = try Desk()
    desk.type("a")
    desk.press(.enter)
    #expect(desk.console.prompt?.text == "limit=32 mode=\"very soft\"")
    #expect(desk.text.contains("limit 1 to 256 requests, mode very soft|hard"))
    for (line, problem) in [
      ("limit=0 mode=hard", "limit: expected at least 1, found '0'"),
      ("limit=x mode=hard", "limit: expected a whole number, found 'x'"),
      ("limit=1 limit=2", "limit is said twice"), ("limit", "expected name=value, found 'limit'"),
      ("size=1", "nothing is called size here: limit, mode"), ("limit=", "limit is not said"),
      ("limit=3 mode=\"hard", "a quote is not closed"),
      ("limit=3 mode=soft", "mode: expected one of very soft, hard, found 'soft'"),
    ] {
      desk.press(.control("u"))
      desk.line(line)
      #expect(desk.console.prompt?.problem == problem, "\(line)")
      #expect(desk.console.prompt?.text == line)
    }
    #expect(desk.intents.isEmpty)
    desk.press(.control("u"))
    desk.line("limit=64 mode=\"very soft\"")
    let ticket = "\(desk.story.state.present.sequence)-cap-concurrency"
    #expect(
      desk.intents == [
        .intent(
          .plan(
            ticket: ticket, action: "cap-concurrency", service: "pricing",
            arguments: ["limit": .integer(64), "mode": .text("very soft")],
            origin: .init(runbook: "pricing-timeout", hash: [7, 7], step: "containment.1"),
            reason: ""))
      ])
    #expect(desk.console.pane == .action(ticket))
    #expect(desk.text.contains("asking pricing what is so now…"))
    #expect(desk.confirmation == nil)
  }

  @Test("a plan that comes is shown; one that cannot be made says why")
  func asking() throws {
    var desk = try Desk()
    desk.type("ajj")
    desk.press(.enter)
    guard case .action(let ticket) = desk.console.pane else {
      Issue.record("no dialog")
      return
    }
    desk.story.pass(3)
    #expect(desk.text.contains("3s"))
    var failed = desk
    failed.story.add(.note(Note(.warning, "drain on pricing cannot be planned: no answer")))
    #expect(failed.text.contains("✖ drain on pricing cannot be planned: no answer"))
    #expect(failed.text.contains("Nothing was sent."))
    desk.add(try Self.plan("\(ticket).7", action: "drain"))
    #expect(desk.text.contains("drain limit=32 on pricing"))
    #expect(desk.text.contains("▸ planned"))
  }

  // MARK: The dialog

  @Test("what, where, how risky, whether it can be undone and the question are on the first screen")
  func firstScreen() throws {
    for (size, glyphs) in [
      (Size(80, 24), GlyphSet.unicode), (Size(120, 40), .unicode), (Size(80, 24), .ascii),
    ] {
      for risk in Action.Risk.allCases {
        var desk = try Desk(size, glyphs: glyphs)
        desk.open(try Self.plan(risk: risk, isReversible: risk != .high))
        let text = desk.text
        for part in [
          " production ", "cap-concurrency limit=32 on pricing", "\(risk.rawValue) risk",
          risk == .high ? "cannot be taken back" : "can be taken back",
          ["low": "y does it", "medium": "[ No ]", "high": "then type pricing"][risk.rawValue]!,
        ] {
          #expect(text.contains(part), "\(size) \(risk): \(part)\n\(text)")
        }
      }
    }
  }

  @Test(
    "all of the plan is there: requests, secrets by their place, who depends, hash, undo, expiry")
  func whole() throws {
    var desk = try Desk(Size(120, 60))
    let plan = try Self.plan(approvals: 1)
    desk.open(plan)
    desk.move(plan, .approve(hash: plan.hash), by: "jon")
    for part in [
      "POST http://10.0.0.7:8080/admin/limits", "POST http://10.0.0.8:8080/admin/limits",
      "X-Reason: incident", "Authorization: (secret, from the environment, ADMIN_TOKEN)",
      "{\"max_concurrency\":32}", "was 256 → will be 32", "2 need pricing: ", "checkout ✖",
      "✔ health is not healthy  health now not-ready", "✔ jon ", String(plan.hash.prefix(12)),
      "when p99_ms < 800ms for 5m, within 15m", "{\"max_concurrency\":256}",
      "by itself 30m after it was done", "by ana",
    ] {
      #expect(desk.text.contains(part), "\(part)\n\(desk.text)")
    }
    desk.move(plan, .cancel(reason: "not now"), by: "ana")
    #expect(desk.text.contains("cancelled 0s: not now"))
  }

  @Test("the smallest screen still says where, what, how risky and what a key does")
  func smallest() throws {
    for (risk, isReversible, question) in [
      (Action.Risk.low, true, "low undo y: do it"), (.low, false, "low NO-UNDO y: do it"),
      (.medium, false, "med NO-UNDO [No] yes"), (.high, false, "high NO-UNDO y, name"),
    ] {
      var desk = try Desk(Size(20, 5))
      desk.open(try Self.plan(risk: risk, isReversible: isReversible))
      desk.press(.down)
      #expect(desk.text.contains("production pricing"))
      #expect(desk.text.contains("cap-concurrency lim"))
      #expect(desk.text.contains(question), "\(desk.text)")
    }
    var desk = try Desk(Size(19, 5))
    desk.open(try Self.plan(risk: .low))
    desk.type("y")
    #expect(desk.intents.isEmpty && desk.said.contains("make the screen larger"))
  }

  @Test("without colour and in ASCII each state has a sign and a word of its own")
  func states() throws {
    for glyphs in [GlyphSet.unicode, .ascii] {
      var desk = try Desk(Size(120, 60), glyphs: glyphs)
      let plan = try Self.plan()
      desk.open(plan)
      desk.move(plan, .confirm(hash: plan.hash), by: "ana")
      desk.move(plan, .intend(hash: plan.hash))
      desk.move(plan, .send(target: plan.steps[0].target))
      desk.story.pass(2)
      let mark = glyphs.isASCII ? "*" : "◷"
      #expect(desk.text.contains("\(mark) sent 2s: "))
      desk.move(plan, .answer(target: plan.steps[0].target, .applied("200")))
      #expect(desk.text.contains("http://10.0.0.7:8080  done, 200"))
      #expect(desk.text.contains("http://10.0.0.8:8080  no answer yet"))
      desk.move(plan, .answer(target: plan.steps[1].target, .unknown("timeout")))
      #expect(desk.text.contains("? unknown 0s: timeout"))
      #expect(desk.text.contains("e asks what is so now"))
      #expect(desk.rows[0].contains("1 action unknown: a"))
      if glyphs.isASCII { #expect(desk.text.utf8.allSatisfy { $0 < 0x80 }) }
      desk.type("e")
      #expect(desk.intents == [.intent(.reconcile(run: plan.id))])
    }
  }

  @Test("while it is proved, before, now and wanted stand side by side with what is left")
  func verifying() throws {
    var desk = try Desk(Size(120, 60))
    let plan = try Self.plan()
    desk.open(plan)
    desk.carryOut(plan)
    desk.story.pass(2)
    let row = try #require(desk.rows.first { $0.contains("under 800ms") })
    #expect(row.contains("p99") && row.contains("✖"), "\(row)")
    #expect(desk.text.contains("before") && desk.text.contains("wanted"))
    #expect(desk.text.contains("held for 5m: "))
    #expect(desk.text.contains("t takes it back"))
    #expect(desk.text.contains("by itself at "))
  }

  @Test("every size is drawn whole, at every stage")
  func sizes() throws {
    for size in [Size(1, 1), Size(20, 5), Size(44, 10), Size(80, 24), Size(300, 80)] {
      for risk in Action.Risk.allCases {
        var desk = try Desk(size)
        let plan = try Self.plan(risk: risk)
        desk.open(plan)
        for keys in ["", "G", "l", "a", "jjj"] {
          desk.type(keys)
          let frame = render(desk.story.state, desk.console)
          #expect(frame.size == size)
        }
        desk.carryOut(plan)
        desk.console.show(.action(plan.id))
        #expect(render(desk.story.state, desk.console).size == size)
      }
    }
  }

  @Test("nothing that a plan says reaches the terminal raw")
  func raw() throws {
    var desk = try Desk()
    var plan = try Self.plan()
    plan.reason = "\u{1b}[31m\u{202e}x"
    desk.open(plan)
    desk.press(.end)
    #expect(!desk.text.contains("\u{1b}") && !desk.text.contains("\u{202e}"))
  }

  // MARK: Confirming

  @Test("low risk: y does it once, armed only")
  func low() throws {
    var desk = try Desk(Size(80, 24))
    let plan = try Self.plan(risk: .low)
    desk.open(plan, armed: false)
    #expect(desk.confirmation == nil)
    desk.type("y")
    #expect(desk.intents.isEmpty && desk.said == ":arm first: this is read-only")
    desk.line(":arm 1m")
    #expect(desk.rows[0].contains("ARMED production 1:00"))
    #expect(desk.confirmation == "\(plan.id)/send/key")
    desk.press(.character("y"), hasty: true)
    #expect(desk.intents.isEmpty && desk.said == "too fast to be meant: press it again")
    _ = desk.console.reduce(.paste("y"), over: desk.story.state, isHasty: true)
    desk.press(.enter)
    #expect(desk.intents.isEmpty)
    desk.type("y")
    #expect(desk.intents == [.intent(.confirm(run: plan.id, hash: plan.hash))])
    // A key that is held down says nothing new.
    #expect(desk.confirmation == nil)
    desk.type("yy")
    #expect(desk.intents.count == 1)
  }

  @Test("medium: the cursor is on No; Yes asks for a letter that nothing else means")
  func medium() throws {
    var desk = try Desk(Size(80, 24))
    let plan = try Self.plan()
    desk.open(plan)
    desk.press(.enter)
    #expect(desk.intents.isEmpty && desk.said == "nothing was sent; the plan stays")
    desk.type("y")
    #expect(desk.intents.isEmpty && desk.letter == nil)
    #expect(desk.confirmation == "\(plan.id)/send/choice")
    desk.press(.right)
    #expect(desk.text.contains("[ Yes ]"))
    desk.press(.enter, hasty: true)
    #expect(desk.letter == nil && desk.said.hasPrefix("too fast"))
    desk.press(.enter)
    let letter = try #require(desk.letter)
    #expect(desk.confirmation == "\(plan.id)/send/letter")
    #expect(desk.console.keys.meaning(of: .character(letter), in: .action) != .command(.confirm))
    // Another letter leaves all as it was, and the cursor on No.
    desk.press(.character(letter == "z" ? "v" : "z"))
    #expect(desk.intents.isEmpty && desk.said.contains("is not the letter: nothing was sent"))
    desk.press(.enter)
    #expect(desk.intents.isEmpty && desk.letter == nil)
    desk.press(.character("l"), .enter)
    desk.press(.character(letter), hasty: true)
    #expect(desk.intents.isEmpty && desk.letter == letter)
    _ = desk.console.reduce(.paste(String(letter)), over: desk.story.state, isHasty: true)
    #expect(desk.intents.isEmpty && desk.said == "pasted text confirms nothing")
    desk.press(.character(letter))
    #expect(desk.intents == [.intent(.confirm(run: plan.id, hash: plan.hash))])
  }

  @Test("looking away begins a confirmation anew")
  func lookingAway() throws {
    for way in [[Key.character("?"), .escape], [.escape]] {
      var desk = try Desk()
      let plan = try Self.plan()
      desk.open(plan)
      desk.press(.right)
      for key in way { desk.press(key) }
      desk.console.show(.action(plan.id))
      #expect(!desk.text.contains("[ Yes ]"))
      desk.press(.enter)
      #expect(desk.letter == nil)
    }
  }

  @Test("high: the name is typed, not pasted, and then the letter")
  func high() throws {
    var desk = try Desk(Size(80, 24))
    let plan = try Self.plan(risk: .high)
    desk.open(plan)
    #expect(desk.confirmation == nil)
    desk.type("y")
    desk.line("prising")
    #expect(desk.console.prompt?.problem == "that is not pricing: nothing was sent")
    desk.press(.control("u"))
    _ = desk.console.reduce(.paste("pricing"), over: desk.story.state, isHasty: true)
    #expect(desk.console.prompt?.text == "")
    #expect(desk.console.prompt?.problem?.contains("pasted") == true)
    desk.line("pricing")
    let letter = try #require(desk.letter)
    #expect(desk.intents.isEmpty)
    desk.press(.character(letter))
    #expect(desk.intents == [.intent(.confirm(run: plan.id, hash: plan.hash))])
  }

  @Test("arming ends by itself, and in the middle of a confirmation too")
  func arming() throws {
    var desk = try Desk(Size(80, 24))
    for wrong in ["59s", "2h", "soon", "10"] {
      desk.line(":arm \(wrong)")
      #expect(desk.said.hasPrefix("arm for 1m to 60m"), "\(wrong)")
    }
    desk.open(try Self.plan())
    desk.press(.right, .enter)
    let letter = try #require(desk.letter)
    desk.story.pass(601)
    desk.press(.character(letter))
    #expect(desk.intents.isEmpty && desk.said == ":arm first: this is read-only")
    #expect(!desk.text.contains("ARMED"))
    desk.line(":arm 10m")
    desk.story.pass(19)
    #expect(desk.rows[0].contains("ARMED production 9:41"))
    desk.line(":disarm")
    #expect(desk.confirmation == nil && !desk.text.contains("ARMED"))
  }

  @Test("arming is for one environment")
  func environments() throws {
    var desk = try Desk()
    desk.line(":arm")
    let production = desk.story.state.present.fleet
    #expect(desk.text.contains("ARMED production"), "\(desk.text)")
    var fleet = production
    fleet.environment = Environment(name: "staging", color: nil)
    desk.story.add(.fleet(fleet))
    #expect(!desk.text.contains("ARMED"))
    var plan = try Self.plan(risk: .low)
    plan.environment = "staging"
    desk.open(plan, armed: false)
    desk.type("y")
    #expect(desk.intents.isEmpty && desk.said == ":arm first: this is read-only")
    // What was meant of the one is meant of it still.
    desk.story.add(.fleet(production))
    #expect(desk.text.contains("ARMED production"))
  }

  // MARK: What else can be done

  @Test("cancel and reject ask why; approve needs a key that is meant; Esc leaves the plan")
  func others() throws {
    var desk = try Desk()
    let plan = try Self.plan(approvals: 1)
    var fleet = desk.story.state.present.fleet
    fleet.access = Access(
      usual: .viewer,
      grants: [Access.Grant(.responder, users: ["bob"]), Access.Grant(.approver, users: ["jon"])])
    desk.story.add(.fleet(fleet))
    desk.open(plan)
    for (name, uid) in [("bob", 1000), ("eve", 1002), ("ana", 1003), ("jon", 0)]
      as [(String, UInt32)]
    {
      desk.console.person = Person(name: name, uid: uid)
      #expect(!desk.text.contains("A approves it"), "\(name) \(uid)")
      #expect(desk.confirmation == nil)
    }
    desk.console.person = Person(name: "jon", uid: 1001)
    #expect(desk.text.contains("A approves it"))
    #expect(desk.confirmation == "\(plan.id)/approve")
    desk.type("y")
    #expect(desk.said == "it waits for 1 more to approve it")
    desk.press(.character("A"), hasty: true)
    #expect(desk.intents.isEmpty)
    desk.type("A")
    desk.type("X")
    desk.line("not in a freeze")
    desk.type("x")
    desk.press(.enter)
    #expect(desk.console.prompt?.problem != nil)
    desk.line("not needed")
    #expect(
      desk.intents == [
        .intent(.approve(run: plan.id, hash: plan.hash)),
        .intent(.reject(run: plan.id, reason: "not in a freeze")),
        .intent(.cancel(run: plan.id, reason: "not needed")),
      ])
    desk.press(.escape)
    #expect(desk.said == "the plan stays; a shows it")
    #expect(desk.console.pane == .service("pricing"))
  }

  @Test("taking back is asked like a medium risk, whatever the risk was")
  func reverting() throws {
    var desk = try Desk(Size(80, 24))
    let plan = try Self.plan(risk: .low)
    desk.open(plan)
    desk.carryOut(plan)
    desk.type("t")
    #expect(desk.text.contains("take it back? "))
    #expect(desk.confirmation == "\(plan.id)/revert/choice")
    desk.press(.escape)
    #expect(desk.console.pane == .action(plan.id) && desk.said == "it is not taken back")
    desk.type("t")
    desk.press(.right, .enter)
    let letter = try #require(desk.letter)
    desk.press(.character(letter))
    #expect(desk.intents == [.intent(.takeBack(run: plan.id))])
    var other = try Desk()
    let final = try Self.plan(risk: .low, isReversible: false)
    other.open(final)
    other.carryOut(final)
    other.type("t")
    #expect(other.said == "nothing says how it is taken back")
  }

  @Test("nothing is planned, armed or confirmed in the past")
  func past() throws {
    var desk = try Desk(Size(120, 40))
    let plan = try Self.plan(risk: .low)
    desk.open(plan)
    let now = desk.story.state.present.now
    desk.console.playback = Playback(source: .live, from: now, to: now)
    #expect(!desk.text.contains("ARMED"))
    #expect(desk.text.contains("nothing can be done here"))
    desk.type("yxXAtely")
    desk.press(.enter)
    desk.line(":arm")
    desk.type("a")
    #expect(desk.text.contains("nothing can be done in the past"))
    desk.press(.enter)
    #expect(desk.intents.isEmpty && desk.confirmation == nil && desk.console.prompt == nil)
  }

  // MARK: Runbooks, the header, leaving

  @Test("a step asks for its action with itself as origin, and tells what became of it")
  func steps() throws {
    var desk = try Desk()
    desk.type("r")
    desk.press(.enter)
    #expect(desk.console.prompt?.text == "limit=32 mode=\"very soft\"")
    desk.press(.enter)
    let origin = ActionPlan.Origin(
      runbook: "pricing-timeout", hash: [7, 7], step: "containment.1")
    guard case .intent(.plan(let ticket, _, "pricing", _, origin, "", nil))? = desk.intents.last
    else {
      Issue.record("\(desk.intents)")
      return
    }
    let plan = try Self.plan("\(ticket).1", origin: origin)
    desk.add(plan)
    desk.press(.escape)
    #expect(desk.text.contains("▸ cap-concurrency limit=32: planned, nothing sent"))
    desk.press(.enter)
    #expect(desk.console.pane == .action(plan.id))
    desk.press(.escape)
    desk.carryOut(plan)
    desk.story.pass(1)
    #expect(desk.text.contains("◷ cap-concurrency limit=32: verifying, does not hold yet"))
    desk.press(.down, .down, .enter)
    #expect(desk.said.contains("no action `nothing` is declared: do it by hand"))
    desk.type("m")
    guard case .copy(let message)? = desk.effects.last else {
      Issue.record("nothing was copied")
      return
    }
    #expect(message.contains("Done: cap-concurrency limit=32 on pricing: verifying"))
    desk.line(":handover")
    #expect(desk.text.contains("ana: cap-concurrency limit=32 on pricing: verifying"))
  }

  @Test("what is not settled is in the header until a later one has made it good")
  func unsettled() throws {
    var desk = try Desk(Size(80, 24))
    let plan = try Self.plan()
    desk.add(plan)
    desk.carryOut(plan, .unknown("timeout"))
    desk.type("1")
    #expect(desk.rows[0].contains("1 action unknown: a"))
    desk.console.show("cart", desk.story.state)
    desk.type("a")
    #expect(desk.text.contains("NOT SETTLED"))
    desk.press(.enter)
    #expect(desk.console.pane == .action(plan.id))
    desk.move(plan, .reconcile(target: plan.steps[0].target, found: .integer(256)))
    desk.move(plan, .reconcile(target: plan.steps[1].target, found: .integer(256)))
    #expect(!desk.rows[0].contains("1 action"))
  }

  @Test("leaving with something under way is asked once; Ctrl-C is not")
  func leaving() throws {
    var desk = try Desk()
    let plan = try Self.plan()
    desk.add(plan)
    desk.type("1q")
    #expect(desk.effects.last == .quit)
    desk.carryOut(plan)
    desk.type("q")
    #expect(desk.effects.last == .bell)
    #expect(desk.said == "1 action is under way: q again leaves it")
    desk.type("j")
    desk.type("q")
    #expect(desk.effects.last == .bell)
    desk.type("q")
    #expect(desk.effects.last == .quit)
    desk.type("j")
    desk.effects = []
    desk.line(":quit")
    #expect(desk.effects == [.bell], "asked for by name it is said once too")
    #expect(desk.said == "1 action is under way: q again leaves it")
    desk.effects = []
    desk.line(":quit")
    #expect(desk.effects == [.quit])
    desk.type("j")
    desk.effects = []
    desk.press(.control("c"))
    #expect(desk.effects == [.quit])
  }

  @Test("the keys of the dialog are in its last line and in help")
  func keys() throws {
    var desk = try Desk(Size(120, 80))
    let plan = try Self.plan(risk: .low)
    desk.open(plan)
    desk.press(.down)
    let hints = desk.rows.last ?? ""
    for part in ["y do it", "x cancel", "Esc back"] { #expect(hints.contains(part), "\(hints)") }
    #expect(!hints.contains("take back") && !hints.contains("approve"))
    desk.type("?")
    for part in ["what can be done about it", "take it back", "approve it"] {
      #expect(desk.text.contains(part))
    }
  }
}
