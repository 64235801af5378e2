import Canvas
import Console
import Fleet
import Health
import Incident

/// Pasts that the tests look at: the incident with hours before and minutes after it.
extension Playback {
  static let second: Int64 = 1_000_000_000
  static let minute: Int64 = 60 * second

  /// The incident stands at 00:48:30; LIVE is 14m51s later, and Damcon did not run for an hour.
  static func around(_ story: Story, source: Source = .live) -> Playback {
    let now = story.state.present.now
    let end = now.advanced(by: 891)
    let start = now.advanced(by: -3 * 3600)
    var playback = Playback(source: source, from: start, to: end)
    playback.milestones = milestones(story)
    playback.pulses = pulses(from: start, to: end)
    return playback
  }

  static func file(
    _ story: Story, integrity: String = "intact", isWhole: Bool = true
  ) -> Playback {
    around(
      story, source: .file(name: "pricing.damcon", integrity: integrity, isWhole: isWhole))
  }

  private static func instant(_ minutes: Double) -> Instant {
    Instant(wall: Story.start, offset: 0).advanced(by: minutes * 60)
  }

  private static func milestones(_ story: Story) -> [Milestone] {
    func made(
      _ kind: Milestone.Kind, _ minutes: Double, _ service: String?, _ words: String
    ) -> Milestone {
      Milestone(kind, sequence: 1, instant: instant(minutes), service: service, words: words)
    }
    let before = [
      made(.began, -177, nil, "Damcon began to watch"),
      made(.worse, -150, "search", "healthy → stale: liveness silent for 11s"),
      made(.better, -140, "search", "stale → healthy"),
      made(.began, -20, nil, "Damcon began to watch"),
      made(.change, -14, "pricing", "2.2.9 → 2.3.0"),
      made(.note, -8, nil, "ada: release of pricing is out"),
    ]
    let after = [
      made(.alert, 5, "pricing", "fast: page: burning 22x over 1h and 31x over 5m"),
      made(.incident, 5, nil, "incident opened: pricing fast: burning 22x"),
      made(.action, 7, "pricing", "cap concurrency at 32"),
      made(.fallbackOver, 11, "cart", "cached-prices is over"),
      made(.better, 12, "pricing", "not-ready → healthy"),
      made(.alertOver, 14, "pricing", "fast: the page is over"),
      made(.incidentOver, 16, nil, "resolved by ada"),
    ]
    return before + story.milestones + after
  }

  private static func pulses(from start: Instant, to end: Instant) -> [Pulse] {
    var pulses: [Pulse] = []
    for minute in -177...18 {
      // Not watched from 80 to 20 minutes before.
      if (-80 ..< -20).contains(minute) { continue }
      let burn: Double? =
        switch minute {
        case -20 ..< -16: nil
        case ..<0: minute % 7 == 0 ? 0.6 : 0.05
        case 0..<8: [0.4, 1.2, 3.5, 7, 15, 31, 44, 40][minute]
        default: max(0.05, 20 - Double(minute - 8) * 4)
        }
      pulses.append(
        Pulse(
          instant: instant(Double(minute)), burn: burn, worst: burn ?? 0 > 1 ? .unhealthy : .healthy
        )
      )
    }
    return pulses
  }
}

extension ConsoleState {
  /// A console that shows the past.
  static func past(
    _ playback: Playback, _ size: Size, _ glyphs: GlyphSet = .unicode, localOffset: Int = 0
  ) -> ConsoleState {
    var console = ConsoleState(size: size, glyphs: glyphs, localOffset: localOffset)
    console.playback = playback
    return console
  }

  mutating func press(_ keys: [Key], _ story: Story) -> [Effect] {
    keys.flatMap { reduce(.key($0), over: story.state) }
  }

  mutating func type(line: String, _ story: Story) -> [Effect] {
    press([.character(":")] + line.map { .character($0) } + [.enter], story)
  }
}
