import Canvas
import Console
import Fleet
import Health
import Incident
import Testing

@Suite("Cost")
struct CostTests {
  @Test("A long recording's timeline costs a frame little")
  func past() {
    let story = Story.incident
    var playback = Playback.file(story)
    let start = Instant(wall: Story.start, offset: 0).advanced(by: -86_400)
    playback = Playback(source: playback.source, from: start, to: story.state.present.now)
    for index in 0..<4096 {
      playback.milestones.append(
        Milestone(
          Milestone.Kind.allCases[index % 12], sequence: UInt64(index),
          instant: start.advanced(by: Double(index) * 21), words: "something happened"))
    }
    for minute in 0..<1440 {
      playback.pulses.append(
        Pulse(
          instant: start.advanced(by: Double(minute) * 60), burn: Double(minute % 40),
          worst: .healthy))
    }
    let console = ConsoleState.past(playback, Size(200, 60))
    var best = Duration.seconds(60)
    for _ in 0..<10 {
      let began = ContinuousClock.now
      _ = render(story.state, console)
      best = min(best, ContinuousClock.now - began)
    }
    #if DEBUG
      #expect(best < .milliseconds(200), "\(best)")
    #else
      #expect(best < .milliseconds(4), "\(best)")
    #endif
  }

  /// The owner of the state calls it, whose turns stay within 2 ms: a fifth of the bound on a busy
  /// machine.
  @Test("Lines of a thousand services cost the owner of the state little")
  func lines() {
    var story = Story.large(1000)
    var report = LinearReport()
    story.pass(1)
    _ = report.lines(over: story.state)
    var best = Duration.seconds(60)
    for turn in 0..<10 {
      // A quarter of a second of a fleet polled every five.
      for index in turn * 50..<(turn + 1) * 50 {
        story.probe("service-\(index)", "http://10.1.0.1:\(index)", .liveness)
      }
      let began = ContinuousClock.now
      _ = report.lines(over: story.state)
      best = min(best, ContinuousClock.now - began)
      story.skip(0.25)
    }
    #if DEBUG
      #expect(best < .milliseconds(100), "\(best)")
    #else
      #expect(best < .milliseconds(5), "\(best)")
    #endif
  }
}
