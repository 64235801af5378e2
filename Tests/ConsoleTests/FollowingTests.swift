import Canvas
import Console
import Containment
import Fleet
import Incident
import Presence
import Testing

/// One looks where another does, by names; nothing is ever done by it.
@Suite("Following")
struct FollowingTests {
  typealias Desk = ActionPaneTests.Desk

  private static func desk(_ size: Size = Size(120, 40)) throws -> Desk {
    var desk = try Desk(size)
    desk.console.attendance = Crew.attendance()
    _ = desk.console.heed(desk.story.state)
    desk.effects = []
    return desk
  }

  private static func acts(_ effects: [Effect]) -> [PresenceAct] {
    effects.compactMap { if case .presence(let act) = $0 { act } else { nil } }
  }

  /// ines looks somewhere else, and the news comes.
  @discardableResult
  private static func look(_ desk: inout Desk, _ view: Viewpoint, as id: Int = 1) -> [Effect] {
    desk.console.attendance?.attendees[id].view = view
    return desk.console.heed(desk.story.state)
  }

  // MARK: Where one looks

  @Test("where one looks is enough to look there too, from every pane")
  func thereAndBack() throws {
    var desk = try Self.desk()
    let plan = try ActionPaneTests.plan()
    desk.add(plan)
    let state = desk.story.state
    var views: [Viewpoint] = []
    for keys in [
      "1", "1jj", "2", "r", "rj", "a", "aj", "b", "f", "c", "oj", "u", "w", "3", "?", "W",
    ] {
      var console = desk.console
      for key in keys { _ = console.reduce(.key(.character(key)), over: state) }
      views.append(console.viewpoint(over: state))
    }
    var console = desk.console
    console.show(.action(plan.id))
    views.append(console.viewpoint(over: state))
    console = desk.console
    for key in ":filter state:bad" { _ = console.reduce(.key(.character(key)), over: state) }
    _ = console.reduce(.key(.enter), over: state)
    views.append(console.viewpoint(over: state))
    #expect(Set(views).count == views.count)
    for view in views {
      var other = ConsoleState(size: Size(80, 24))
      other.library = desk.console.library
      #expect(other.go(to: view, over: state) == [])
      #expect(other.viewpoint(over: state) == view, "\(view)")
      #expect(other.message == nil, "\(other.message?.text ?? "")")
    }
  }

  @Test("it is told once each, and everything anew where the session knows nothing of one")
  func told() throws {
    var desk = try Desk()
    let state = desk.story.state
    #expect(desk.console.heed(state) == [])
    desk.console.attendance = Crew.attendance()
    let service = Viewpoint(pane: "service", subject: ["pricing"], selection: "instances")
    #expect(Self.acts(desk.console.heed(state)) == [.look(service)])
    #expect(Self.acts(desk.console.heed(state)) == [])
    desk.type("p")
    #expect(Self.acts(desk.effects) == [])
    desk.type("1")
    #expect(Self.acts(desk.effects).count == 1)
    desk.effects = []
    desk.type("UT")
    #expect(Self.acts(desk.effects) == [.raiseHand(true), .present(true)])
    desk.console.attendance = Crew.attendance(you: 9) { $0[0].id = 9 }
    let again = Self.acts(desk.console.heed(state))
    #expect(again.count == 3 && again.contains(.raiseHand(true)) && again.contains(.present(true)))
    desk.console.link = Link(.lost, seconds: 3)
    #expect(desk.console.heed(state) == [])
    desk.console.link = Link()
    #expect(Self.acts(desk.console.heed(state)).count == 3)
    desk.type("UT")
    #expect(Self.acts(desk.effects).suffix(2) == [.raiseHand(false), .present(false)])
  }

  @Test("a viewpoint that cannot be had leaves everything where it is and says why")
  func gone() throws {
    var desk = try Self.desk()
    desk.line(":follow ines")
    for (view, words) in [
      (
        Viewpoint(pane: "service", subject: ["nobody"]),
        "nobody, which is not watched here any more"
      ),
      (Viewpoint(pane: "service"), "not watched here any more"),
      (
        Viewpoint(pane: "runbook", subject: ["x", "pricing", "zz"]),
        "runbook x, which is not at hand"
      ),
      (
        Viewpoint(pane: "runbook", subject: ["y", "pricing", "07"]),
        "runbook y, which is not at hand"
      ),
      (Viewpoint(pane: "action", subject: ["9-x"]), "an action that is not known here"),
      (Viewpoint(pane: "difference"), "compares two instants"),
      (Viewpoint(pane: "hologram", subject: ["a", "b"]), "this version does not know"),
    ] {
      #expect(Self.look(&desk, view) == [])
      #expect(desk.console.pane == .service("pricing"))
      #expect(desk.said.hasPrefix("ines ") && desk.said.contains(words), "\(desk.said)")
    }
    #expect(Self.look(&desk, Viewpoint(pane: "budgets", filter: "/[/")).count == 1)
    #expect(desk.console.pane == .budgets && desk.console.filter.isEmpty)
  }

  @Test("into the past and back to LIVE, whatever offset is told")
  func past() throws {
    let story = Story.incident
    var live = ConsoleState(size: Size(80, 24))
    for offset in [Int64.min, -1, 0, 5_000_000_000, .max] {
      let view = Viewpoint(pane: "log", past: offset)
      var console = live
      #expect(
        console.go(to: view, over: story.state) == [
          .playback(.enter), .playback(.seek(offset)),
        ])
      #expect(console.pane == .log)
    }
    let now = story.state.present.now
    live.playback = Playback(source: .live, from: story.state.present.began, to: now)
    let here = live.viewpoint(over: story.state)
    let second: Int64 = 1_000_000_000
    #expect(here.past == now.offset / second * second)
    #expect(live.go(to: here, over: story.state) == [])
    #expect(live.go(to: Viewpoint(pane: "log"), over: story.state) == [.playback(.live)])
    let early = Viewpoint(pane: "log", past: story.state.present.began.offset)
    #expect(
      live.go(to: early, over: story.state)
        == [.playback(.seek(story.state.present.began.offset))])
    live.playback?.source = .file(name: "x", integrity: "", isWhole: true)
    #expect(live.viewpoint(over: story.state).past == nil)
    #expect(live.go(to: early, over: story.state) == [])
  }

  // MARK: Going along

  @Test("whoever follows goes along until a key of their own moves, and that key is carried out")
  func along() throws {
    for (size, glyphs) in Crew.screens where size.height >= 24 {
      var desk = try Self.desk(size)
      desk.console.glyphs = glyphs
      desk.line(":follow ines")
      #expect(Self.acts(desk.effects) == [.follow(2)])
      #expect(desk.text.contains("following ines: any key"), "\(desk.text)")
      Self.look(&desk, Viewpoint(pane: "budgets"))
      #expect(desk.console.pane == .budgets)
      Self.look(&desk, Viewpoint(pane: "fleet", selection: "cart", filter: "ca"))
      #expect(desk.console.pane == .fleet && desk.console.filter.text == "ca")
      #expect(desk.console.selection == "cart")
      desk.effects = []
      desk.type("p")
      desk.press(.control("l"))
      #expect(Self.acts(desk.effects) == [] && desk.text.contains("following ines"))
      desk.type("3")
      #expect(desk.console.pane == .log)
      #expect(Self.acts(desk.effects).contains(.follow(nil)))
      #expect(!desk.text.contains("following ines"))
      Self.look(&desk, Viewpoint(pane: "changes"))
      #expect(desk.console.pane == .log)
    }
  }

  @Test("Enter on a line of who is here follows; nobody follows themselves or a wall")
  func byLine() throws {
    var desk = try Self.desk()
    desk.type("W")
    desk.press(.enter)
    #expect(desk.said == "that is you")
    desk.type("j")
    desk.effects = []
    desk.press(.enter)
    #expect(Self.acts(desk.effects) == [.follow(2)])
    desk.type("F")
    #expect(desk.said == "you follow ines no more" && Self.acts(desk.effects).last == .follow(nil))
    desk.press(.end, .enter)
    #expect(desk.said.hasPrefix("a wall goes nowhere"))
    desk.line(":follow ops")
    #expect(desk.said.hasPrefix("nobody called `ops` is here"))
    desk.line(":follow inse")
    #expect(desk.said == "nobody called `inse` is here; did you mean ines?")
  }

  @Test("whoever follows without a name goes along with whoever presents, as that changes")
  func presenter() throws {
    var desk = try Self.desk()
    desk.type("F")
    #expect(desk.text.contains("following whoever presents: nobody does now"))
    desk.effects = []
    func present(_ who: Int?, _ view: Viewpoint) -> [PresenceAct] {
      for index in 0..<4 { desk.console.attendance?.attendees[index].isPresenting = index == who }
      if let who { desk.console.attendance?.attendees[who].view = view }
      return Self.acts(desk.console.heed(desk.story.state))
    }
    #expect(present(1, Viewpoint(pane: "budgets")).first == .follow(2))
    #expect(desk.console.pane == .budgets && desk.text.contains("following ines, who presents"))
    #expect(present(2, Viewpoint(pane: "changes")).first == .follow(3))
    #expect(desk.console.pane == .changes)
    #expect(present(nil, .fleet) == [.follow(nil)])
    #expect(desk.console.pane == .changes && desk.text.contains("nobody does now"))
  }

  @Test("who leaves is followed no more; who comes back is, and a lost link ends nothing")
  func leaving() throws {
    var desk = try Self.desk()
    desk.line(":follow ines")
    let all = try #require(desk.console.attendance)
    desk.console.link = Link(.lost, seconds: 2)
    desk.console.attendance?.attendees.remove(at: 1)
    #expect(desk.console.heed(desk.story.state) == [])
    desk.console.link = Link()
    desk.console.attendance = all
    desk.console.attendance?.attendees[1].id = 12
    desk.console.attendance?.attendees[1].view = Viewpoint(pane: "budgets")
    #expect(Self.acts(desk.console.heed(desk.story.state)).contains(.follow(12)))
    #expect(desk.console.pane == .budgets)
    desk.console.attendance?.attendees.remove(at: 1)
    #expect(Self.acts(desk.console.heed(desk.story.state)) == [.follow(nil)])
    #expect(desk.said == "ines has left: you follow nobody")
  }

  @Test("nobody goes round in a circle")
  func circle() throws {
    var desk = try Self.desk()
    desk.console.attendance?.attendees[1].follows = 3
    desk.console.attendance?.attendees[2].follows = 1
    desk.line(":follow ines")
    #expect(desk.said == "ines comes along with you already")
    // Both begin at once: the one who came last stops.
    var last = try Desk()
    last.console.attendance = Crew.attendance(you: 3)
    last.line(":follow ines")
    last.console.attendance?.attendees[1].follows = 3
    #expect(Self.acts(last.console.heed(last.story.state)).contains(.follow(nil)))
    var first = try Desk()
    first.console.attendance = Crew.attendance(you: 2)
    first.line(":follow mira")
    first.console.attendance?.attendees[2].follows = 2
    #expect(!Self.acts(first.console.heed(first.story.state)).contains(.follow(nil)))
    #expect(first.text.contains("following mira"))
  }

  // MARK: Nothing is done by it

  @Test("what is being typed or confirmed stays, and is followed on afterwards")
  func typing() throws {
    var desk = try Self.desk()
    desk.line(":follow ines")
    desk.type(":note see")
    Self.look(&desk, Viewpoint(pane: "budgets"))
    #expect(desk.console.prompt?.text == "note see" && desk.console.pane == .service("pricing"))
    desk.press(.enter)
    _ = desk.console.heed(desk.story.state)
    #expect(desk.console.pane == .budgets && desk.text.contains("following ines"))
  }

  @Test("a dialog that came by following acts on no key that was meant for what stood there before")
  func dialog() throws {
    for key in ["y", "x", "A", "t", "\n"] {
      var desk = try Self.desk()
      let plan = try ActionPaneTests.plan(risk: .low)
      desk.add(plan)
      desk.line(":arm")
      desk.line(":follow ines")
      Self.look(&desk, Viewpoint(pane: "action", subject: [plan.id]))
      #expect(desk.console.pane == .action(plan.id))
      #expect(desk.confirmation == nil)
      desk.effects = []
      if key == "\n" { desk.press(.enter) } else { desk.type(key) }
      #expect(desk.intents.isEmpty && desk.console.prompt == nil, "\(key)")
      #expect(desk.said.hasPrefix("you came here with ines"), "\(desk.said)")
      #expect(Self.acts(desk.effects) == [.follow(nil)])
      #expect(desk.confirmation != nil)
      desk.type("y")
      #expect(desk.intents == [.intent(.confirm(run: plan.id, hash: plan.hash))])
    }
  }

  @Test("where whoever was followed has left, the first key still acts on nothing they led to")
  func ledAndLeft() throws {
    for isOther in [false, true] {
      var desk = try Self.desk()
      let plan = try ActionPaneTests.plan(risk: .low)
      desk.add(plan)
      desk.line(":arm")
      desk.line(":follow ines")
      Self.look(&desk, Viewpoint(pane: "action", subject: [plan.id]))
      desk.console.attendance?.attendees.remove(at: 1)
      _ = desk.console.heed(desk.story.state)
      #expect(desk.said == "ines has left: you follow nobody")
      desk.effects = []
      if isOther {
        // A way of their own: what they find there they came to.
        desk.press(.escape)
        desk.console.show(.action(plan.id))
      } else {
        desk.type("y")
        #expect(desk.intents.isEmpty && desk.said.hasPrefix("you came here with ines"))
        #expect(Self.acts(desk.effects).allSatisfy { $0 != .follow(nil) })
      }
      desk.type("y")
      #expect(desk.intents == [.intent(.confirm(run: plan.id, hash: plan.hash))])
    }
  }

  @Test("a key that comes too fast neither checks a step off nor skips it")
  func hastySteps() throws {
    var desk = try Self.desk()
    desk.type("r")
    for key in [Key.character("x"), .character("s")] {
      desk.press(key, hasty: true)
      #expect(desk.intents.isEmpty && desk.console.prompt == nil)
      #expect(desk.said == "too fast to be meant: press it again")
    }
    desk.type("x")
    #expect(desk.intents.count == 1)
  }

  @Test("a step that the cursor was brought to is not checked off by a key that came before")
  func step() throws {
    var desk = try Self.desk()
    desk.type("r")
    let view = desk.console.viewpoint(over: desk.story.state)
    #expect(view.pane == "runbook")
    desk.type("1")
    desk.line(":follow ines")
    Self.look(&desk, view)
    desk.type("x")
    #expect(desk.intents.isEmpty && desk.said.hasPrefix("you came here with ines"))
    desk.type("x")
    #expect(desk.intents.count == 1)
  }

  @Test("whoever presents is told so, with who comes along")
  func presenting() throws {
    var desk = try Self.desk()
    desk.type("T")
    #expect(desk.text.contains("you present, followed by nobody yet: T ends it"), "\(desk.text)")
    desk.console.attendance?.attendees[2].follows = 1
    #expect(desk.text.contains("you present, followed by mira: T ends it"))
    desk.type("T")
    #expect(!desk.text.contains("followed by"))
  }
}
