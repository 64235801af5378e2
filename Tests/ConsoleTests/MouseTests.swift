import Canvas
import Console
import Testing

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
