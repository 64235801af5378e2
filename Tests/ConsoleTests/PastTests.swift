import Canvas
import Console
import Fleet
import Health
import Incident
import Testing

@Suite("Going through the past")
struct PastTests {
  private let story = Story.incident
  private var now: Int64 { story.state.present.now.offset }

  private func live(_ size: Size = Size(80, 24)) -> ConsoleState { ConsoleState(size: size) }

  private func past(_ change: (inout Playback) -> Void = { _ in }) -> ConsoleState {
    var playback = Playback.around(story)
    change(&playback)
    return .past(playback, Size(80, 24))
  }

  private var file: ConsoleState { .past(.file(story), Size(80, 24)) }

  private func offset(_ hour: Int64, _ minute: Int64, _ second: Int64 = 0) -> Int64 {
    // The story begins at 00:45:00.
    (hour * 3600 + minute * 60 + second - 2700) * Playback.second
  }

  // MARK: Keys

  @Test(
    "In LIVE the keys that go back in time make it the past first",
    arguments: [
      (Key.character(","), PlaybackWish.step(-5)), (.character("<"), .step(-60)),
      (.character("N"), .event(-1)),
    ])
  func entering(_ key: Key, _ wish: PlaybackWish) {
    var console = live()
    #expect(console.press([key], story) == [.playback(.enter), .playback(wish)])
  }

  @Test("Space in LIVE stops there; where it unfolds it still does")
  func pausingLive() {
    var console = live()
    #expect(console.press([.character(" ")], story) == [.playback(.enter)])
    console = live()
    #expect(
      !console.press([.character("o"), .character(" ")], story).contains(.playback(.enter)))
  }

  @Test("Left and right mean in LIVE what they always did")
  func arrowsInLive() {
    var console = live()
    _ = console.press([.right], story)
    #expect(console.pane == .service("checkout"))
    _ = console.press([.left], story)
    #expect(console.pane == .fleet)
  }

  @Test(
    "Each key of the past is one wish",
    arguments: [
      (Key.left, PlaybackWish.step(-5)), (.character(","), .step(-5)), (.right, .step(5)),
      (.character("."), .step(5)), (.character("<"), .step(-60)), (.character(">"), .step(60)),
      (.character("N"), .event(-1)), (.character("n"), .event(1)), (.character(" "), .play),
      (.character("+"), .speed(2)), (.character("="), .speed(2)), (.character("-"), .speed(0.5)),
      (.character("B"), .speed(-1)), (.character("L"), .live), (.escape, .live),
    ])
  func keys(_ key: Key, _ wish: PlaybackWish) {
    for pane: [Key] in [[], [.enter], [.character("o")], [.character("?")]] {
      // Esc leads out of a pane first.
      if key == .escape, !pane.isEmpty { continue }
      var console = past()
      _ = console.press(pane, story)
      #expect(console.press([key], story) == [.playback(wish)], "\(pane)")
    }
  }

  @Test("Space pauses what plays; speed goes by steps, keeps its direction and ends at its ends")
  func speed() {
    var console = past { $0.isPlaying = true }
    #expect(console.press([.character(" ")], story) == [.playback(.pause)])
    console = past { $0.speed = -8 }
    #expect(console.press([.character("+")], story) == [.playback(.speed(-15))])
    #expect(console.press([.character("-")], story) == [.playback(.speed(-4))])
    #expect(console.press([.character("B")], story) == [.playback(.speed(8))])
    console = past { $0.speed = 600 }
    #expect(console.press([.character("+")], story) == [.bell])
    #expect(console.message?.text.contains("600x is the fastest") == true)
    console = past { $0.speed = 0.25 }
    #expect(console.press([.character("-")], story) == [.bell])
    #expect(console.message?.text.contains("slowest") == true)
  }

  @Test("Esc takes back pane, filter, sort and selection before it returns to LIVE")
  func escape() {
    var console = past()
    _ = console.press([.down, .enter], story)
    #expect(console.press([.escape], story) == [])
    #expect(console.pane == .fleet)
    #expect(console.press([.escape], story) == [])
    #expect(console.selection == nil)
    #expect(console.press([.escape], story) == [.playback(.live)])
  }

  @Test("A recording has no LIVE, and says so")
  func noLive() {
    for keys: [Key] in [[.character("L")], [.escape]] {
      var console = file
      #expect(console.press(keys, story) == [.bell])
      #expect(
        console.message?.text
          == "this is a recording, there is no LIVE to return to; q quits")
    }
    var console = file
    #expect(console.type(line: "live", story) == [.bell])
  }

  @Test("What acts on the world is refused in the past, with a sentence")
  func refusals() {
    for keys: [Key] in [[.character("p")], [.character("R")]] {
      var console = past()
      #expect(console.press(keys, story) == [.bell])
      #expect(console.message?.text.contains("acts on what is live; L returns to LIVE") == true)
      console = file
      #expect(console.press(keys, story) == [.bell])
      #expect(console.message?.text.contains("has no live fleet to act on") == true)
    }
    for line in ["poll", "reload", "declare it is bad", "resolve"] {
      var console = past()
      #expect(console.type(line: line, story) == [.bell], "\(line)")
      #expect(console.message?.text.contains("acts on what is live") == true, "\(line)")
    }
  }

  @Test(
    "A key of the past pressed in LIVE says how to get there",
    arguments: [
      (".", "LIVE is the newest"), ("n", "LIVE is the newest"), (">", "LIVE is the newest"),
      ("L", "this is LIVE"), ("+", ", steps back into it"), ("B", ", steps back into it"),
      ("d", ":diff 14:30 14:45"), ("z", ", steps back into it"), ("m", ", steps back into it"),
    ])
  func refusedInLive(_ key: Character, _ words: String) {
    var console = live()
    #expect(console.press([.character(key)], story) == [.bell])
    #expect(console.message?.text.contains(words) == true, "\(console.message?.text ?? "")")
  }

  @Test("A message in the past stays until a key: time stands still there, or runs")
  func messages() {
    var console = past()
    _ = console.press([.character("p")], story)
    var later = story
    later.pass(600)
    #expect(render(later.state, console).text.contains("acts on what is live"))
    _ = console.press([.character("j")], later)
    #expect(!render(later.state, console).text.contains("acts on what is live"))
  }

  @Test("Rows are not held in the past, where a moment may be an hour")
  func rows() {
    var console = past()
    _ = console.press([.down, .down], story)
    #expect(!render(story.state, console).text.contains("order held"))
    var frames = FrameMaker()
    _ = frames.frame(story.state, console)
    // Stepping back while the cursor lingers draws all of it anew.
    #expect(
      frames.frame(Story.calm.state, console) == render(Story.calm.state, console))
  }

  // MARK: Marks and differences

  @Test("d compares the instant shown with the mark, and without one with the end")
  func difference() {
    var console = past()
    let end = console.playback?.span.upperBound ?? 0
    #expect(console.press([.character("d")], story) == [.playback(.compare(now, end))])
    #expect(console.press([.character("m")], story) == [])
    #expect(console.press([.character("d")], story) == [.bell])
    let earlier = Story.calm
    let there = earlier.state.present.now.offset
    #expect(
      console.press([.character("d")], earlier) == [.playback(.compare(there, now))])
    #expect(console.press([.character("m"), .character("m")], earlier) == [])
    #expect(console.press([.character("d")], earlier) == [.playback(.compare(there, end))])
  }

  @Test("The difference is a pane: d leaves it, Enter opens the service, the cursor goes over it")
  func differencePane() {
    var console = past()
    console.show(Comparison(Story.calm.state.present, story.state.present))
    #expect(console.pane == .difference)
    let text = render(story.state, console).text
    #expect(text.contains("THEN 00:47:00Z") && text.contains("LATER 00:48:30Z"))
    #expect(console.press([.down, .enter], story) == [])
    #expect(console.pane == .service("checkout"))
    _ = console.press([.escape], story)
    #expect(console.press([.character("d")], story) == [])
    #expect(console.pane == .fleet)
  }

  @Test("The timeline is seen closer and wider, between its ends")
  func zoom() {
    var console = past()
    func shown() -> String {
      let line = render(story.state, console).text.split(separator: "\n").first {
        $0.contains(" shown ")
      }
      return line.map { String($0.suffix(14)) } ?? ""
    }
    #expect(shown().contains("1h shown"))
    _ = console.press([.character("z")], story)
    #expect(shown().contains("15m shown"))
    _ = console.press([.character("z")], story)
    #expect(shown().contains("5m shown"))
    #expect(console.press([.character("z")], story) == [.bell])
    _ = console.press([.character("Z"), .character("Z"), .character("Z")], story)
    #expect(shown().contains("all shown"))
    #expect(console.press([.character("Z")], story) == [.bell])
  }

  @Test("A press on the timeline goes there")
  func mouse() throws {
    var console = past()
    let frame = render(story.state, console)
    let row = try #require((0..<24).last { frame.line($0).contains("┃") })
    let effects = console.reduce(.mouse(.press(Point(30, row))), over: story.state)
    guard case .playback(.seek(let offset))? = effects.first else {
      Issue.record("\(effects)")
      return
    }
    #expect(console.playback?.span.contains(offset) == true)
    let before = console.reduce(.mouse(.press(Point(29, row))), over: story.state)
    guard case .playback(.seek(let earlier))? = before.first else {
      Issue.record("\(before)")
      return
    }
    #expect(earlier < offset)
  }

  // MARK: The command line

  @Test(
    "Times are UTC, of the day that there is something of, or from what is shown",
    arguments: [
      ("at 00:46", 0, 46, 0), ("at 00:46:05", 0, 46, 5), ("at 00:46Z", 0, 46, 0),
      ("at -1m", 0, 47, 30), ("at +30s", 0, 49, 0), ("-1m30s", 0, 47, 0), ("+1m", 0, 49, 30),
      ("at 2026-11-21T00:46Z", 0, 46, 0), ("at 2026-11-21T00:46:09", 0, 46, 9),
      ("at 2026-11-21T01:46+01:00", 0, 46, 0), ("at 22:30", -2, 30, 0),
      ("at 2026-11-20T22:30Z", -2, 30, 0),
    ])
  func at(_ line: String, _ hour: Int, _ minute: Int, _ second: Int) {
    var console = past()
    let wanted = offset(Int64(hour), Int64(minute), Int64(second))
    #expect(console.type(line: line, story) == [.playback(.seek(wanted))])
    var live = live()
    if wanted >= 0, wanted <= now {
      #expect(
        live.type(line: line, story) == [.playback(.enter), .playback(.seek(wanted))])
    }
  }

  @Test("A line that ends in local is local time")
  func local() {
    var console = ConsoleState.past(.around(story), Size(80, 24), localOffset: 3600)
    #expect(
      console.type(line: "at 01:46 local", story) == [.playback(.seek(offset(0, 46)))])
    #expect(console.type(line: "at 01:02", story) == [.playback(.seek(offset(1, 2)))])
    #expect(
      console.type(line: "diff 01:46 01:47 local", story)
        == [.playback(.compare(offset(0, 46), offset(0, 47)))])
  }

  @Test(
    "What cannot be read, or is not there, is told in a sentence",
    arguments: [
      ("at", "one time: :at 14:32, or :at -5m"), ("at 25:00", "`25:00` is no time; write 14:32"),
      ("at 9", "`9` is no time"), ("at -5", "`-5` is no length of time; write -5m"),
      ("at -99999999999999m", "is no length of time"), ("at 1:2:3:4", "is no time"),
      (
        "at 14:32",
        "`14:32` is not in the journal, which goes from 2026-11-20T21:48:30Z to "
          + "2026-11-21T01:03:21Z"
      ),
      ("at 2026-02-31T10:00", "is no time"), ("at 2020-01-01T10:00", "is not in the journal"),
      ("at ٣:٣", "is no time"), ("at 9999-12-31T23:59Z", "is not in the journal"),
      ("speed fast", "a speed is from 0.25 to 600"), ("speed 0", "a speed is from"),
      ("speed 601", "a speed is from"), ("speed nan", "a speed is from"),
      ("loop 00:46", "two times: :loop 14:30 14:45"), ("loop 00:46 00:46", "two times"),
      ("skip maybe", "skip idle time: :skip on"), ("diff", "one time or two"),
      ("diff 00:46 00:46", "the same instant"), ("diff 00:48:30", "the same instant"),
      ("note", "note what? :note TEXT"),
    ])
  func problems(_ line: String, _ sentence: String) {
    var console = past()
    #expect(console.type(line: line, story) == [.bell])
    #expect(
      console.message?.text.contains(sentence) == true, "\(console.message?.text ?? "none")")
  }

  @Test("The words of the past are wishes")
  func words() {
    var console = past()
    #expect(console.type(line: "speed 60", story) == [.playback(.speed(60))])
    #expect(console.type(line: "speed -0.5x", story) == [.playback(.speed(-0.5))])
    #expect(console.type(line: "skip on", story) == [.playback(.skipIdle(true))])
    #expect(console.type(line: "skip off", story) == [.playback(.skipIdle(false))])
    #expect(
      console.type(line: "loop 00:47 00:46", story)
        == [.playback(.loop(offset(0, 46)...offset(0, 47)))])
    #expect(console.type(line: "loop off", story) == [.playback(.loop(nil))])
    #expect(
      console.type(line: "diff 00:47", story)
        == [.playback(.compare(offset(0, 47), now))])
    #expect(
      console.type(line: "diff 00:47 -2m", story)
        == [.playback(.compare(offset(0, 46, 30), offset(0, 47)))])
    #expect(
      console.type(line: "note the pool is full", story)
        == [.playback(.note("the pool is full"))])
    #expect(console.type(line: "live", story) == [.playback(.live)])
  }

  @Test("In LIVE two times can be compared and notes be written; speed and loops are for the past")
  func wordsInLive() {
    var console = live()
    #expect(
      console.type(line: "diff 00:46 00:47", story)
        == [.playback(.compare(offset(0, 46), offset(0, 47)))])
    #expect(console.type(line: "note x", story) == [.playback(.note("x"))])
    for line in ["speed 2", "loop off", "skip on", "live"] {
      #expect(console.type(line: line, story) == [.bell], "\(line)")
    }
    #expect(console.type(line: "at 23:00", story) == [.bell])
    #expect(console.message?.text.contains("since Damcon began") == true)
  }

  // MARK: The table of keys

  @Test("No key means two things in the past either, but for those it borrows")
  func clashes() {
    #expect(KeyMap.standard.clashes == [])
    let map = KeyMap.standard.rebound([KeyMap.Rebinding(.mark, [.character("l")])])
    #expect(map.clashes.contains { $0.key == .character("l") && $0.commands.contains(.mark) })
  }

  @Test("Hints name keys that do what they say, in LIVE and in the past, in every place")
  func hints() {
    for tense in Tense.allCases {
      for place in Place.allCases {
        for binding in KeyMap.standard.bindings
        where binding.hint != nil && binding.places.contains(place)
          && binding.tenses.contains(tense)
        {
          let works = binding.keys.contains {
            KeyMap.standard.meaning(of: $0, in: place, tense) == .command(binding.command)
          }
          // What space unfolds in LIVE, Enter unfolds in the past.
          #expect(works || binding.command == .fold && tense == .past, "\(binding.words)")
        }
      }
    }
  }

  @Test("Help tells which keys are for the past alone, and there which act on LIVE alone")
  func help() {
    var console = ConsoleState(size: Size(120, 80))
    _ = console.press([.character("?")], story)
    let text = render(story.state, console).text
    #expect(text.contains("faster: in the past only"))
    console = .past(.around(story), Size(120, 80))
    _ = console.press([.character("?")], story)
    let there = render(story.state, console).text
    #expect(there.contains("poll everything now: live only"))
    #expect(KeyMap.standard.text.contains("faster (in the past)"))
  }

  @Test("Long text can be scrolled to its end under banner and timeline")
  func scrolling() {
    for key: Character in ["?", "w"] {
      var console = past()
      _ = console.press([.character(key), .end], story)
      #expect(!render(story.state, console).text.contains("more line"), "\(key)")
    }
  }
}
