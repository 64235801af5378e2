import Fleet
import Simulator
import Testing

/// Fleets live one at a time in tests: two on a small machine take each other's processor time,
/// and a starved fleet times out for another reason than the one under test.
@Suite(.serialized) enum LiveFleet {}

/// Runs `body` on a fleet of its own, which is stopped whatever happens.
func rehearse<T: Sendable>(
  _ scenario: Scenario, portBase: Int? = nil, from offset: Double = 0, speed: Double = 1,
  _ body: (SimulatedFleet) async throws -> T
) async throws -> T {
  let simulated = try await SimulatedFleet.start(
    scenario: scenario, portBase: portBase, from: offset, speed: speed)
  do {
    let result = try await body(simulated)
    await simulated.stop()
    return result
  } catch {
    await simulated.stop()
    throw error
  }
}

extension SimulatedFleet {
  /// The ports of a service's instances, in their order.
  nonisolated func ports(of service: String) -> [Int] {
    let instances = fleet.services.first { $0.name == service }?.instances ?? []
    return instances.compactMap { Int($0.url.split(separator: ":").last ?? "") }
  }
}

/// The sum of all samples in an exposition whose line holds all of these.
func total(_ page: String, _ parts: String...) -> Double {
  page.split(separator: "\n").filter { line in
    !line.hasPrefix("#") && parts.allSatisfy { line.contains($0) }
  }.reduce(0) { $0 + (Double($1.split(separator: " ").dropFirst().first ?? "") ?? 0) }
}

extension Scenario {
  /// Nobody calls from outside: what a test asks is all there is.
  var withoutClients: Scenario {
    var quiet = self
    quiet.clients = []
    return quiet
  }
}
