import Exposition
import Fleet
import Foundation
import Incident
import Ledger
import Synchronization
import Telemetry
import Testing

@Suite("Keeping what a watch counts")
struct LedgerKeeperTests {
  private static let fleet = Fleet(
    name: "shop",
    services: [
      Service(
        name: "cart", instances: [Instance(url: "http://127.0.0.1:9000")],
        slos: [SLO(name: "availability", objective: 99.9, window: 30 * 86_400)])
    ])
  private static let target = Target(service: "cart", instance: "http://127.0.0.1:9000")

  /// A watch of one service at some wall time, with a scrape every five seconds.
  private struct Watch {
    var state: State
    let keeper: LedgerKeeper
    let writer: LedgerWriter
    let began: Instant
    var seconds = 0.0
    var count = 0.0

    init(at wall: Int64, _ path: String, _ tell: @escaping @Sendable (String) -> Void = { _ in }) {
      began = Instant(wall: wall, offset: 0)
      state = State(began: began)
      writer = LedgerWriter(path: path, tell: tell)
      keeper = LedgerKeeper(writer: writer)
      apply(.fleet(LedgerKeeperTests.fleet))
    }

    mutating func apply(_ event: Event) {
      state.apply(
        Entry(
          sequence: state.present.sequence + 1, instant: began.advanced(by: seconds), event: event))
      keeper.look(at: state)
    }

    mutating func scrape() {
      var extraction = Extraction(
        readings: [Reading(series: 0, value: count), Reading(series: 1, value: count / 10)])
      if count == 0 {
        extraction.defined = ["200", "500"].enumerated().map { number, code in
          SeriesDefinition(
            number: UInt32(number), name: "http_requests_total", family: "http_requests_total",
            type: .counter, labels: [Label("handler", "/a"), Label("code", code)])
        }
      }
      apply(
        .scrape(
          target: LedgerKeeperTests.target,
          Scrape(duration: 0.01, outcome: .extracted(extraction, bytes: 9))))
      count += 100
      seconds += 5
    }

    /// What the file brings, as the wiring would enter it.
    mutating func load() async {
      let writer = writer
      let found = Found()
      writer.load(LedgerPage.asked(of: LedgerKeeperTests.fleet)) { found.put($0) }
      await writer.finish([])
      for page in found.all { apply(.ledger(page)) }
    }

    /// Ends as a watch that is quit does.
    func end() async {
      let pages = LedgerCollection.pages(
        of: state.ledger, state.ledger.accounts.indices, since: writer.keptIn, upTo: .max)
      await writer.finish(pages)
    }

    var events: EventCount { state.present.services[0].slos[0].reading.events }
  }

  private static let wall: Int64 = 1_795_000_020_000_000_000

  @Test("a watch that is quit and begun again goes on where it was")
  func quit() async throws {
    let scratch = try Scratch()
    var first = Watch(at: Self.wall, scratch.file)
    for _ in 0..<100 { first.scrape() }
    await first.end()
    #expect(first.events == EventCount(bad: 990, total: 99 * 110))

    var second = Watch(at: Self.wall + 3_600_000_000_000, scratch.file)
    await second.load()
    #expect(second.events == first.events)
    for _ in 0..<50 { second.scrape() }
    #expect(second.events == EventCount(bad: 990 + 490, total: 148 * 110))
    await second.end()
    var third = Watch(at: Self.wall + 7_200_000_000_000, scratch.file)
    await third.load()
    #expect(third.events == second.events)
  }

  @Test("a watch that is killed loses no more than its last minute")
  func killed() async throws {
    let scratch = try Scratch()
    var first = Watch(at: Self.wall, scratch.file)
    for _ in 0..<121 { first.scrape() }
    // Nothing is said to it; its writer is let finish what it had been given.
    await first.writer.finish([])
    var second = Watch(at: Self.wall + 3_600_000_000_000, scratch.file)
    await second.load()
    let lost = first.events.total - second.events.total
    #expect(second.events.total > 0)
    #expect(lost <= 13 * 110, "\(lost) events are more than a minute's")
  }

  @Test("two watches of one fleet on one file: what both saw is kept once")
  func both() async throws {
    let scratch = try Scratch()
    var one = Watch(at: Self.wall, scratch.file)
    var other = Watch(at: Self.wall, scratch.file)
    for _ in 0..<100 {
      one.scrape()
      other.scrape()
    }
    await one.end()
    await other.end()
    var next = Watch(at: Self.wall + 3_600_000_000_000, scratch.file)
    await next.load()
    #expect(next.events == one.events)
  }

  @Test("a file that cannot be used is told of once, and the watch goes on")
  func broken() async throws {
    let scratch = try Scratch()
    try "a letter".write(toFile: scratch.file, atomically: true, encoding: .utf8)
    let sentences = Sentences()
    var watch = Watch(at: Self.wall, scratch.file) { sentences.add($0) }
    await watch.load()
    for _ in 0..<60 { watch.scrape() }
    await watch.end()
    #expect(sentences.all.count == 1)
    #expect(sentences.all.first?.contains("is no journal") == true)
    #expect(watch.events.total > 0)
    // Once it is out of the way, what the watch still knows is kept after all.
    try FileManager.default.removeItem(atPath: scratch.file)
    for _ in 0..<13 { watch.scrape() }
    await watch.end()
    #expect(sentences.all.count == 2)
    var next = Watch(at: Self.wall + 3_600_000_000_000, scratch.file)
    await next.load()
    #expect(next.events == watch.events)
  }

  private final class Found: Sendable {
    private let pages = Mutex<[LedgerPage]>([])
    func put(_ found: [LedgerPage]) { pages.withLock { $0 = found } }
    var all: [LedgerPage] { pages.withLock { $0 } }
  }

  private final class Sentences: Sendable {
    private let sentences = Mutex<[String]>([])
    func add(_ text: String) { sentences.withLock { $0.append(text) } }
    var all: [String] { sentences.withLock { $0 } }
  }
}
