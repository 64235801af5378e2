import Canvas
import Console
import Fleet
import Health
import Incident
import Testing

@Suite("Frames of the past")
struct PastFrameTests {
  private let story = Story.incident

  private func frame(
    _ playback: Playback, _ size: Size, _ glyphs: GlyphSet = .unicode, keys: [Key] = [],
    lines: [String] = []
  ) -> Frame {
    var console = ConsoleState.past(playback, size, glyphs)
    _ = console.press(keys, story)
    for line in lines { _ = console.type(line: line, story) }
    return render(story.state, console)
  }

  private var playing: Playback {
    var playback = Playback.around(story)
    playback.isPlaying = true
    playback.speed = 8
    return playback
  }

  private var recording: Playback {
    var playback = Playback.file(story)
    playback.isPlaying = true
    playback.speed = -60
    playback.skipsIdle = true
    let now = story.state.present.now.offset
    playback.loop = now - 40 * Playback.minute...now + 10 * Playback.minute
    return playback
  }

  private var partial: Playback {
    .file(story, integrity: "partial: last 12 min missing", isWhole: false)
  }

  static let sizes = [Size(20, 5), Size(80, 24), Size(120, 40)]

  @Test("Goldens: the live session's past, paused and playing", arguments: sizes)
  func live(_ size: Size) throws {
    try Golden.expectAll("past-paused-\(size)") { frame(.around(story), size, $0) }
    try Golden.expectAll("past-playing-\(size)") { frame(playing, size, $0) }
  }

  @Test("Goldens: a recording, whole and in part", arguments: sizes)
  func file(_ size: Size) throws {
    try Golden.expectAll("replay-\(size)") { frame(recording, size, $0) }
    try Golden.expectAll("replay-partial-\(size)") { frame(partial, size, $0) }
  }

  @Test("Goldens: panes in the past", arguments: sizes)
  func panes(_ size: Size) throws {
    try Golden.expectAll("past-service-\(size)") {
      frame(.around(story), size, $0, keys: [.enter])
    }
    try Golden.expectAll("past-help-\(size)") {
      frame(.around(story), size, $0, keys: [.character("?")])
    }
  }

  @Test("Goldens: what changed between two instants", arguments: sizes)
  func difference(_ size: Size) throws {
    let comparison = Comparison(Story.calm.state.present, story.state.present)
    try Golden.expectAll("difference-\(size)") { glyphs in
      var console = ConsoleState.past(.around(story), size, glyphs)
      console.show(comparison)
      return render(story.state, console)
    }
    let modes = Comparison(
      Story(Story.planned).state.present, Story.fallingBack.state.present)
    try Golden.expectAll("difference-fallbacks-\(size)") { glyphs in
      var console = ConsoleState.past(.around(story), size, glyphs)
      console.show(modes)
      return render(Story.fallingBack.state, console)
    }
  }

  @Test("At every size the first line says PAST and when, and no line says LIVE as a live one does")
  func banner() {
    for (width, height) in [(20, 1), (20, 2), (20, 5), (30, 9), (44, 10), (80, 24), (200, 60)] {
      for playback in [Playback.around(story), playing, recording, partial] {
        for glyphs in [GlyphSet.unicode, .ascii] {
          for keys: [Key] in [[], [.enter], [.character("?")], [.character("3")]] {
            let frame = frame(playback, Size(width, height), glyphs, keys: keys)
            let first = frame.line(0)
            #expect(first.contains("PAST") && first.contains("00:48"), "\(first)")
            #expect(frame[0, 0].style.role == .pastStrip)
            let last = frame[width - 1, 0].style.role
            #expect(last == .pastStrip || last == .environmentDanger, "\(frame.size)")
            #expect(!frame.text.contains("LIVE  00:"))
          }
        }
      }
    }
  }

  @Test("Paused, playing and backwards are told by signs, in ASCII too")
  func pace() {
    for (width, paused, forward, back) in [
      (20, "❚❚", "▶8x", "◀60x"), (80, "❚❚ paused", "▶ 8x", "◀ 60x backwards"),
    ] {
      #expect(frame(.around(story), Size(width, 5)).line(0).contains(paused))
      #expect(frame(playing, Size(width, 5)).line(0).contains(forward))
      #expect(frame(recording, Size(width, 5)).line(0).contains(back))
    }
    #expect(frame(.around(story), Size(20, 5), .ascii).line(0).contains("||"))
    #expect(frame(playing, Size(20, 5), .ascii).line(0).contains(">8x"))
    #expect(frame(recording, Size(20, 5), .ascii).line(0).contains("<60x"))
  }

  @Test("The live session's past says how far it is, and that capture goes on")
  func captureGoesOn() {
    let line = frame(.around(story), Size(80, 24)).line(0)
    #expect(line.contains("(14m51s ago)") && line.contains("capture goes on"))
    #expect(!frame(.file(story), Size(200, 24)).line(0).contains("capture"))
  }

  @Test("A recording that is not whole says so at 44 columns, in words and in another look")
  func integrity() {
    let narrow = frame(partial, Size(60, 12))
    #expect(narrow.line(0).contains("PARTIAL: last 12 min missing"))
    #expect(
      frame(partial, Size(20, 5)).line(0).split(separator: " ") == ["PAST", "00:48Z", "PARTIAL"])
    #expect((0..<60).contains { narrow[$0, 0].style.role == .environmentDanger })
    #expect(frame(recording, Size(120, 24)).line(0).contains("recording intact"))
    let odd = Playback.file(story, integrity: "2 pages altered", isWhole: false)
    #expect(frame(odd, Size(80, 24)).line(0).contains("PARTIAL: 2 pages altered"))
  }

  @Test("The timeline has three lines, two or one by the height, and none where all is tiny")
  func heights() {
    for (size, lines) in [
      (Size(80, 24), 3), (Size(80, 16), 2), (Size(80, 10), 1), (Size(80, 9), 0), (Size(20, 5), 0),
    ] {
      let rows = frame(.around(story), size).text.split(separator: "\n")
      let found =
        rows.count { $0.contains(" shown ") } + rows.count { $0.contains("┃") }
        + rows.count { $0.hasPrefix("burn ") }
      #expect(found == lines, "\(size)")
    }
  }

  @Test(
    "Each kind of event has a shape of its own on the line, in ASCII too; the worst wins a cell")
  func marks() throws {
    for glyphs in [GlyphSet.unicode, .ascii] {
      var signs: Set<String> = []
      for kind in Milestone.Kind.allCases {
        var playback = Playback.around(story)
        playback.pulses = []
        playback.milestones = [
          Milestone(
            kind, sequence: 1, instant: story.state.present.now.advanced(by: -600), words: "")
        ]
        let text = frame(playback, Size(80, 24), glyphs).text
        let line = try #require(
          text.split(separator: "\n").last { $0.contains(glyphs.isASCII ? "|" : "┃") })
        signs.insert(String(line.filter { !"─-┃|: 0123456789".contains($0) }))
      }
      #expect(signs.count == Milestone.Kind.allCases.count, "\(signs)")
    }
    var playback = Playback.around(story)
    let at = story.state.present.now.advanced(by: -600)
    playback.milestones = [.note, .incident, .better, .alert].map {
      Milestone($0, sequence: 1, instant: at, words: "")
    }
    let text = frame(playback, Size(80, 24)).text
    let line = try #require(text.split(separator: "\n").first { $0.contains("┃") })
    #expect(line.contains("■") && !line.contains("▲") && !line.contains("●"))
  }

  @Test(
    "Time that nobody watched is a gap on the line and unknown below it, never a burn of nothing")
  func gaps() throws {
    var console = ConsoleState.past(.around(story), Size(120, 40))
    _ = console.press([.character("Z"), .character("Z")], story)
    let rows = render(story.state, console).text.split(separator: "\n")
    let line = try #require(rows.first { $0.contains("┃") })
    #expect(line.contains("not watched"))
    let burn = try #require(rows.first { $0.hasPrefix("burn") })
    #expect(burn.contains("????????"))
    var playback = Playback.around(story)
    for index in playback.pulses.indices { playback.pulses[index].burn = nil }
    #expect(
      frame(playback, Size(80, 24)).text.contains("no objective was counted"))
  }

  @Test("The cursor stays inside the timeline wherever one is")
  func cursor() {
    var playback = Playback.around(story)
    for (from, to) in [(-10, -5), (5, 10), (0, 0), (-1000, 1000)] {
      let now = story.state.present.now.offset
      playback.span = now + Int64(from) * Playback.minute...now + Int64(to) * Playback.minute
      #expect(frame(playback, Size(80, 24)).text.contains("┃"), "\(from)...\(to)")
    }
  }

  @Test("The rule above the line tells the last event, and before the first one that there is none")
  func title() {
    let text = frame(.around(story), Size(120, 40)).text
    let last = story.milestones.last
    #expect(last != nil && text.contains(last?.words.prefix(12) ?? "?"))
    var playback = Playback.around(story)
    playback.milestones = []
    #expect(frame(playback, Size(120, 40)).text.contains("before the first event"))
  }

  @Test("The last line offers what goes through time, and the way back to LIVE")
  func hints() {
    let line = frame(.around(story), Size(80, 24)).line(23)
    for words in ["Space play", "← → step", "N n event", "Esc live", "? help"] {
      #expect(line.contains(words), "\(words) in \(line)")
    }
    #expect(frame(playing, Size(80, 24)).line(23).contains("Space pause"))
    #expect(!frame(recording, Size(80, 24)).line(23).contains("live"))
    #expect(
      frame(.around(story), Size(80, 24), keys: [.enter]).line(23).contains("L live"))
  }
}
