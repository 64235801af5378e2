import Fleet
import Health
import Testing

@Suite("The health of a service from its instances")
struct ServiceHealthTests {
  static let table: [([HealthState], HealthState)] = [
    ([], .unknown), ([.healthy], .healthy), ([.warming], .warming), ([.stale], .stale),
    ([.healthy, .healthy], .healthy), ([.unreachable, .unreachable], .unreachable),
    ([.notReady, .notReady], .notReady), ([.draining, .draining], .draining),
    ([.unknown, .unknown], .unknown), ([.stale, .stale], .stale),
    // Some serve and some do not.
    ([.healthy, .healthy, .unhealthy], .degraded), ([.healthy, .unreachable], .degraded),
    ([.healthy, .notReady], .degraded), ([.healthy, .stale], .degraded),
    ([.healthy, .degraded], .degraded), ([.degraded, .unreachable], .degraded),
    // Away on purpose.
    ([.healthy, .healthy, .warming], .healthy), ([.healthy, .draining], .healthy),
    ([.healthy, .draining, .warming], .degraded), ([.healthy, .unknown], .healthy),
    ([.warming, .draining], .warming), ([.unknown, .draining], .draining),
    // Nobody serves.
    ([.unhealthy, .unreachable], .unhealthy), ([.notReady, .unreachable], .unhealthy),
    ([.notReady, .stale], .notReady), ([.unreachable, .stale], .unreachable),
    ([.unreachable, .warming], .unhealthy), ([.notReady, .warming], .notReady),
    ([.stale, .warming], .stale), ([.stale, .unknown], .stale),
  ]

  @Test("The truth table", arguments: table)
  func combine(_ states: [HealthState], _ expected: HealthState) {
    let members = states.map { ServiceHealth.Member(state: $0) }
    #expect(ServiceHealth.combine(members).state == expected)
    #expect(ServiceHealth.combine(members.reversed()).state == expected)
  }

  @Test("The reasons count the instances and name the cause")
  func reasons() {
    let bad = ServiceHealth.Member(state: .unhealthy, reasons: ["liveness 503", "breaker pg open"])
    let canary = ServiceHealth.Member(state: .notReady, reasons: ["readiness 503"], isCanary: true)
    let good = ServiceHealth.Member(state: .healthy)
    #expect(
      ServiceHealth.combine([good, bad, good]).reasons
        == ["1 of 3 instances unhealthy: liveness 503", "breaker pg open"])
    #expect(
      ServiceHealth.combine([good, canary]).reasons
        == ["1 of 2 instances not-ready (canary): readiness 503"])
    #expect(
      ServiceHealth.combine([bad, bad]).reasons
        == ["all 2 instances unhealthy: liveness 503", "breaker pg open"])
    #expect(ServiceHealth.combine([bad]).reasons == ["liveness 503", "breaker pg open"])
    #expect(ServiceHealth.combine([good, good]).reasons == [])
    #expect(ServiceHealth.combine([InstanceHealth]()).reasons == ["no instances"])
  }

  @Test("A service is healthy only where an instance is, and never worse than its worst")
  func bounds() {
    var random = SplitMix(seed: 3)
    for _ in 0..<1000 {
      let states = (0...random.below(6)).map { _ in
        HealthState.allCases[random.below(HealthState.allCases.count)]
      }
      let state = ServiceHealth.combine(states.map { .init(state: $0) }).state
      if state == .healthy { #expect(states.contains(.healthy)) }
      if states.contains(where: { $0.severity >= HealthState.stale.severity }) {
        #expect(state.severity >= HealthState.stale.severity)
      }
    }
  }
}
