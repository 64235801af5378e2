import Foundation
import Telemetry
import Testing

/// Sloth's rules for 99.9 % over 30 days, as Prometheus 2.42 answered them minute by minute.
///
/// Damcon differs on purpose, and each difference has its test below:
/// - **Float noise.** Sloth compares with `14.4 * 0.0009999999999999432`, a budget that 0.999 leaves
///   in binary; a service that burns at exactly 1x therefore has a ticket there for ever. Damcon
///   compares whole numbers: exactly on the threshold is not over it.
/// - **Volume.** Sloth's 30-day ratio is the average of its five-minute ratios: a night hour of ten
///   requests weighs as much as an evening's million. Damcon sums events.
/// - **A floor.** With ten requests an hour one failure pages in sloth; Damcon wants a handful.
/// - **Time that nobody watched.** Sloth's period ratio is of the time recorded; Damcon takes what
///   was not watched to have spent nothing, and says how much was watched.
@Suite(
  "Budgets as sloth's rules under Prometheus answer",
  .enabled(if: SharedData.isThere, Comment(rawValue: SharedData.absent)))
struct SLOOracleTests {
  private struct Oracle: Decodable {
    var requestsPerMinute: UInt64
    var objective: Double
    var scenarios: [String: Scenario]

    enum CodingKeys: String, CodingKey {
      case requestsPerMinute = "requests_per_minute"
      case objective, scenarios
    }
  }

  private struct Scenario: Decodable {
    var segments: [[Double?]]
    var points: [Point]
    enum CodingKeys: String, CodingKey {
      case segments = "segments_minutes_errorfraction"
      case points
    }
  }

  private struct Point: Decodable {
    var minute: Int
    var page: String?
    var ticket: String?
    var burn: String
    var ratios: [Int: String]

    struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init(_ text: String) { stringValue = text }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      minute = try container.decode(Int.self, forKey: Key("minute"))
      page = try container.decodeIfPresent(String.self, forKey: Key("page"))
      ticket = try container.decodeIfPresent(String.self, forKey: Key("ticket"))
      burn = try container.decode(String.self, forKey: Key("current_burn"))
      ratios = [:]
      for (name, minutes) in SLOOracleTests.windows {
        ratios[minutes] = try container.decode(String.self, forKey: Key("ratio_" + name))
      }
    }
  }

  static let windows = [("5m", 5), ("30m", 30), ("1h", 60), ("2h", 120), ("6h", 360), ("1d", 1440)]
  static let month = 30 * 1440

  private static func oracle() throws -> Oracle {
    let bytes = try SharedData.bytes("slo-oracle/sloth-prometheus-2.42.json")
    return try JSONDecoder().decode(Oracle.self, from: Data(bytes))
  }

  @Test("every scenario, minute by minute: ratios, burn, page and ticket")
  func minutes() throws {
    let oracle = try Self.oracle()
    #expect(oracle.objective == 0.999)
    #expect(oracle.scenarios.count >= 4)
    var compared = 0
    var onTheThreshold = 0
    for (name, scenario) in oracle.scenarios.sorted(by: { $0.key < $1.key }) {
      let asked = Dictionary(uniqueKeysWithValues: scenario.points.map { ($0.minute, $0) })
      var story = Month()
      for segment in scenario.segments {
        let fraction = segment[1]
        let bad = UInt64((Double(oracle.requestsPerMinute) * (fraction ?? 0)).rounded())
        for _ in 0..<Int(try #require(segment[0])) {
          let burnBefore = story.reading.burn(over: 5)
          story.live(
            fraction == nil ? .none : EventCount(bad: bad, total: oracle.requestsPerMinute))
          guard let point = asked[story.minutes] else { continue }
          compared += 1
          let place = "\(name) at minute \(point.minute)"
          for (minutes, told) in point.ratios {
            let ratio = story.ledger.sum(over: minutes)?.events.badRatio
            #expect(agrees(ratio, told), "\(place): \(minutes)m \(ratio as Any) and \(told)")
          }
          // Sloth's burn is recorded from a ratio that its own group may have recorded a minute ago.
          #expect(
            agrees(story.reading.burn(over: 5), point.burn) || agrees(burnBefore, point.burn),
            "\(place): burn")
          if story.fires(.page) != (point.page != nil) {
            #expect(story.isOnThreshold(.page), "\(place): page")
            onTheThreshold += 1
          }
          if story.fires(.ticket) != (point.ticket != nil) {
            #expect(story.isOnThreshold(.ticket), "\(place): ticket")
            #expect(!story.fires(.ticket), "\(place): only noise lies over the threshold")
            onTheThreshold += 1
          }
        }
      }
    }
    #expect(compared > 500)
    // The scenario that burns at exactly 1x, and nothing else.
    #expect((100...140).contains(onTheThreshold))
  }

  private func agrees(_ value: Double?, _ told: String) -> Bool {
    guard told != "NaN" else { return value == nil }
    guard let value, let expected = Double(told) else { return false }
    return (value - expected).magnitude <= 1e-9 * max(expected, 1e-6)
  }

  // MARK: Where Damcon differs

  @Test("exactly on the threshold is not over it, whatever binary makes of 0.999")
  func floatNoise() {
    var story = Month()
    for _ in 0..<4320 { story.live(EventCount(bad: 6, total: 6000)) }
    #expect(story.reading.burn(over: 4320) == 1)
    #expect(story.reading.firing == nil)
    // As sloth's rule has it, the same ratio is over: 1-0.999 is a little less than a thousandth.
    #expect(6.0 / 6000 > 1 * (1 - 0.9990000000000001))
    story.live(EventCount(bad: 7, total: 6000))
    #expect(story.reading.firing?.severity == .ticket)
  }

  @Test("a quiet hour weighs what it carried, not as much as a busy one")
  func volume() throws {
    var story = Month()
    var ratios: [Double] = []
    for minute in 0..<120 {
      story.live(minute < 60 ? EventCount(bad: 0, total: 6000) : EventCount(bad: 3, total: 6))
      ratios.append(try #require(story.ledger.sum(over: 5)?.events.badRatio))
    }
    let sloth = ratios.reduce(0, +) / Double(ratios.count)
    #expect(sloth > 0.2)
    let damcon = try #require(story.ledger.sum(over: Self.month)?.events.badRatio)
    #expect(damcon == 180.0 / 360_360)
  }

  @Test("one failed request at night pages nobody, and the reading says why")
  func floor() {
    var story = Month()
    for minute in 0..<60 { story.live(EventCount(bad: minute == 59 ? 1 : 0, total: 1)) }
    let hour = story.ledger.sum(over: 60)?.events.badRatio ?? 0
    let five = story.ledger.sum(over: 5)?.events.badRatio ?? 0
    #expect(hour > 14.4 * 0.001 && five > 14.4 * 0.001, "sloth's rule pages")
    #expect(story.reading.firing == nil)
    #expect(story.reading.floored?.severity == .page)
    #expect(
      story.reading.heldBack(by: .usual(window: Self.month))
        == "burning 16.7x over 1h and 200x over 5m, but 1 bad event is fewer than the 5 that alert")
    for _ in 0..<4 { story.live(EventCount(bad: 1, total: 1)) }
    #expect(story.reading.firing?.severity == .page)
    #expect(story.reading.floored == nil)
  }

  @Test("time that nobody watched has spent nothing, and the cover is told")
  func cover() throws {
    var story = Month()
    for _ in 0..<432 { story.live(EventCount(bad: 60, total: 6000)) }
    // Ten times too fast for a hundredth of the window is a tenth of the budget; the period's
    // ratio of sloth would say that nine budgets are overspent.
    let left = try #require(story.reading.remaining)
    #expect((left - 0.9).magnitude < 1e-12)
    #expect(story.reading.covered == 432 * 60)
    let exhausts = try #require(story.reading.exhaustsIn)
    #expect((exhausts - 0.9 * 30 * 86_400 / 10).magnitude < 1e-3)
  }
}

/// A service with 99.9 % over 30 days, lived a minute at a time.
private struct Month {
  private(set) var ledger: SLOLedger
  private(set) var reading = BudgetReading()
  private(set) var minutes = 0
  private let policy = BurnPolicy.usual(window: SLOOracleTests.month)
  private static let began: Int64 = 29_900_000

  init() {
    ledger = SLOLedger(windows: policy.windows + [SLOOracleTests.month])
    ledger.roll(to: Self.began)
  }

  /// Lives one minute with these events and reads at its end.
  mutating func live(_ events: EventCount) {
    let start = (Self.began + Int64(minutes)) * 60_000_000_000
    ledger.add(events, from: start, to: start + 60_000_000_000)
    minutes += 1
    ledger.roll(to: Self.began + Int64(minutes))
    reading.read(ledger, 99.9, policy, window: SLOOracleTests.month, second: 0)
  }

  /// Alerts of each severity stand for themselves, as sloth's rules do.
  func fires(_ severity: BurnSeverity) -> Bool {
    policy.pairs.contains { pair in
      pair.severity == severity
        && [pair.long, pair.short].allSatisfy {
          ledger.sum(over: $0)?.events.burns(faster: pair.factor, than: 99.9) == true
        }
    }
  }

  /// A window of such a pair burns at its factor to the last event.
  func isOnThreshold(_ severity: BurnSeverity) -> Bool {
    policy.pairs.contains { pair in
      pair.severity == severity
        && [pair.long, pair.short].contains {
          ledger.sum(over: $0)?.events.burn(of: 99.9) == pair.factor.value
        }
    }
  }
}
