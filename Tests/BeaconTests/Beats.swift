import Beacon
import Fleet
import Health
import Incident

/// A desk with a state behind it, on a clock that the test moves.
struct Beats {
  static let token = "a-token-of-enough-characters"

  private(set) var desk: BeaconDesk
  private(set) var state: State
  private(set) var now = 0.0
  private(set) var events: [Event] = []
  private var sequence: UInt64 = 0
  private let began = Instant(wall: 1_795_000_000_000_000_000, offset: 0)

  /// - Parameters:
  ///   - memory: what an earlier run knew.
  ///   - start: seconds at which this run begins.
  init(
    _ fleet: Fleet, remembering memory: BeaconMemory = BeaconMemory(), at start: Double = 0
  ) {
    now = start
    desk = BeaconDesk(fleet: fleet, remembering: memory, at: start)
    state = State(began: began.advanced(by: start))
    enter([.began, .fleet(memory.merged(into: fleet))] + memory.events)
    events = []
    turn { desk, _, events in
      desk.take(Beats.tokens(of: fleet), into: &events)
      desk.begin(into: &events)
    }
  }

  /// Another run that goes on from this one, so many seconds after it.
  func restarted(_ fleet: Fleet, after seconds: Double) -> Beats {
    let start = now + seconds
    let memory = BeaconMemory(state.present, at: began.advanced(by: start), for: fleet)
    return Beats(fleet, remembering: memory, at: start)
  }

  static func tokens(of fleet: Fleet) -> BeaconTokens {
    BeaconTokens(of: fleet) {
      guard case .literal(let text) = $0 else { throw Missing() }
      return text
    }
  }

  private struct Missing: Error, CustomStringConvertible { var description: String { "gone" } }

  static func fleet(
    every: Double = 10, instances: [String] = [], most: Int = 50, forget: Double = 3600,
    schedule: Beacon.Schedule? = nil, besides: [Instance] = []
  ) -> Fleet {
    let beacon = Beacon(
      token: .literal(token), every: every, instances: instances, most: most, forget: forget,
      schedule: schedule)
    let named = instances.map { beacon.instance($0, of: "report") }
    var service = Service(name: "report", instances: besides + named)
    service.beacon = beacon
    return Fleet(name: "shop", services: [service, Service(name: "polled")])
  }

  // MARK: What happens

  @discardableResult
  mutating func send(
    _ body: String = #"{"status": "pass"}"#, of instance: String = "run-1",
    at service: String = "report", token: String? = Beats.token, _ verb: Beat.Verb = .tell,
    type: String? = "application/json"
  ) -> BeatAnswer {
    let beat = Beat(
      verb, service: service, instance: instance, token: token, contentType: type,
      body: Array(body.utf8), peer: "10.0.0.9")
    return turn { desk, now, events in desk.take(beat, at: now, into: &events) }
  }

  mutating func take(_ tokens: BeaconTokens) {
    turn { desk, _, events in desk.take(tokens, into: &events) }
  }

  mutating func adopt(_ fleet: Fleet) {
    turn { desk, now, events in
      desk.adopt(fleet, Beats.tokens(of: fleet), at: now, into: &events)
    }
  }

  /// Lets the seconds pass one by one, with a look and a tick in each.
  mutating func pass(_ seconds: Int) {
    for _ in 0..<seconds {
      now += 1
      turn { desk, now, events in desk.look(at: now, into: &events) }
      enter([.tick])
    }
  }

  @discardableResult
  private mutating func turn<Answer>(
    _ body: (inout BeaconDesk, Double, inout [Event]) -> Answer
  ) -> Answer {
    var told: [Event] = []
    let answer = body(&desk, now, &told)
    events += told
    enter(told)
    return answer
  }

  private mutating func enter(_ events: [Event]) {
    for event in events {
      sequence += 1
      state.apply(Entry(sequence: sequence, instant: began.advanced(by: now), event: event))
    }
  }

  /// Takes what was told since the last time.
  mutating func takeEvents() -> [Event] {
    defer { events = [] }
    return events
  }

  // MARK: What is known

  var instances: [InstancePresent] { state.present.services[0].instances }
  var names: [String] { instances.map { Beacon.name(in: $0.id) ?? $0.id } }

  func instance(_ name: String = "run-1") -> InstancePresent? {
    instances.first { $0.id == Beacon.address(of: name, at: "report") }
  }

  func health(of name: String = "run-1") -> HealthState? { instance(name)?.state }
}

extension BeatAnswer {
  var status: Int {
    switch self {
    case .taken: 200
    case .farewell: 204
    case .refused(let status, _): status
    }
  }

  var sentence: String? { if case .refused(_, let sentence) = self { sentence } else { nil } }
}
