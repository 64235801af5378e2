import Exposition
import Fleet
import Health
import Incident
import Telemetry
import Testing

@Suite("Entries become state")
struct ApplyTests {
  let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)

  private func fleet(_ names: String...) -> Fleet {
    Fleet(
      name: "shop",
      services: names.map {
        Service(name: $0, instances: [Instance(url: "http://127.0.0.1/\($0)")])
      })
  }

  private func target(_ name: String) -> Target {
    Target(service: name, instance: "http://127.0.0.1/\(name)")
  }

  private func tell(_ events: [(Double, Event)]) -> State {
    var state = State(began: began)
    for (index, (seconds, event)) in events.enumerated() {
      state.apply(
        Entry(sequence: UInt64(index + 1), instant: began.advanced(by: seconds), event: event))
    }
    return state
  }

  private func answer(_ status: Int, _ claim: HealthReport.Status = .pass) -> Probe {
    Probe(
      kind: .liveness, path: "/healthz", duration: 0.002,
      answer: .response(status: status, report: HealthReport(dialect: .damcon, status: claim)))
  }

  @Test("before anything is heard, everything is unknown, not healthy")
  func unknownAtFirst() {
    let state = tell([(0, .fleet(fleet("cart", "users")))])
    #expect(state.present.services.map(\.verdict.state) == [.unknown, .unknown])
    #expect(state.present.counts.map(\.count) == [2])
  }

  @Test("a probe that passes makes healthy, and the change is kept with its time")
  func passes() {
    let state = tell([
      (0, .fleet(fleet("cart"))), (1, .probe(target: target("cart"), answer(200))),
    ])
    #expect(state.present.services[0].verdict.state == .healthy)
    #expect(state.present.changes.map(\.to) == [.healthy])
    #expect(state.present.changes[0].at == began.advanced(by: 1))
  }

  private static let crowd = (0..<500).map { "service-\($0)" }

  /// Five hundred services that all fall silent at once, and one tick when they are overdue.
  private var silentCrowd: [(Double, Event)] {
    let fleet = Fleet(
      name: "crowd",
      services: ApplyTests.crowd.map {
        Service(name: $0, instances: [Instance(url: "http://127.0.0.1/\($0)")])
      })
    return [(0, .fleet(fleet))]
      + ApplyTests.crowd.map { (1, .probe(target: target($0), answer(200))) } + [(60, .tick)]
  }

  @Test("what is due all at once is moved in several turns, and nobody is left out")
  func manyDue() {
    func stale(_ state: State) -> Int {
      state.present.services.count { $0.verdict.state == .stale }
    }
    let first = stale(tell(silentCrowd))
    #expect(first > 0 && first < 500)
    // Any entry goes on with it, within the same second.
    let second = stale(tell(silentCrowd + [(60.1, .note(Note(.info, "n")))]))
    #expect(second > first && second < 500)
    #expect(stale(tell(silentCrowd + [(61, .tick), (62, .tick)])) == 500)
  }

  @Test("a fleet that is read again while timers are due may be smaller, or empty")
  func shrinks() {
    let none = tell(silentCrowd + [(60.1, .fleet(fleet())), (60.2, .tick), (62, .tick)])
    #expect(none.present.services.isEmpty)
    let one = tell(silentCrowd + [(60.1, .fleet(fleet("service-9"))), (62, .tick)])
    #expect(one.present.services.map(\.verdict.state) == [.stale])
  }

  @Test("two silent intervals make stale, by ticks alone")
  func stale() {
    let events: [(Double, Event)] =
      [(0, .fleet(fleet("cart"))), (1, .probe(target: target("cart"), answer(200)))]
      + (2...12).map { (Double($0), .tick) }
    let state = tell(events)
    #expect(state.present.services[0].verdict.state == .stale)
    #expect(state.present.services[0].verdict.reasons.first != nil)
  }

  @Test("an entry about an unknown target changes nothing but the time")
  func stranger() {
    let state = tell([
      (0, .fleet(fleet("cart"))), (1, .probe(target: target("nobody"), answer(500))),
    ])
    #expect(state.present.services[0].verdict.state == .unknown)
    #expect(state.present.sequence == 2)
  }

  @Test("a reload keeps what is known of services that stay")
  func reload() {
    let state = tell([
      (0, .fleet(fleet("cart", "users"))), (1, .probe(target: target("cart"), answer(200))),
      (2, .fleet(fleet("search", "cart"))),
    ])
    #expect(state.present.services.map(\.definition.name) == ["search", "cart"])
    #expect(state.present.services.map(\.verdict.state) == [.unknown, .healthy])
    #expect(state.present.services[1].instances[0].health.liveness.successes == 1)
    #expect(state.history.chapters.map(\.service) == ["search", "cart"])
  }

  @Test("a scrape counts requests by the fleet's own convention before the built-in ones")
  func convention() throws {
    var shop = fleet("cart")
    shop.conventions = [
      .init(name: "ours", requests: ["shop_hits"], error: .label(name: "ok", values: ["no"]))
    ]
    func scrape(_ good: Double, _ bad: Double, isFirst: Bool) -> Event {
      let defined = ["yes", "no"].enumerated().map { index, ok in
        SeriesDefinition(
          number: UInt32(index), name: "shop_hits", family: "shop_hits", type: .counter,
          labels: [Label("ok", ok)])
      }
      let extraction = Extraction(
        defined: isFirst ? defined : [],
        readings: [Reading(series: 0, value: good), Reading(series: 1, value: bad)])
      return .scrape(
        target: target("cart"), Scrape(duration: 0.01, outcome: .extracted(extraction, bytes: 9)))
    }
    let state = tell([
      (0, .fleet(shop)), (1, scrape(100, 0, isFirst: true)), (6, scrape(190, 10, isFirst: false)),
    ])
    let requests = state.present.services[0].requests
    #expect(try #require(requests.rate) == 20)
    #expect(try #require(requests.errorRatio) == 0.1)

    // A reload that says otherwise what the metrics mean: nothing measured before goes on.
    var changed = shop
    changed.services[0].endpoints = [NamedEndpoint(name: "all", routes: ["*"])]
    let after = tell([
      (0, .fleet(shop)), (1, scrape(100, 0, isFirst: true)), (6, scrape(190, 10, isFirst: false)),
      (7, .fleet(changed)), (8, scrape(195, 10, isFirst: true)),
      (13, scrape(195, 20, isFirst: false)),
    ])
    #expect(try #require(after.present.services[0].requests.errorRatio) == 1)
    #expect(after.present.services[0].instances[0].meter.endpoints == ["all"])
  }

  @Test("the state can be written, read and gone on with")
  func keyframe() throws {
    let events: [(Double, Event)] = [
      (0, .fleet(fleet("cart"))), (1, .probe(target: target("cart"), answer(200))),
      (2, .note(Note(.warning, "\u{1B}[31m and \u{202E}"))),
    ]
    var live = tell(events)
    var restored = try State(canonicalBytes: live.canonicalBytes())
    #expect(restored == live)
    let next = Entry(
      sequence: 4, instant: began.advanced(by: 3),
      event: .probe(target: target("cart"), answer(503, .fail)))
    live.apply(next)
    restored.apply(next)
    #expect(try restored.canonicalBytes() == live.canonicalBytes())
  }

  @Test("notes and changes are bounded whatever the run time")
  func bounded() {
    var events: [(Double, Event)] = [(0, .fleet(fleet("cart")))]
    for second in 1...3000 {
      events.append(
        (Double(second), .probe(target: target("cart"), answer(second % 2 == 0 ? 200 : 500))))
      events.append((Double(second), .note(Note(.info, "\(second)"))))
    }
    let state = tell(events)
    #expect(state.present.notes.count == Present.noteLimit)
    #expect(state.present.notes.last?.note.text == "3000")
    #expect(state.present.changes.count == Present.changeLimit)
  }
}
