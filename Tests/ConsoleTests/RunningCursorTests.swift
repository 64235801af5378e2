import Canvas
import Console
import Fleet
import Health
import Incident
import Testing

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
