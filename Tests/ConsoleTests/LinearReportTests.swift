import Canvas
import Console
import Fleet
import Health
import Incident
import Testing

/// What a reader of lines is told, beside the entries that made it.
@Suite("Linear report")
struct LinearReportTests {
  private static let cart = "http://10.0.0.7:8081"
  private static let catalog = "http://10.0.0.7:8082"

  /// A story that is read after every `stride`th entry, as a session would.
  private struct Reading {
    var story: Story
    var report: LinearReport
    var lines: [String] = []

    init(_ story: Story, glyphs: GlyphSet = .unicode) {
      self.story = story
      report = LinearReport(glyphs: glyphs)
      look()
    }

    mutating func look() { lines += report.lines(over: story.state) }

    mutating func pass(_ seconds: Int) {
      for _ in 0..<seconds {
        story.pass(1)
        look()
      }
    }

    /// Both health answers of an instance, and a look at them.
    mutating func say(
      _ service: String, _ url: String, status: Int = 200, _ report: HealthReport = .passing
    ) {
      story.probe(service, url, .liveness, .passing)
      story.probe(service, url, .readiness, status: status, report)
      look()
    }

    /// What was said since the last time this was asked.
    mutating func news() -> [String] {
      defer { lines = [] }
      return lines
    }
  }

  private static let pair = Fleet(
    name: "pair",
    services: [
      Service(name: "cart", instances: [Instance(url: cart)]),
      Service(name: "catalog", instances: [Instance(url: catalog)]),
    ])

  /// Two services that are well and were told of.
  private func well() -> Reading {
    var reading = Reading(Story(Self.pair))
    reading.story.routes("cart", Self.cart)
    reading.story.routes("catalog", Self.catalog)
    reading.say("cart", Self.cart)
    reading.say("catalog", Self.catalog)
    return reading
  }

  /// Lets time pass with both services answering every five seconds.
  private func pass(_ seconds: Int, _ reading: inout Reading, cart: HealthReport = .passing) {
    for _ in 0..<(seconds / 5) {
      reading.say("cart", Self.cart, status: cart.status == .fail ? 503 : 200, cart)
      reading.say("catalog", Self.catalog)
      reading.pass(5)
    }
  }

  @Test("First what is watched, then one sentence of how it is")
  func opening() {
    var reading = well()
    #expect(
      reading.news() == [
        "00:45:00Z watching 2 services of pair, 2 targets", "00:45:00Z 2 services: all healthy",
      ])
  }

  @Test("Of a session that is started anew nothing ends that was not heard of yet")
  func anew() {
    var reading = well()
    var falling = HealthReport.passing
    falling.fallbacks = [.init(name: "cached-prices", active: true, reason: "pricing timeout")]
    reading.say("cart", Self.cart, falling)
    reading.pass(5)
    _ = reading.news()
    reading.story.add(.began)
    reading.story.add(.fleet(Self.pair))
    reading.look()
    reading.story.routes("cart", Self.cart)
    reading.story.routes("catalog", Self.catalog)
    reading.say("cart", Self.cart, falling)
    reading.say("catalog", Self.catalog)
    let news = reading.news()
    #expect(news.first?.hasSuffix("the session was started anew") == true, "\(news)")
    #expect(!news.contains { $0.contains("ended") || $0.contains("watched no more") }, "\(news)")
    #expect(news.contains { $0.contains("2 services: ") }, "\(news)")
  }

  @Test("Whoever joins later is not told what was in the log long before")
  func joining() {
    var reading = well()
    reading.story.add(.note(Note(.info, "of yesterday")))
    reading.pass(120)
    reading.story.add(.note(Note(.info, "of a moment ago")))
    var later = LinearReport()
    let lines = later.lines(over: reading.story.state)
    #expect(lines.contains { $0.contains("of a moment ago") }, "\(lines)")
    #expect(!lines.contains { $0.contains("of yesterday") }, "\(lines)")
  }

  @Test("A target that is never heard does not hold the first sentence up for long")
  func openingWaits() {
    var reading = Reading(Story(Self.pair))
    reading.say("cart", Self.cart)
    reading.pass(9)
    #expect(reading.news().count == 1)
    reading.pass(1)
    #expect(reading.news() == ["00:45:10Z 2 services: 1 unknown (catalog), 1 healthy"])
  }

  @Test("A change of state says from what to what, after how long and why; and when all is well")
  func stateChange() {
    var reading = well()
    pass(30, &reading)
    _ = reading.news()
    reading.story.probe("cart", Self.cart, .liveness, status: 503, .failing)
    reading.look()
    #expect(reading.news() == ["00:45:30Z cart healthy -> unhealthy after 30s: liveness 503"])
    reading.pass(2)
    reading.say("cart", Self.cart)
    #expect(
      reading.news() == [
        "00:45:32Z cart unhealthy -> healthy after 2s",
        "00:45:32Z 2 services: all healthy",
      ])
  }

  @Test("Fallbacks, breakers and versions are told as they come and go")
  func reports() {
    var reading = well()
    pass(30, &reading)
    _ = reading.news()
    var said = HealthReport.passing
    said.version = "1.2"
    reading.say("cart", Self.cart, said)
    #expect(reading.news() == [], "a first version is no change")
    said.version = "1.3"
    said.breakers = [.init(name: "pricing", state: .open)]
    said.fallbacks = [
      .init(
        name: "cached-prices", active: true, since: reading.story.unixSeconds - 60,
        reason: "pricing timeout", tolerance: 120)
    ]
    reading.say("cart", Self.cart, said)
    let news = reading.news()
    #expect(news.contains("00:45:30Z cart version 1.2 -> 1.3"))
    #expect(news.contains("00:45:30Z cart breaker pricing is open"))
    #expect(
      news.contains(
        "00:45:30Z cart fallback cached-prices engaged: pricing timeout, 1m00s left of 2m tolerated"
      ))
    pass(65, &reading, cart: said)
    #expect(
      reading.news().last
        == "00:46:31Z cart fallback cached-prices goes on for longer than the 2m tolerated")
    said.breakers = [.init(name: "pricing", state: .closed)]
    said.fallbacks = []
    reading.say("cart", Self.cart, said)
    let after = reading.news()
    #expect(after.contains("00:46:35Z cart breaker pricing open -> closed"))
    #expect(after.contains("00:46:35Z cart fallback cached-prices ended after 1m 5s"))
  }

  @Test("Of several targets one that is lost and found again is told with its address")
  func targets() {
    var reading = Reading(.calm)
    let (first, second) = ("http://10.0.0.7:8083", "http://10.0.0.8:8083")
    _ = reading.news()
    reading.story.fault("checkout", second, Fault(.refused, "connection refused"), took: 0.001)
    reading.look()
    #expect(
      reading.news().contains {
        $0.contains("checkout target \(second) lost: ") && $0.contains("refused")
      })
    reading.story.pass(4)
    for kind in ProbeKind.allCases { reading.story.probe("checkout", second, kind) }
    reading.look()
    let news = reading.news()
    #expect(news.contains { $0.contains("checkout target \(second) found again after 4") })
    #expect(!news.contains { $0.contains(first) })
  }

  @Test("A fleet file that was read again: the note, what came and what went")
  func reload() {
    var reading = well()
    _ = reading.news()
    var fleet = Self.pair
    fleet.services.removeFirst()
    fleet.services.append(Service(name: "search", instances: [Instance(url: "http://s:1")]))
    fleet.services[0].instances.append(Instance(url: "http://c:2"))
    reading.story.add(.note(Note(.info, "read the fleet file again: 2 services")))
    reading.story.add(.fleet(fleet))
    reading.look()
    reading.story.add(.note(Note(.error, "damcon.yaml:3:1: no; the fleet before it stays in use")))
    reading.look()
    #expect(
      reading.news() == [
        "00:45:00Z damcon: read the fleet file again: 2 services",
        "00:45:00Z search is watched from now on", "00:45:00Z cart is watched no more",
        "00:45:00Z catalog target http://c:2 is watched from now on",
        "00:45:00Z damcon error: damcon.yaml:3:1: no; the fleet before it stays in use",
      ])
  }

  @Test("What flaps is told a few times, then counted; the last word is how it is now")
  func flapping() {
    var reading = well()
    pass(30, &reading)
    _ = reading.news()
    var warning = HealthReport.passing
    warning.status = .warn
    for turn in 0..<20 {
      reading.say("cart", Self.cart, turn % 2 == 0 ? warning : .passing)
      reading.say("catalog", Self.catalog)
      reading.pass(2)
    }
    let flapping = reading.news()
    #expect(flapping.count { $0.contains("cart ") } == 3)
    reading.say("cart", Self.cart, warning)
    pass(10, &reading, cart: warning)
    let told = reading.news()
    #expect(
      told == [
        "00:46:20Z state of cart changed 21 times in the last 50s, now degraded: readiness says warn"
      ])
    #expect((flapping + told).count < 8, "\(flapping + told)")
  }

  @Test("A service that never stops flapping costs a line a minute")
  func flapsForEver() {
    var reading = well()
    var warning = HealthReport.passing
    warning.status = .warn
    _ = reading.news()
    for turn in 0..<300 {
      reading.say("cart", Self.cart, turn % 2 == 0 ? warning : .passing)
      reading.say("catalog", Self.catalog)
      reading.pass(2)
    }
    let told = reading.news()
    #expect(told.count <= 3 + 2 + 10, "\(told)")
    #expect(told.contains { $0.contains("changed 30 times in the last minute") })
  }

  @Test("Quiet while all is well; else a sentence after a minute, and then ever more seldom")
  func quiet() {
    var reading = well()
    _ = reading.news()
    pass(600, &reading)
    #expect(reading.news() == [])
    var warning = HealthReport.passing
    warning.status = .warn
    pass(1200, &reading, cart: warning)
    let told = reading.news()
    #expect(told.first?.contains("cart healthy -> degraded") == true)
    #expect(
      told.dropFirst().first
        == "00:56:00Z nothing changed for 1m; 2 services: 1 degraded (cart), 1 healthy")
    #expect(told.count == 5, "\(told)")
  }

  @Test("A fleet that falls over at once is a page and a count, not a flood")
  func flood() {
    var reading = Reading(.large(200))
    reading.pass(11)
    _ = reading.news()
    for index in 0..<200 {
      reading.story.fault(
        "service-\(index)", "http://10.1.0.1:\(index)", Fault(.refused, "connection refused"))
    }
    reading.look()
    let first = reading.news()
    #expect(first.count == 24)
    // A service's own "since" is known though the list of changes has forgotten it.
    #expect(first.contains { $0.contains("service-9 stale -> unreachable after 5s") }, "\(first)")
    reading.pass(10)
    let told = reading.news()
    #expect(told.count == 1, "\(told)")
    #expect(
      told.first?.contains(
        "more changes in the last 10s; 200 services: all unreachable (service-0, service-1")
        == true, "\(told)")
  }

  @Test("Nothing hostile gets into a line raw, and no line is two", arguments: [false, true])
  func hostile(_ ascii: Bool) {
    var reading = Reading(.hostile, glyphs: ascii ? .ascii : .unicode)
    for service in reading.story.state.present.services {
      let name = service.definition.name
      reading.story.fault(
        name, service.instances[0].id, Fault(.protocol, "\u{1b}]0;x\u{7}\r\n\u{9b}31m\u{202e}"))
    }
    reading.story.add(.note(Note(.error, "\u{1b}[2J\nsecond")))
    reading.pass(20)
    let lines = reading.news()
    #expect(lines.count > 10)
    #expect(lines.contains { $0.contains(ascii ? "esc^[[31mred" : "esc␛[31mred") }, "\(lines)")
    for line in lines {
      #expect(line.count < 1000)
      for scalar in line.unicodeScalars {
        #expect(scalar.value >= 0x20 && !(0x7f..<0xa0).contains(scalar.value))
        #expect(![0x200d, 0x202e, 0x200b, 0x2066].contains(scalar.value))
        if ascii { #expect(scalar.isASCII) }
      }
    }
  }

  @Test("The same entries give the same lines, and the pace of reading changes none that is dated")
  func deterministic() {
    func read(every stride: Int) -> [String] {
      var reading = well()
      var warning = HealthReport.passing
      warning.status = .warn
      warning.fallbacks = [.init(name: "cache", active: true)]
      for turn in 0..<120 {
        let isBad = [7, 8, 9, 60, 62, 64, 66, 68, 70, 72].contains(turn)
        reading.story.probe("cart", Self.cart, .liveness, .passing)
        reading.story.probe("cart", Self.cart, .readiness, isBad ? warning : .passing)
        reading.story.probe("catalog", Self.catalog, .liveness, .passing)
        reading.story.probe("catalog", Self.catalog, .readiness, .passing)
        reading.story.pass(1)
        if turn % stride == 0 { reading.look() }
      }
      reading.story.pass(1)
      reading.look()
      return reading.lines
    }
    #expect(read(every: 1) == read(every: 1))
    #expect(read(every: 3) == read(every: 3))
    let isState: (String) -> Bool = { $0.contains("cart ") && $0.contains(" -> ") }
    #expect(read(every: 1).count(where: isState) == 4)
    #expect(read(every: 1).filter(isState) == read(every: 3).filter(isState))
  }
}

extension HealthReport {
  fileprivate static let passing = HealthReport(dialect: .damcon, status: .pass)
  fileprivate static let failing = HealthReport(dialect: .damcon, status: .fail)
}
