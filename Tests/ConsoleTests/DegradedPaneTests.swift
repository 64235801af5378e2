import Canvas
import Console
import Fleet
import Foundation
import Health
import Incident
import Testing

@Suite("Fallbacks, breakers and what users get")
struct DegradedPaneTests {
  private func frame(
    _ story: Story, _ size: Size, _ glyphs: GlyphSet = .unicode, keys: [Key]
  ) -> Frame {
    var console = ConsoleState(size: size, glyphs: glyphs, localOffset: 3600)
    for key in keys { _ = console.reduce(.key(key), over: story.state) }
    return render(story.state, console)
  }

  private func lines(_ story: Story, _ size: Size, keys: [Key]) -> [String] {
    frame(story, size, keys: keys).text.split(separator: "\n").map(String.init)
  }

  @Test("The fallbacks pane, at every size", arguments: GoldenTests.sizes)
  func fallbacks(_ size: Size) throws {
    try Golden.expectAll("fallbacks-\(size)") {
      frame(.fallingBack, size, $0, keys: [.character("f")])
    }
  }

  @Test("What users get, at every size", arguments: GoldenTests.sizes)
  func capabilities(_ size: Size) throws {
    try Golden.expectAll("users-\(size)") {
      frame(.fallingBack, size, $0, keys: [.character("u")])
    }
  }

  @Test(
    "Without capabilities the services speak for themselves; with nothing wrong nothing is said")
  func bare() throws {
    try Golden.expect(
      frame(.incident, Size(80, 24), keys: [.character("u")]), "users-services-80x24")
    try Golden.expect(frame(.calm, Size(80, 24), keys: [.character("u")]), "users-calm-80x24")
    try Golden.expect(
      frame(.calm, Size(80, 24), keys: [.character("f")]), "fallbacks-calm-80x24")
  }

  @Test("The glossary explains every word that the panes use", arguments: GoldenTests.sizes)
  func glossary(_ size: Size) throws {
    try Golden.expect(
      frame(.calm, size, keys: [.character("w")]), "glossary-\(size)")
  }

  @Test("What is beyond its tolerance comes first, then what has least left, then breakers")
  func order() throws {
    let shown = lines(.fallingBack, Size(120, 40), keys: [.character("f")])
    let places = try ["list-prices", "cached-prices", "breaker postgres", "read-only"].map { word in
      try #require(shown.dropFirst(2).firstIndex { $0.contains(word) }, "\(word)")
    }
    #expect(places == places.sorted())
    #expect(shown.contains { $0.contains("1 of 3 instances") })
  }

  @Test("The strip stands on every pane from six lines on, and says what recovers")
  func strip() {
    for keys in [[], ["b"], ["f"], ["c"], ["o"], ["u"], ["w"], ["?"], ["3"], ["2"]] as [[Character]]
    {
      for height in [6, 8, 24] {
        let shown = lines(
          .fallingBack, Size(100, height), keys: keys.map { .character($0) })
        #expect(
          shown[1].contains("FALLBACKS 2 active, 1 recovering, oldest 1"), "\(keys) \(height)")
        #expect(shown[1].contains("pricing list-prices"), "what is overdue is named")
      }
    }
    let low = lines(.fallingBack, Size(100, 5), keys: [])
    #expect(!low.contains { $0.contains("FALLBACKS 2") })
  }

  @Test("While the last of them merely recovers the strip stays, and says when it is over")
  func recovering() {
    var story = Story(
      Fleet(name: "f", services: [Service(name: "a", instances: [Instance(url: "http://a:1")])]))
    story.routes("a", "http://a:1")
    func report(_ active: Bool) -> HealthReport {
      var report = HealthReport(dialect: .damcon, status: .pass)
      report.fallbacks = [.init(name: "cache", active: active, tolerance: 600)]
      return report
    }
    story.probe("a", "http://a:1", .readiness, report(true))
    story.pass(5)
    story.probe("a", "http://a:1", .readiness, report(false))
    story.pass(10)
    let shown = lines(story, Size(100, 24), keys: [])
    #expect(
      shown[1].contains("FALLBACK 1 recovering, oldest 15s: a cache, over in 20s if it stays out"),
      "\(shown[1])")
    story.pass(21)
    #expect(!lines(story, Size(100, 24), keys: [])[1].contains("FALLBACK"))
  }

  @Test("The same sentences explain a word in the glossary, in help and in a pane's detail")
  func oneMeaning() throws {
    let glossary = (0..<8).flatMap { page in
      lines(
        .calm, Size(160, 40),
        keys: [.character("w")] + Array(repeating: .pageDown, count: page))
    }
    let help = (0..<4).flatMap { page in
      lines(
        .calm, Size(160, 40), keys: [.character("?")] + Array(repeating: .pageDown, count: page))
    }
    let sentence = "serves, but with less: optional checks, fallbacks, some instances"
    #expect(glossary.contains { $0.contains(sentence) })
    #expect(help.contains { $0.contains(sentence) })
    let detail = lines(.fallingBack, Size(120, 40), keys: [.character("u")])
    let lost = try #require(
      glossary.first { $0.contains("  lost ") }?.split(separator: "  ").last
    )
    .trimmingCharacters(in: .whitespaces)
    #expect(detail.contains { $0.contains(lost) }, "\(lost)")
  }

  @Test("`:glossary` opens it from anywhere, and its key leaves it again")
  func palette() {
    var keys: [Key] = [.character("u"), .character(":")]
    keys += "glossary".map { .character($0) }
    keys.append(.enter)
    #expect(lines(.calm, Size(80, 24), keys: keys).first?.contains("the glossary") == true)
    keys.append(.character("w"))
    #expect(lines(.calm, Size(80, 24), keys: keys).first?.contains("what users get") == true)
  }
}
