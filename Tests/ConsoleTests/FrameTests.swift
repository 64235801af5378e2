import Canvas
import Console
import Fleet
import Health
import Incident
import Testing

@Suite("Frames")
struct FrameTests {
  static let sizes = [
    Size(0, 0), Size(1, 1), Size(3, 2), Size(20, 5), Size(43, 9), Size(44, 10), Size(79, 17),
    Size(80, 24), Size(100, 18), Size(159, 30), Size(160, 20), Size(300, 80), Size(500, 200),
  ]
  static let ways: [[Key]] = [
    [], [.enter], [.down, .down, .enter, .tab, .tab, .pageDown], [.character("?"), .pageDown],
    [.character("3")], [.tab, .down, .down, .tab],
    [.character("/"), .character("s"), .character(":")],
    [.character(":"), .character("s")],
  ]

  @Test("Every pane draws at every size, and no cell of a row is lost or shifted", arguments: sizes)
  func everySize(_ size: Size) {
    for story in [Story.hostile, .incident, .beginning, Story(Fleet(name: ""))] {
      for glyphs in [GlyphSet.unicode, .ascii] {
        // The large ones cost most and differ least.
        for way in size.height > 60 ? Array(FrameTests.ways.prefix(2)) : FrameTests.ways {
          var console = ConsoleState(size: size, glyphs: glyphs)
          for key in way { _ = console.reduce(.key(key), over: story.state) }
          let frame = render(story.state, console)
          #expect(frame.size == size)
          check(frame)
        }
      }
    }
  }

  /// The cells of each row add up to its width, and none is a control or a bidi mark.
  private func check(_ frame: Frame) {
    for y in 0..<frame.size.height {
      var width = 0
      var isClean = true
      for cell in frame.row(y) {
        width += Int(cell.width)
        let base = cell.glyph.base
        if cell.width > 0,
          base < 0x20 || (0x7f...0x9f).contains(base)
            || (0x202a...0x202e).contains(base) || (0x2066...0x2069).contains(base)
        {
          isClean = false
        }
      }
      if width != frame.size.width || !isClean {
        Issue.record("row \(y) of \(frame.size): \(width) wide, clean: \(isClean)")
      }
    }
  }

  @Test("A hostile name moves no other column: rules stand below each other")
  func columnsStand() {
    let frame = render(Story.hostile.state, ConsoleState(size: Size(200, 60)))
    let rule = (0..<200).filter { x in frame[x, 10].glyph == Glyph("│") }
    for y in 3..<59 {
      #expect(rule.contains { frame[$0, y].glyph == Glyph("│") }, "row \(y)")
    }
  }

  @Test("20x5 tells the counts, the worst service and its reason")
  func tiny() {
    let frame = render(Story.incident.state, ConsoleState(size: Size(20, 5)))
    #expect(frame.line(0).contains("✖1") && frame.line(0).contains("●4"))
    #expect(frame.line(1).contains("checkout"))
    #expect(frame.line(2).contains("needs pricing"))
  }

  @Test("What a service is in trouble by stands there without a colon once there is no more to say")
  func nothingFollows() throws {
    let frame = render(Story.cartIsBack.state, ConsoleState(size: Size(120, 40)))
    let row = try #require(frame.text.split(separator: "\n").first { $0.contains(" cart ") })
    #expect(row.contains("needs pricing") && !row.contains("needs pricing:"), "\(frame.text)")
  }

  @Test("No traffic is –, not known is ?, and neither is 0")
  func unknowns() {
    let frame = render(Story.incident.state, ConsoleState(size: Size(120, 40)))
    let users = frame.text.split(separator: "\n").first { $0.contains("users") }
    let search = frame.text.split(separator: "\n").first { $0.contains("search") }
    #expect(users?.contains("–") == true)
    #expect(search?.contains("?") == true)
    #expect(search?.contains(" 0 ") == false)
  }

  @Test("A quantile past the last bucket shows as more than its bound")
  func beyond() {
    let frame = render(Story.incident.state, ConsoleState(size: Size(120, 40)))
    #expect(frame.text.contains(">5s"))
  }

  @Test("No state is told by colour alone: each has a shape of its own, in ASCII too")
  func marks() {
    let marks = HealthState.allCases.map(\.mark)
    #expect(Set(marks).count == marks.count)
    let ascii = marks.map { GlyphSet.ascii(for: $0.unicodeScalars.first!) }
    #expect(Set(ascii).count == ascii.count)
  }

  @Test("What goes on, and a line that goes on, are not shown as what nobody knows")
  func going() {
    for sign in ["↪", "◷"] { #expect(GlyphSet.ascii(for: sign.unicodeScalars.first!) != "?") }
  }

  @Test("A tick that changes nothing to see changes no cell")
  func quietTick() {
    var story = Story.calm
    let console = ConsoleState(size: Size(80, 24))
    let before = render(story.state, console)
    story.skip(0.2)
    story.add(.tick)
    #expect(render(story.state, console) == before)
  }

  @Test("A service that left the fleet says so where it was looked at")
  func gone() {
    var story = Story.calm
    var console = ConsoleState(size: Size(80, 24))
    _ = console.reduce(.key(.enter), over: story.state)
    story.add(.fleet(Fleet(name: "x")))
    #expect(render(story.state, console).text.contains("is watched no more"))
  }

  @Test("The strip tells how many fallbacks, the oldest, and what is left of tolerance")
  func strip() {
    let frame = render(Story.incident.state, ConsoleState(size: Size(80, 24)))
    #expect(frame.line(1).contains("FALLBACK 1 active, oldest 12m: cart cached-prices, 2m"))
  }
}

@Suite("Reasons in the table")
struct ReasonTests {
  @Test(
    "A reason leaves out what its row says anyway",
    arguments: [
      ("1 of 2 instances unreachable: liveness refused: no", "1/2 liveness refused: no"),
      ("all 3 instances not-ready: readiness 503: x", "readiness 503: x"),
      ("all 2 instances unknown", "all 2 instances unknown"),
      ("many of my instances are sad: really", "many of my instances are sad: really"),
      ("instances :", "instances :"), ("", ""), ("1 of 2 instances:", "1 of 2 instances:"),
      ("liveness 503: 1 of 2 instances say: no", "liveness 503: 1 of 2 instances say: no"),
    ])
  func short(_ reason: String, _ wanted: String) {
    #expect(FleetPane.short(reason) == wanted)
  }
}
