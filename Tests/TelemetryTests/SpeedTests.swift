import Exposition
import Telemetry
import Testing

/// What a scrape costs once its series are known. The bound is loose: it catches an allocation or
/// a search that slipped into the inner loop, not a slow machine.
@Suite(.enabled(if: SharedData.isThere, "\(SharedData.absent)"))
struct SpeedTests {
  @Test("a scrape of known series is read in microseconds")
  func ingest() throws {
    var target = Target()
    var extraction = target.scrape(try SharedData.bytes("dumps/etcd.text.txt"), at: 0)
    let isCounter = extraction.readings.map {
      extraction.defined[Int($0.series)].type != .gauge
    }
    extraction.defined = []
    var meter = target.meter
    var seconds = 0.0
    var best = Duration.seconds(1)
    for _ in 0..<20 {
      let clock = ContinuousClock()
      let spent = clock.measure {
        for _ in 0..<100 {
          seconds += 1
          for i in isCounter.indices where isCounter[i] { extraction.readings[i].value += 1 }
          meter.ingest(extraction, at: seconds)
        }
      }
      best = min(best, spent / 100)
    }
    let each = best / extraction.readings.count
    print("MEASURED ingest of \(extraction.readings.count) readings: \(best), \(each) each")
    #expect(each < .microseconds(25))
    let clock = ContinuousClock()
    let spent = clock.measure {
      for _ in 0..<100 {
        _ = meter.statistics(window: .minute, at: seconds)
      }
    }
    print("MEASURED statistics of one minute: \(spent / 100)")
  }
}
