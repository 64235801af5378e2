import NIOCore
import Polling
import Testing

@Suite struct CadenceTests {
  private func seconds(_ time: NIODeadline) -> Double { Double(time.uptimeNanoseconds) / 1e9 }

  @Test func latenessDoesNotAddUp() {
    let cadence = Cadence(interval: 5, of: "checkout http://a:1", share: 0)
    var due = cadence.next(after: .uptimeNanoseconds(1_000_000_000_000))
    let first = due
    for late in 0..<1000 {
      // Fired up to four seconds late, it is due at the next point all the same.
      let next = cadence.next(after: due + .milliseconds(Int64(late * 4)))
      #expect(next - due == .seconds(5))
      due = next
    }
    #expect(due - first == .seconds(5000))
  }

  @Test func aPointThatWasMissedIsNotMadeUpFor() {
    let cadence = Cadence(interval: 1, of: "a", share: 0)
    let due = cadence.next(after: .uptimeNanoseconds(0))
    #expect(cadence.next(after: due + .milliseconds(3500)) - due == .seconds(4))
  }

  @Test func theSameTargetHasTheSamePhaseEverywhere() {
    let start = NIODeadline.uptimeNanoseconds(50_000_000_000)
    let due = Cadence(interval: 10, of: "checkout http://10.0.0.1:8080", share: 0).next(
      after: start)
    #expect(
      due == Cadence(interval: 10, of: "checkout http://10.0.0.1:8080", share: 0).next(after: start)
    )
    // The hash is written down: it may not depend on the process.
    #expect(
      abs(seconds(due) - 50 - 10 * Cadence.spread(of: "checkout http://10.0.0.1:8080")) < 1e-6)
  }

  @Test func theKindsOfOneTargetAreAThirdApart() {
    let start = NIODeadline.uptimeNanoseconds(50_000_000_000)
    let due = [0.0, 1.0 / 3, 2.0 / 3].map {
      Cadence(interval: 3, of: "a", share: $0).next(after: start).uptimeNanoseconds % 3_000_000_000
    }.sorted()
    #expect(abs(Int(due[1] - due[0]) - 1_000_000_000) < 10)
    #expect(abs(Int(due[2] - due[1]) - 1_000_000_000) < 10)
  }

  @Test func aFleetIsSpreadEvenlyOverTheInterval() {
    var tenths = [Int](repeating: 0, count: 10)
    for number in 0..<1000 {
      tenths[Int(Cadence.spread(of: "shop http://10.0.0.\(number):8080") * 10)] += 1
    }
    #expect(tenths.allSatisfy { (60...140).contains($0) }, "\(tenths)")
  }

  @Test func theFirstPollComesSoonEvenWithALongInterval() {
    for number in 0..<100 {
      let start = NIODeadline.uptimeNanoseconds(7_000_000_000)
      let wait = Cadence(interval: 60, of: "\(number)", share: 0.5).first(from: start) - start
      #expect(wait >= .zero && wait <= .milliseconds(500))
    }
  }

  @Test(arguments: [0, -1, .nan, .infinity, 1e300])
  func anIntervalThatIsNoneIsBounded(interval: Double) {
    let cadence = Cadence(interval: interval, of: "a", share: 0)
    let wait = cadence.next(after: .uptimeNanoseconds(1)) - .uptimeNanoseconds(1)
    #expect(wait > .zero && wait <= .hours(24))
  }
}
