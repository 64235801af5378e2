import Canvas
import Console
import Fleet
import Health
import Incident
import Testing

@Suite("Copying")
struct CopyTests {
  private func pressed(_ keys: [Key], over story: Story = .incident)
    -> (console: ConsoleState, effects: [Effect])
  {
    var console = ConsoleState(size: Size(120, 40))
    var effects: [Effect] = []
    for key in keys { effects += console.reduce(.key(key), over: story.state) }
    return (console, effects)
  }

  @Test("y and n send the name of the service under the cursor, and say that it was sent")
  func name() {
    let (console, effects) = pressed([.character("y"), .character("n")])
    #expect(effects == [.copy("checkout")])
    #expect(console.message?.text == "sent to the terminal: checkout")
    #expect(console.copyOffer == nil)
  }

  @Test("a URL is sent whole, of the worst instance first")
  func url() throws {
    let story = Story.incident
    let (console, _) = pressed([.character("y")], over: story)
    let urls = try #require(console.copyOffer).choices.filter { $0.what == "URL" }
    let service = try #require(
      story.state.present.services.first { $0.definition.name == "checkout" })
    #expect(Set(urls.map(\.text)) == Set(service.instances.map(\.definition.url)))
    let worst = service.instances.max { $0.health.state.severity < $1.health.state.severity }
    #expect(urls.first?.text == worst?.definition.url)
    let (_, effects) = pressed([.enter, .character("y"), .character("1")], over: story)
    #expect(effects == [.copy(urls[0].text)])
  }

  @Test("what can be copied stands in the last line")
  func shown() {
    let story = Story.incident
    let (console, _) = pressed([.character("y")], over: story)
    let line = render(story.state, console).line(39)
    #expect(line.hasPrefix("copy  n name checkout  m why "))
  }

  @Test("Esc leaves without a word, another key says that nothing was copied, Ctrl-C still quits")
  func leaving() {
    #expect(pressed([.character("y"), .escape]).console.message == nil)
    let other = pressed([.character("y"), .character("z")])
    #expect(other.effects == [] && other.console.message?.text == "nothing was copied")
    #expect(pressed([.character("y"), .control("c")]).effects == [.quit])
  }

  @Test("a message from a service cannot press Enter in the shell it is pasted into")
  func hostile() throws {
    var story = Story.calm
    var report = HealthReport(dialect: .damcon, status: .fail)
    report.message = "a\u{1b}[2J\u{8}\u{7f} rm -rf x\u{9b}2J"
    story.probe("users", "http://10.0.0.7:8087", .liveness, report)
    story.pass(1)
    let (console, _) = pressed([.character("y")], over: story)
    let texts = try #require(console.copyOffer).choices.map(\.text)
    #expect(texts.contains { $0.contains("rm -rf x") }, "\(texts)")
    #expect(texts.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7f...0x9f).contains($0.value) } })
  }
}

@Suite("The cursor on a slow link")
struct LingeringTests {
  @Test("what stands beside the table follows the cursor once it rests")
  func follows() {
    let story = Story.incident
    var console = ConsoleState(size: Size(200, 60))
    let first = render(story.state, console)
    _ = console.reduce(.key(.down), over: story.state)
    let moving = render(story.state, console)
    #expect(console.lingering == "checkout")
    // The cursor moved; the pane at its side stayed.
    let pane = { (frame: Frame) in (3..<50).map { String(frame.line($0).dropFirst(102)) } }
    #expect(moving != first && pane(moving) == pane(first))
    console.rest()
    #expect(pane(render(story.state, console)) != pane(first))
  }

  @Test("a frame made while the cursor runs is the whole frame but for what waits for its rest")
  func moving() {
    let story = Story.incident
    for size in [Size(80, 24), Size(120, 40), Size(200, 60), Size(300, 80), Size(20, 5)] {
      var console = ConsoleState(size: size)
      var maker = FrameMaker()
      #expect(maker.frame(story.state, console) == render(story.state, console))
      for key in [Key.down, .down, .up, .end] {
        _ = console.reduce(.key(key), over: story.state)
        #expect(maker.frame(story.state, console) == render(story.state, console), "\(size)")
      }
      console.rest()
      #expect(maker.frame(story.state, console) == render(story.state, console))
      _ = console.reduce(.key(.down), over: story.state)
      _ = console.reduce(.resize(Size(90, 30)), over: story.state)
      #expect(maker.frame(story.state, console) == render(story.state, console))
    }
  }

  @Test("when the screen is laid out anew while the cursor runs, it is drawn whole")
  func newLayout() {
    var story = Story.calm
    var console = ConsoleState(size: Size(80, 24))
    var maker = FrameMaker()
    _ = maker.frame(story.state, console)
    _ = console.reduce(.key(.down), over: story.state)
    var report = HealthReport(dialect: .damcon, status: .pass)
    report.fallbacks = [HealthReport.Fallback(name: "cached", active: true)]
    story.probe("users", "http://10.0.0.7:8087", .readiness, report)
    let frame = maker.frame(story.state, console)
    #expect(frame == render(story.state, console) && frame.line(1).contains("FALLBACK"))
  }

  @Test("figures stand still under a running cursor for a second at most")
  func standing() {
    var story = Story.calm
    var console = ConsoleState(size: Size(80, 24))
    var maker = FrameMaker()
    _ = console.reduce(.key(.down), over: story.state)
    _ = maker.frame(story.state, console)
    story.probe("users", "http://10.0.0.7:8087", .liveness, status: 503)
    _ = console.reduce(.key(.down), over: story.state)
    #expect(maker.frame(story.state, console) != render(story.state, console))
    story.pass(2)
    _ = console.reduce(.key(.down), over: story.state)
    #expect(maker.frame(story.state, console) == render(story.state, console))
  }

  @Test("opening, going back and every other key end the lingering at once")
  func ends() {
    let story = Story.incident
    var console = ConsoleState(size: Size(200, 60))
    _ = console.reduce(.key(.down), over: story.state)
    let chosen = console.selection
    _ = console.reduce(.key(.enter), over: story.state)
    #expect(console.lingering == nil && console.pane == .service(chosen ?? ""))
  }
}

@Suite("The mouse")
struct MouseTests {
  @Test("a press puts the cursor on the row, a second one opens it; the wheel moves it")
  func press() {
    let story = Story.incident
    var console = ConsoleState(size: Size(80, 24))
    let frame = render(story.state, console)
    let y = (0..<24).first { frame.line($0).contains("pricing") } ?? 0
    _ = console.reduce(.mouse(.press(Point(5, y))), over: story.state)
    let chosen = console.selection
    #expect(chosen.map { frame.line(y).contains($0) } == true)
    _ = console.reduce(.mouse(.wheel(3, Point(5, y))), over: story.state)
    #expect(console.selection != chosen)
    _ = console.reduce(.mouse(.wheel(-3, Point(5, y))), over: story.state)
    #expect(console.selection == chosen)
    _ = console.reduce(.mouse(.press(Point(5, y))), over: story.state)
    #expect(console.pane == .service(chosen ?? ""))
  }

  @Test("a stray press does not throw away text that is being typed")
  func typing() {
    let story = Story.incident
    var console = ConsoleState(size: Size(80, 24))
    for key: Key in [.character("/"), .character("c")] {
      _ = console.reduce(.key(key), over: story.state)
    }
    let before = console
    _ = console.reduce(.mouse(.press(Point(5, 6))), over: story.state)
    #expect(console.prompt == before.prompt && console.selection == before.selection)
  }
}
