import Canvas
import Console
import Fleet
import Foundation
import Health
import Incident
import Testing

@Suite("Columns")
struct ColumnTests {
  private func head(_ size: Size, _ columns: String?) throws -> String {
    var console = ConsoleState(size: size)
    if let columns { try console.showColumns(columns) }
    let lines = render(Story.incident.state, console).text.split(separator: "\n")
    return lines.first { $0.contains("SERVICE") }.map(String.init) ?? ""
  }

  @Test("The columns that are named are shown in their order, the name always")
  func order() throws {
    let head = try head(Size(120, 40), "errors, rate owner")
    let places = try ["SERVICE", "ERR%", "RATE/s", "OWNER"].map {
      try #require(head.range(of: $0)?.lowerBound, "\($0) in \(head)")
    }
    #expect(places == places.sorted())
    #expect(!head.contains("WHY") && !head.contains("p99"))
  }

  @Test("Columns drop by weight: the name and why stay longest")
  func weights() throws {
    let narrow = try head(Size(48, 20), nil)
    #expect(narrow.contains("SERVICE") && narrow.contains("WHY"))
    #expect(!narrow.contains("p50"))
    #expect(try head(Size(80, 24), nil).contains("RATE/s 5m"))
    #expect(try head(Size(120, 40), nil).contains("5m 0..MAX"))
  }

  @Test(
    "A list that cannot be read says what was expected",
    arguments: [
      ("eror", "no column `eror`; did you mean errors?"),
      ("zzzzzzzzzzzz", "columns: name version rate trend"), (" ,", "name the columns in order"),
    ])
  func problems(_ text: String, _ words: String) {
    #expect {
      _ = try FleetColumn.list(text)
    } throws: { error in
      (error as? FleetColumn.Problem)?.sentence.contains(words) == true
    }
  }

  @Test("`standard` brings the usual columns back, and a column comes once")
  func standard() throws {
    var console = ConsoleState(size: Size(80, 24))
    try console.showColumns("p99 p99 name")
    #expect(console.columns == [.p99, .name])
    try console.showColumns("standard")
    #expect(console.columns == nil)
  }
}

@Suite("What panes tell")
struct PaneTests {
  private func text(_ story: Story, _ size: Size, keys: [Key] = []) -> String {
    var console = ConsoleState(size: size)
    for key in keys { _ = console.reduce(.key(key), over: story.state) }
    return render(story.state, console).text
  }

  private func line(_ text: String, _ words: String) -> String {
    text.split(separator: "\n").first { $0.contains(words) }.map(String.init) ?? ""
  }

  @Test("Wide, the fleet, a service, what is degraded, what changed and the log stand together")
  func wide() {
    for story in [Story.incident, .large(50)] {
      let text = text(story, Size(200, 60))
      for title in ["SERVICE", "INSTANCES", "─ DEGRADED", "─ LATELY", "─ LOG"] {
        #expect(text.contains(title), "\(title)")
      }
    }
    let list = text(Story.incident, Size(200, 60))
    #expect(line(list, "breaker postgres  ").contains("13m open"))
    #expect(line(list, "fallback cached-prices  ").contains("12m 2m left of 15m tolerated"))
  }

  @Test("A breaker and an instance that drains are degraded without any fallback")
  func degraded() {
    var story = Story.calm
    var report = HealthReport(dialect: .damcon, status: .pass)
    report.phase = .draining
    story.probe("users", "http://10.0.0.7:8087", .readiness, status: 503, report)
    story.pass(3)
    let shown = text(story, Size(120, 40))
    #expect(line(shown, "10.0.0.7:8087").contains("users"), "\(shown)")
    #expect(line(shown, "10.0.0.7:8087").contains("draining"))
    #expect(!text(Story.calm, Size(120, 40)).contains("DEGRADED"))
  }

  @Test(
    "A latency pane is a heat map with its bounds, its percentiles and the objective's threshold")
  func heatMap() {
    let shown = text(.incident, Size(120, 40), keys: [.down, .enter])
    for words in ["p99 >5s", "╌ 800ms SLO", "250ms┤", ">5s┤", "5m ago", " now"] {
      #expect(shown.contains(words), "\(words) in\n\(shown)")
    }
    #expect(shown.contains("╌╌╌╌") && shown.contains("▓"))
    // Too small for a chart: the three numbers alone.
    let small = text(
      .incident, Size(60, 19), keys: [.down, .enter] + Array(repeating: .tab, count: 5))
    #expect(line(small, "LATENCY").contains("p50 860ms"), "\(small)")
    #expect(!small.contains("ago"))
  }

  @Test("Values that came late are dim and say since when; those of a lost target are not shown")
  func stale() {
    var story = Story.calm
    for _ in 0..<3 {
      story.pass(5)
      for kind in ProbeKind.allCases {
        story.probe("users", "http://10.0.0.7:8087", kind)
      }
    }
    let late = text(story, Size(120, 40))
    #expect(line(late, " users ").contains("values 20s old"), "\(late)")
    #expect(line(late, " users ").contains("301"))
    for _ in 0..<20 {
      story.pass(5)
      story.probe("users", "http://10.0.0.7:8087", .liveness)
      story.probe("users", "http://10.0.0.7:8087", .readiness)
    }
    let lost = text(story, Size(120, 40))
    #expect(
      line(lost, " users ").contains("values 2m old") && !line(lost, " users ").contains("301"))
    var console = ConsoleState(size: Size(120, 40))
    console.show("users", story.state)
    let pane = render(story.state, console).text
    #expect(line(pane, "LATENCY").contains("old, of 00:46:55Z"), "\(pane)")
  }

  @Test("The way back stands in the header")
  func crumbs() {
    let shown = text(.calm, Size(120, 40), keys: [.enter, .character("?")])
    #expect(line(shown, "LIVE").contains("shop-production › cart › help"))
  }

  @Test("However deep one is, the first line says where, and what is wrong")
  func deep() {
    let keys = "bfcou".map { Key.character($0) }
    for width in [44, 60, 80, 120] {
      let first = line(text(.incident, Size(width, 24), keys: keys), "what users get")
      #expect(first.contains("✖"), "\(width): \(first)")
      if width >= 80 { #expect(first.contains(" production "), "\(width): \(first)") }
      if width >= 80 { #expect(first.contains("what users get  LIVE"), "\(width): \(first)") }
      if width >= 120 { #expect(first.contains("shop-production › … ›"), "\(first)") }
    }
  }

  @Test("Help tells the keys that cannot be used in the pane below it, and why")
  func help() {
    let fleet = text(.calm, Size(80, 80), keys: [.character("?")])
    #expect(line(fleet, "next service").contains("in a service only"))
    #expect(line(fleet, "next section").contains("needs 160 columns"))
    #expect(!fleet.contains("filter:"))
    let service = text(.calm, Size(80, 80), keys: [.enter, .character("?")])
    #expect(line(service, "filter:").contains("in the fleet only"))
    #expect(!line(service, "next service").contains("only"))
  }

  @Test("A hint that cannot be used now is dim and says why, where there is room")
  func hints() {
    let story = Story(Fleet(name: "empty"))
    let frame = render(story.state, ConsoleState(size: Size(200, 24)))
    let last = frame.line(23)
    #expect(last.contains("open: no service is watched"), "\(last)")
    let at = (0..<200).first { frame[$0, 23].glyph == Glyph("↵") }
    #expect(at.map { frame[$0, 23].style.role } == .keyUnavailable)
    #expect(!render(story.state, ConsoleState(size: Size(40, 24))).line(23).contains("watched"))
  }

  @Test(
    "Figures are read every two seconds at most: between them a scrape changes no cell of a row")
  func steady() {
    var story = Story.calm
    let url = "http://10.0.0.7:8087"
    func row() -> String { line(text(story, Size(80, 24)), " users ") }
    story.scrape("users", url, .init(rate: 400, median: 0.01), over: 1)
    let first = row()
    story.skip(0.9)
    story.scrape("users", url, .init(rate: 900, median: 0.2), over: 1)
    #expect(row() == first)
    story.skip(1.2)
    story.scrape("users", url, .init(rate: 900, median: 0.2), over: 1)
    #expect(row() != first)
  }

  @Test("Charts are made of what the terminal can show: blocks, braille or ASCII")
  func charts() {
    for (glyphs, spark, heat) in [
      (GlyphSet.unicode, "▆▆", "█"), (.braille, "⣶⣶", "⣿"), (.ascii, "**", "#"),
    ] {
      var console = ConsoleState(size: Size(120, 40), glyphs: glyphs)
      #expect(render(Story.incident.state, console).text.contains(spark), "\(glyphs)")
      console.show("pricing", Story.incident.state)
      #expect(line(render(Story.incident.state, console).text, " 25ms").contains(heat), "\(glyphs)")
    }
  }
}
