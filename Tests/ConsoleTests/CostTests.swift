import Canvas
import Console
import Testing

@Suite("Cost")
struct CostTests {
  /// Measured in release at about a tenth of this; the bound is for a machine that does other things.
  @Test("A screen of 200x60 over a thousand services is drawn in milliseconds")
  func thousand() {
    let story = Story.large(1000)
    let console = ConsoleState(size: Size(200, 60))
    var best = Duration.seconds(60)
    for _ in 0..<10 {
      let began = ContinuousClock.now
      _ = render(story.state, console)
      best = min(best, ContinuousClock.now - began)
    }
    #if DEBUG
      #expect(best < .milliseconds(400), "\(best)")
    #else
      #expect(best < .milliseconds(10), "\(best)")
    #endif
  }
}
