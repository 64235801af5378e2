import Canvas
import Console
import Fleet
import Health
import Incident
import Telemetry
import Testing

/// Whatever the size and whatever happened, a frame is whole.
@Suite("Any size")
struct AnySizeTests {
  /// SplitMix64: the same tries on every machine.
  private struct Dice {
    var state: UInt64
    mutating func next(_ limit: Int) -> Int {
      state &+= 0x9e37_79b9_7f4a_7c15
      var z = state
      z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
      z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
      return Int((z ^ (z >> 31)) % UInt64(limit))
    }
  }

  private static let names = [
    "cart", "\u{1b}]0;x\u{7}", "\u{6f22}\u{5b57}", "e\u{301}\u{302}\u{303}\u{304}", "\u{202e}live",
    "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{1f3fd}", "\u{2764}\u{fe0f}", "nul\u{0}\r\n",
    "\u{9b}31m", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}", "1\u{fe0f}\u{20e3}", "\u{1f1e9}\u{1f1ea}",
    String(repeating: "long", count: 40),
  ]

  /// A fleet with some of the hostile names, to which some things happen in some order.
  private func story(_ dice: inout Dice) -> Story {
    let count = dice.next(14)
    let services = (0..<count).map { index in
      Service(
        name: AnySizeTests.names[(index + dice.next(3)) % AnySizeTests.names.count] + "\(index)",
        tier: Tier.allCases[dice.next(3)],
        instances: (0..<dice.next(3)).map { Instance(url: "http://10.0.\(index).\($0):80") },
        dependsOn: ["cart0", "nobody"],
        slos: dice.next(2) == 0
          ? [] : [SLO(name: "fast", objective: 99, threshold: 0.02, window: 86400)])
    }
    var story = Story(
      Fleet(
        name: AnySizeTests.names[dice.next(AnySizeTests.names.count)],
        environment: dice.next(2) == 0 ? nil : Environment(name: "prod\u{1b}", color: "red"),
        services: services))
    for _ in 0..<dice.next(60) {
      guard let service = services.isEmpty ? nil : services[dice.next(services.count)],
        let instance = service.instances.first
      else { continue }
      let words = AnySizeTests.names[dice.next(AnySizeTests.names.count)]
      switch dice.next(5) {
      case 0: story.fault(service.name, instance.url, Fault(.timeout, words))
      case 1:
        var report = HealthReport(dialect: .damcon, status: .warn)
        report.message = words
        report.version = words
        report.phase = [.warming, .draining, .serving, nil][dice.next(4)]
        report.fallbacks = [
          .init(name: words, active: true, since: story.unixSeconds - 50, tolerance: 60)
        ]
        report.breakers = [.init(name: words, state: .open)]
        report.checks = [.init(name: words, status: .fail, observed: 1e300, message: words)]
        report.saturation = [.init(name: words, used: 3, limit: 2)]
        story.probe(
          service.name, instance.url, .readiness, status: 200 + 303 * dice.next(2), report)
      case 2, 3:
        story.scrape(
          service.name, instance.url,
          .init(rate: Double(dice.next(2000)), errors: 0.3, median: 0.001 * Double(dice.next(9000)))
        )
      default: story.add(.note(Note(.warning, words)))
      }
      story.pass(dice.next(9))
    }
    return story
  }

  private static let ways: [[Key]] = [
    [], [.enter], [.down, .down, .enter, .tab, .tab, .tab, .tab, .tab, .pageDown],
    [.character("?"), .pageDown], [.character("3")], [.tab, .down, .tab], [.end, .pageUp],
    [.character("/"), .character("s"), .character(":")], [.character(":"), .character("\u{1b}")],
    [.enter, .character("?"), .character("3")],
    [.character("N"), .character("m"), .character("z"), .character("Z"), .character("Z")],
  ]

  /// A past such as anybody may hand over: times of any size, in any order, words that attack.
  private func playback(_ story: Story, _ dice: inout Dice) -> Playback? {
    func time() -> Int64 {
      switch dice.next(8) {
      case 0: [.min, .max, 0, -1][dice.next(4)]
      default: Int64(dice.next(1_000_000)) * Int64(dice.next(90_000)) - 40_000_000_000
      }
    }
    guard dice.next(2) == 0 else { return nil }
    let (one, other) = (time(), time())
    let name = AnySizeTests.names[dice.next(AnySizeTests.names.count)]
    var playback = Playback(
      source: dice.next(2) == 0
        ? .live : .file(name: name, integrity: name, isWhole: dice.next(2) == 0),
      span: min(one, other)...max(one, other), wallOffset: time())
    playback.speed = [1, -600, 0.25, .infinity, .nan][dice.next(5)]
    playback.isPlaying = dice.next(2) == 0
    playback.isSeeking = dice.next(2) == 0
    playback.skipsIdle = dice.next(2) == 0
    let (from, to) = (time(), time())
    playback.loop = dice.next(2) == 0 ? nil : min(from, to)...max(from, to)
    for kind in Milestone.Kind.allCases {
      playback.milestones.append(
        Milestone(
          kind, sequence: 1, instant: Instant(wall: time(), offset: time()), service: name,
          words: name))
      playback.pulses.append(
        Pulse(
          instant: Instant(wall: time(), offset: time()),
          burn: [nil, 0, 1e300, .infinity, .nan][dice.next(5)], worst: .stale))
    }
    return playback
  }

  private static let columns = [
    nil, "why name", FleetColumn.allCases.map(\.rawValue).joined(separator: " "),
  ]

  @Test(
    "A frame has the size of its screen, and each row fills it without a control", arguments: 0..<40
  )
  func whole(_ seed: Int) throws {
    var dice = Dice(state: UInt64(seed) &* 7919 &+ 1)
    let story = story(&dice)
    for _ in 0..<6 {
      let size =
        dice.next(4) == 0
        ? Size(1 + dice.next(500), 1 + dice.next(200)) : Size(1 + dice.next(170), 1 + dice.next(60))
      let glyphs = [GlyphSet.unicode, .braille, .ascii][dice.next(3)]
      var console = ConsoleState(size: size, glyphs: glyphs)
      if let columns = AnySizeTests.columns[dice.next(3)] { try console.showColumns(columns) }
      console.playback = playback(story, &dice)
      if dice.next(6) == 0 {
        console.show(Comparison(Story.calm.state.present, story.state.present))
      }
      for key in AnySizeTests.ways[dice.next(AnySizeTests.ways.count)] {
        _ = console.reduce(.key(key), over: story.state)
      }
      let frame = render(story.state, console)
      #expect(frame.size == size)
      #expect(frame.cells.count == size.width * size.height)
      for y in 0..<size.height {
        let row = frame.row(y)
        let isWhole = row.reduce(0) { $0 + Int($1.width) } == size.width
        let isClean = row.allSatisfy {
          $0.width == 0
            || $0.glyph.base >= 0x20 && !(0x7f...0x9f).contains($0.glyph.base)
              && !(0x202a...0x202e).contains($0.glyph.base)
              && !(0x2066...0x2069).contains($0.glyph.base) && $0.glyph.base != 0x200d
        }
        let isASCII = !glyphs.isASCII || row.allSatisfy { $0.width == 1 && $0.glyph.base < 0x7f }
        if !isWhole || !isClean || !isASCII {
          Issue.record("seed \(seed), \(size), row \(y): \(isWhole) \(isClean) \(isASCII)")
        }
      }
    }
  }

  @Test("A row with hostile text keeps its columns where the others have theirs")
  func columnsStand() throws {
    var console = ConsoleState(size: Size(120, 30))
    try console.showColumns("name rate errors version")
    let frame = render(Story.hostile.state, console)
    let head = try #require((0..<30).first { frame.line($0).contains("SERVICE") })
    let at = try #require((0..<120).first { $0 > 12 && frame[$0, head].glyph == Glyph("V") })
    for row in head + 1...head + 10 { #expect(frame[at, row].glyph == Glyph("G"), "row \(row)") }
  }
}
