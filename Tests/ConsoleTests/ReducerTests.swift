import Canvas
import Console
import Fleet
import Health
import Incident
import Testing

@Suite("Reducer")
struct ReducerTests {
  /// Presses keys one after another, on a screen of 80x24.
  private func pressed(
    _ keys: [Key], over story: Story = .incident, size: Size = Size(80, 24)
  ) -> (console: ConsoleState, effects: [Effect]) {
    var console = ConsoleState(size: size)
    var effects: [Effect] = []
    for key in keys { effects += console.reduce(.key(key), over: story.state) }
    return (console, effects)
  }

  private func typed(_ text: String) -> [Key] { text.map { .character($0) } }

  @Test("The selection stays on its service when rows move")
  func selectionStays() {
    var story = Story.calm
    var console = ConsoleState(size: Size(80, 24))
    _ = console.reduce(.key(.down), over: story.state)
    let chosen = console.selection
    #expect(chosen != nil)
    story.pass(10)
    story.probe("payments", "http://10.0.0.7:8085", .liveness, status: 503)
    story.pass(2)
    let order = FleetOrder(story.state.present, console)
    #expect(order.row(of: "payments", in: story.state.present) == 0)
    #expect(console.selection == chosen)
    _ = console.reduce(.key(.enter), over: story.state)
    #expect(console.pane == .service(chosen ?? ""))
  }

  @Test("Rows are held while a key is being aimed, and let go after")
  func held() {
    var story = Story.calm
    var console = ConsoleState(size: Size(80, 24))
    _ = console.reduce(.key(.down), over: story.state)
    let before = FleetOrder(story.state.present, console).rows
    story.probe("users", "http://10.0.0.7:8087", .liveness, status: 503)
    let order = FleetOrder(story.state.present, console)
    #expect(order.rows == before && order.isHeld)
    #expect(render(story.state, console).line(0).contains("order held 3s"))
    story.pass(4)
    let after = FleetOrder(story.state.present, console)
    #expect(after.rows != before && !after.isHeld)
  }

  @Test("Until a row is chosen, the cursor is on the worst service")
  func followsTheWorst() {
    let (console, _) = pressed([.enter])
    #expect(console.pane == .service("checkout"))
  }

  @Test("Esc goes back, then drops the filter, the sort, the selection; then says it is done")
  func back() {
    let story = Story.incident
    var (console, _) = pressed(
      typed("/search") + [.enter, .character("s"), .character("g"), .enter], over: story)
    #expect(console.pane == .service("search"))
    _ = console.reduce(.key(.escape), over: story.state)
    #expect(console.pane == .fleet && !console.filter.isEmpty)
    _ = console.reduce(.key(.escape), over: story.state)
    #expect(console.filter.isEmpty && console.sort == .name)
    _ = console.reduce(.key(.escape), over: story.state)
    #expect(console.sort == .worst)
    _ = console.reduce(.key(.escape), over: story.state)
    #expect(console.selection == nil)
    #expect(console.reduce(.key(.escape), over: story.state) == [.bell])
    #expect(console.message?.text == "this is the first pane; q quits")
  }

  @Test("q quits from the fleet only, Ctrl-C from anywhere")
  func quitting() {
    #expect(pressed([.character("q")]).effects == [.quit])
    let (console, effects) = pressed([.enter, .character("q")])
    #expect(effects == [.bell] && !console.wantsToQuit)
    #expect(console.message?.text.contains("Esc goes back") == true)
    #expect(pressed([.enter, .control("c")]).effects == [.quit])
    #expect(pressed(typed("/ab") + [.control("c")]).effects == [.quit])
  }

  @Test(
    "A key that cannot be used now says why",
    arguments: [
      ([Key.tab], "too narrow"), ([.character("]")], "inside one"),
      ([.character("v")], "means nothing"),
      ([.enter, .character("/")], "press 1"), ([.character("?"), .enter], "nothing to open"),
    ])
  func refusals(_ keys: [Key], _ words: String) {
    let (console, effects) = pressed(keys)
    #expect(effects == [.bell])
    #expect(console.message?.text.contains(words) == true, "\(console.message?.text ?? "")")
    #expect(render(Story.incident.state, console).text.contains(words))
  }

  @Test("Pasted text is text in a filter, and nothing elsewhere")
  func paste() {
    let story = Story.incident
    var console = ConsoleState(size: Size(80, 24))
    #expect(console.reduce(.paste("qqq"), over: story.state) == [.bell])
    #expect(!console.wantsToQuit && console.message?.text.contains("press / first") == true)
    _ = console.reduce(.key(.character("/")), over: story.state)
    _ = console.reduce(.paste("cart\nx" + String(repeating: "y", count: 2000)), over: story.state)
    #expect(console.prompt?.text.hasPrefix("cart xyyy") == true)
    #expect(console.prompt?.text.count == Prompt.limit)
  }

  @Test("A filter works while it is typed; Esc brings the old one back, Enter keeps it")
  func typing() {
    let story = Story.incident
    var (console, _) = pressed(typed("/pri"), over: story)
    #expect(FleetOrder(story.state.present, console).rows.count == 3)
    // pricing, and whose reason names it
    _ = console.reduce(.key(.escape), over: story.state)
    #expect(console.filter.isEmpty && console.prompt == nil)
    (console, _) = pressed(typed("/state:") + [.character("x"), .enter], over: story)
    #expect(console.prompt?.problem?.contains("no state begins with `x`") == true)
    _ = console.reduce(.key(.backspace), over: story.state)
    _ = console.reduce(.key(.character("s")), over: story.state)
    _ = console.reduce(.key(.enter), over: story.state)
    #expect(console.prompt == nil && console.filter.text == "state:s")
  }

  @Test("A filter that hides everything says how to drop it")
  func nothingMatches() {
    let (console, effects) = pressed(typed("/zzz") + [.enter, .enter])
    #expect(effects == [.bell])
    #expect(console.message?.text == "the filter hides all 8 services; Esc drops it")
    #expect(render(Story.incident.state, console).text.contains("Esc drops it"))
  }

  @Test("The palette runs commands, completes with Tab, and offers the nearest word")
  func palette() {
    #expect(pressed(typed(":reload") + [.enter]).effects == [.intent(.reload)])
    #expect(pressed(typed(":rel") + [.tab, .enter]).effects == [.intent(.reload)])
    #expect(pressed(typed(":q") + [.enter]).effects == [.quit])
    #expect(pressed(typed(":service pri") + [.tab, .enter]).console.pane == .service("pricing"))
    let (console, effects) = pressed(typed(":relod") + [.enter])
    #expect(effects == [.bell])
    #expect(console.message?.text == "no command `relod`; did you mean :reload?")
    #expect(pressed(typed(":theme monochrome") + [.enter]).console.theme == "monochrome")
  }

  @Test(
    "An incident is declared and resolved by its whole word, and only where that means something")
  func incidents() {
    var story = Story.incident
    if story.state.present.openIncident != nil {
      story.add(.incident(.resolve(by: "ada", reason: nil)))
    }
    let declared = pressed(typed(":declare carts are empty") + [.enter], over: story)
    #expect(declared.effects == [.intent(.declare(title: "carts are empty"))])
    let early = pressed(typed(":resolve") + [.enter], over: story)
    #expect(early.effects == [.bell])
    #expect(early.console.message?.text == "no incident is open; :declare TITLE opens one")
    story.add(.incident(.declare(by: "ada", title: "carts are empty")))
    #expect(
      pressed(typed(":resolve") + [.enter], over: story).effects == [.intent(.resolve(reason: nil))]
    )
    let again = pressed(typed(":declare more") + [.enter], over: story)
    #expect(again.effects == [.bell])
    #expect(
      again.console.message?.text
        == "an incident is open already: carts are empty (ada); :resolve closes it")
  }

  @Test("On a wide screen Tab goes to the service beside the fleet, Esc comes back")
  func aside() {
    let story = Story.incident
    var (console, _) = pressed([.tab], over: story, size: Size(200, 60))
    #expect(console.isAside && console.place == .service)
    _ = console.reduce(.key(.tab), over: story.state)
    #expect(console.section != .instances)
    _ = console.reduce(.key(.escape), over: story.state)
    #expect(!console.isAside && console.pane == .fleet)
  }

  @Test("Tab goes through all sections and comes round again")
  func sections() {
    let story = Story.incident
    var (console, _) = pressed([.enter], over: story)
    var seen: [Section] = []
    repeat {
      seen.append(console.section)
      _ = console.reduce(.key(.tab), over: story.state)
      let title = console.section.title
      #expect(render(story.state, console).text.contains("▸ " + title), "\(title) is in view")
    } while console.section != .instances && seen.count < 20
    #expect(seen.count > 6)
  }

  @Test("] and [ go through services in the order of the fleet")
  func nextService() {
    let (console, _) = pressed([.enter, .character("]")])
    #expect(console.pane == .service("pricing"))
    #expect(pressed([.enter, .character("[")]).effects == [.bell])
  }

  @Test("A selection scrolls into view however long the fleet")
  func scrolling() {
    let story = Story.large(200)
    let (console, _) = pressed([.character("G")], over: story)
    let name = console.selection ?? "none"
    #expect(
      render(story.state, console).text.split(separator: "\n").dropLast(4).contains {
        $0.contains(name)
      })
    let (up, _) = pressed([.character("G"), .pageUp, .pageUp, .character("g")], over: story)
    #expect(up.selection == nil)
  }

  @Test("Resizing keeps the selection and loses nothing")
  func resize() {
    let story = Story.large(100)
    var (console, _) = pressed([.character("G")], over: story)
    let name = console.selection
    for size in [Size(1, 1), Size(200, 60), Size(20, 5), Size(80, 24)] {
      _ = console.reduce(.resize(size), over: story.state)
      #expect(render(story.state, console).size == size)
    }
    #expect(console.selection == name)
  }

  @Test("Every key of the table does what help says, or says why not, in every place")
  func tableIsWhole() {
    let story = Story.incident
    for binding in KeyMap.standard.bindings {
      for key in binding.keys {
        for way: [Key] in [[], [.enter], [.character("?")], [.character("3")]] {
          var (console, _) = pressed(way, over: story)
          let effects = console.reduce(.key(key), over: story.state)
          if effects == [.bell] { #expect(console.message != nil, "\(key)") }
        }
      }
    }
    #expect(KeyMap.standard.text.contains("Ctrl-C"))
  }

  @Test("The end of the terminal or of the process asks to quit")
  func ending() {
    var console = ConsoleState(size: Size(80, 24))
    #expect(console.reduce(.ending(.hangup), over: Story.calm.state) == [.quit])
    #expect(console.wantsToQuit)
  }
}
