import Fleet
import Health
import Incident
import Testing

@Suite("Journeys in the state")
struct JourneyTests {
  private let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)

  private func fleet(_ objective: Journey.Objective? = nil) -> Fleet {
    var fleet = Fleet(name: "f", services: [Service(name: "a")])
    fleet.journeys = [
      Journey(
        name: "buy", every: 10, steps: [.init(place: .service("a", path: "/"))],
        objective: objective)
    ]
    return fleet
  }

  private let failed = JourneyRun(
    duration: 0.2, steps: [0.2],
    outcome: .failed(.init(step: 0, name: "pay", why: "503, expected 2xx")))

  private func passed(_ seconds: Double) -> JourneyRun {
    JourneyRun(duration: seconds, steps: [seconds], outcome: .passed)
  }

  private func state(_ fleet: Fleet, _ runs: [(Double, JourneyRun)]) -> State {
    var state = State(began: began)
    state.apply(Entry(sequence: 1, instant: began, event: .fleet(fleet)))
    for (place, (seconds, run)) in runs.enumerated() {
      state.apply(
        Entry(
          sequence: UInt64(place + 2), instant: began.advanced(by: seconds),
          event: .journey("buy", run)))
    }
    return state
  }

  @Test("before it ran nothing is known; then the last run says whether it passes, and why not")
  func outcome() {
    #expect(state(fleet(), []).present.journeys[0].isPassing == nil)
    let journey = state(fleet(), [(1, passed(0.1)), (11, failed), (21, failed)]).present.journeys[0]
    #expect(journey.isPassing == false && journey.streak == 2)
    #expect(journey.since?.seconds == 11)
    #expect(journey.why == "step 1, pay: 503, expected 2xx")
    #expect(journey.lastFailure?.at.seconds == 21)
    let again = state(fleet(), [(1, failed), (11, passed(0.1))]).present.journeys[0]
    #expect(again.isPassing == true && again.lastFailure?.at.seconds == 1)
  }

  @Test("availability and latency are those of its runs in the window, counted as runs")
  func windows() {
    var runs: [(Double, JourneyRun)] = []
    for place in 0..<60 {
      let run = place % 4 == 3 ? failed : passed(Double(place % 10) / 10)
      runs.append((Double(place * 60 + 1), run))
    }
    let state = state(fleet(), runs)
    let journey = state.present.journeys[0]
    #expect(journey.score(over: 3600, at: state.present.now).availability == 0.75)
    #expect(journey.score(over: 240, at: state.present.now).runs == 4)
    #expect(journey.score(over: 86_400, at: state.present.now).runs == 60)
    #expect(journey.latency(1, over: 3600, at: state.present.now) == 0.9)
    #expect(journey.latency(0.5, over: 1, at: state.present.now) == nil)
  }

  @Test("a run that could not begin says nothing about the fleet")
  func notRun() {
    let run = JourneyRun(duration: 0, steps: [], outcome: .notRun("TOKEN is not set"))
    let state = state(fleet(), [(1, passed(0.1)), (11, run)])
    let journey = state.present.journeys[0]
    #expect(journey.isPassing == nil && journey.why == "could not run: TOKEN is not set")
    #expect(journey.score(over: 3600, at: state.present.now).runs == 1)
  }

  @Test("its objective counts runs that passed in time, over what was seen of the window")
  func objective() {
    let objective = Journey.Objective(objective: 75, threshold: 1, window: 86_400)
    let slow = state(fleet(objective), [(1, passed(0.5)), (2, passed(2)), (3, passed(0.1))])
    #expect(slow.present.journeys[0].meetsObjective(at: slow.present.now) == false)
    let met = state(
      fleet(objective), [(1, passed(0.5)), (2, passed(2)), (3, passed(0.1)), (4, passed(0.1))])
    #expect(met.present.journeys[0].meetsObjective(at: met.present.now) == true)
    #expect(state(fleet(), []).present.journeys[0].meetsObjective(at: began) == nil)
  }

  @Test("a reload keeps the past of a journey with the same steps, and of no other")
  func reload() {
    var state = state(fleet(), [(1, failed)])
    var same = fleet()
    same.journeys[0].every = 20
    state.apply(Entry(sequence: 3, instant: began.advanced(by: 2), event: .fleet(same)))
    #expect(state.present.journeys[0].isPassing == false)
    #expect(state.present.journeys[0].definition.every == 20)
    same.journeys[0].steps[0].place = .service("a", path: "/other")
    state.apply(Entry(sequence: 4, instant: began.advanced(by: 3), event: .fleet(same)))
    #expect(state.present.journeys[0].isPassing == nil)
  }

  @Test("what it sends is never kept: neither headers nor bodies are in the bytes of the state")
  func secrets() throws {
    var fleet = fleet()
    fleet.journeys[0].credentials.headers = [.init(name: "A", value: .literal("hush-1"))]
    fleet.journeys[0].steps[0].credentials.headers = [.init(name: "B", value: .literal("hush-2"))]
    fleet.journeys[0].steps[0].body = .init(.literal("hush-3"))
    let bytes = try state(fleet, [(1, failed)]).canonicalBytes()
    #expect(!String(decoding: bytes, as: UTF8.self).contains("hush"))
  }

  @Test("a journey that nobody knows changes nothing")
  func stranger() {
    var state = state(fleet(), [])
    state.apply(
      Entry(sequence: 9, instant: began.advanced(by: 1), event: .journey("other", failed)))
    #expect(state.present.journeys[0].last == nil)
  }
}
