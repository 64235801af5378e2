import Canvas
import Console
import Fleet
import Foundation
import Health
import Incident
import Telemetry
import Testing

@Suite("The budget pane")
struct BudgetPaneTests {
  private static let url = "http://10.0.0.7:8080"

  private static let fleet: Fleet = {
    let month = 2_592_000.0
    func service(_ name: String, _ tier: Tier, _ slos: SLO...) -> Service {
      Service(name: name, tier: tier, instances: [Instance(url: url)], slos: slos)
    }
    let orders = EventRule.selected(
      EventSelectors(
        good: [MetricSelector("orders_done_total")], bad: [],
        total: [MetricSelector("orders_total")]))
    return Fleet(
      name: "shop",
      services: [
        service("catalog", .important, SLO(name: "availability", objective: 99.9, window: month)),
        service("checkout", .critical, SLO(name: "availability", objective: 99.9, window: month)),
        service(
          "inventory", .important, SLO(name: "orders", objective: 99, counts: orders, window: month)
        ),
        service("payments", .critical, SLO(name: "availability", objective: 99.95, window: month)),
        service(
          "pricing", .critical, SLO(name: "fast", objective: 99, threshold: 0.8, window: month)),
        service("search", .optional, SLO(name: "availability", objective: 99.9, window: month)),
        service(
          "users", .important,
          SLO(
            name: "availability", objective: 99.9, window: 7 * 86_400,
            policy: BudgetPolicy(warn: 0.25, freeze: 0.1))),
      ])
  }()

  /// Checkout's new version fails: it pages and has cost a part of the month. Pricing is slow by an
  /// estimate and was seen for minutes alone, search failed a few times in the night, users were ill
  /// days ago, inventory counts nothing and payments have not been heard.
  private static let burning: Story = {
    var story = Story(fleet)
    story.remember("catalog", days: 30, total: 900) { _ in 0 }
    story.remember("checkout", days: 30, total: 360) { 280..<290 ~= $0 ? 10 : 0 }
    story.remember("users", days: 7, total: 600) { 100..<108 ~= $0 ? 12 : 0 }
    for step in 0..<108 {
      let isIll = step >= 36
      for service in fleet.services where service.name != "payments" {
        var said = HealthReport(dialect: .damcon, status: .pass)
        said.version = service.name == "checkout" && step >= 30 ? "1.43.0" : "1.42.0"
        story.probe(service.name, url, .liveness, said)
        story.probe(service.name, url, .readiness, said)
        let traffic: Story.Traffic =
          switch service.name {
          case "checkout": .init(rate: 6, errors: isIll ? 0.5 : 0, median: 0.02)
          case "pricing": .init(rate: 40, median: 0.06)
          case "search": .init(rate: 0.8, errors: step == 60 ? 1 : 0, median: 0.009)
          default: .init(rate: 10, median: 0.004)
          }
        story.scrape(service.name, url, traffic)
      }
      story.pass(5)
    }
    return story
  }()

  private func frame(
    _ size: Size, _ glyphs: GlyphSet = .unicode, keys: [Key] = [], _ story: Story = Self.burning
  ) -> Frame {
    var console = ConsoleState(size: size, glyphs: glyphs, localOffset: 3600)
    for key in [.character("b")] + keys { _ = console.reduce(.key(key), over: story.state) }
    return render(story.state, console)
  }

  private func line(_ text: String, _ words: String...) -> String {
    text.split(separator: "\n").first { line in words.allSatisfy { line.contains($0) } }
      .map(String.init) ?? ""
  }

  @Test("as a picture at every size, in colour, mono and ASCII", arguments: GoldenTests.sizes)
  func goldens(_ size: Size) throws {
    try Golden.expectAll("budgets-\(size)") { frame(size, $0) }
  }

  @Test("what is known of an estimate, of a part of the window and below the floor, at length")
  func details() throws {
    let size = Size(120, 40)
    try Golden.expect(frame(size, keys: [.down]), "budgets-estimate-\(size)")
    try Golden.expect(frame(size, keys: [.down, .down, .down]), "budgets-floor-\(size)")
    try Golden.expect(frame(Size(80, 24), keys: [], .calm), "budgets-calm-80x24")
  }

  @Test("pages stand before tickets, those before what is warned of, and what is not known last")
  func order() throws {
    let text = frame(Size(120, 40)).text
    let places = try ["checkout", "pricing", "users", "search", "inventory"].map { name in
      try #require(text.split(separator: "\n").dropFirst(4).firstIndex { $0.contains("\(name) ") })
    }
    #expect(places == places.sorted())
  }

  @Test("the incident's own cost, and how much of a window was seen, are told")
  func told() {
    let text = frame(Size(200, 60)).text
    #expect(line(text, "INCIDENT").contains("spent 7% of the month of checkout availability"))
    #expect(line(text, "burning 2.8x").contains("over 3d and 6h (9m seen), both over 1"))
    #expect(line(text, "but 4 bad events are fewer than the 5 that alert") != "")
  }

  @Test("a budget overspent many times over moves no column")
  func overspent() {
    var story = Story(Self.fleet)
    story.remember("checkout", days: 2, total: 360) { _ in 300 }
    story.pass(3)
    let text = frame(Size(120, 40), .unicode, keys: [], story).text
    #expect(line(text, "checkout", "PAGE").contains("<-999%"))
    // The burn stands under its heading, whatever the share before it.
    func end(_ row: String, of word: String) -> Int? {
      row.range(of: word).map { row.distance(from: row.startIndex, to: $0.upperBound) }
    }
    let row = line(text, "checkout", "PAGE")
    #expect(end(row, of: "<-999%") == end(line(text, "BURN1H"), of: " %"), "\(text)")
  }

  @Test("the budget's chart is marked where the version changed, at the time of the change")
  func marks() throws {
    let text = frame(Size(120, 40)).text
    let axis = line(text, "1h ago", "▴")
    #expect(axis.contains("now"), "\(text)")
    // Nine minutes were watched, the change came after two and a half of them, of an alert's hour.
    let width = try #require(
      axis.range(of: "now").map { axis.distance(from: axis.startIndex, to: $0.upperBound) })
    let place = try #require(
      axis.firstIndex(of: "▴").map { axis.distance(from: axis.startIndex, to: $0) })
    #expect(Double(width - place) / 48 < 0.2)
    #expect(Double(width - place) / 48 > 0.08)
  }
}

extension Story {
  /// Gives a service's first objective a past: `total` events each minute of so many days, and so
  /// many bad ones a minute in the hour that lies so many hours back.
  fileprivate mutating func remember(
    _ service: String, days: Int, total: UInt64, bad: (_ hoursBack: Int) -> UInt64
  ) {
    guard var page = LedgerPage.asked(of: state.present.fleet).first(where: { $0.owner == service })
    else { return }
    let minute = Story.start / 60_000_000_000
    let hour = minute / 60
    for back in stride(from: days * 24, through: 0, by: -1) {
      let events = EventCount(bad: bad(back), total: total)
      let place = hour - Int64(back)
      if back > 72 {
        page.memory.hours.append(
          .init(hour: place, events: EventCount(bad: events.bad * 60, total: total * 60), seen: 60))
        continue
      }
      var minutes = LedgerMemory.Minutes(hour: place)
      for i in 0..<60 where place * 60 + Int64(i) < minute { minutes[i] = events }
      page.memory.minutes.append(minutes)
    }
    add(.ledger(page))
  }
}
