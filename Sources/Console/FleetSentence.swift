import Fleet
import Health
import Incident

/// The state of a fleet in one sentence, the worst first:
/// `8 services: 1 unhealthy (checkout), 1 degraded (pricing), 6 healthy`.
enum FleetSentence {
  /// Services named of each state; the others are counted.
  static let namesOfEach = 5

  static func describing(_ present: Present) -> String {
    let total = present.services.count
    let whole = total == 1 ? "1 service" : "\(total) services"
    let parts = present.counts.map { state, count in
      let number = count < total ? "\(count) " : total > 1 ? "all " : ""
      return number + state.rawValue + names(of: state, count, present)
    }
    return parts.isEmpty ? "no services" : whole + ": " + parts.joined(separator: ", ")
  }

  /// ` (checkout, cart and 3 more)`; nothing for those that need no look.
  private static func names(of state: HealthState, _ count: Int, _ present: Present) -> String {
    guard state != .healthy else { return "" }
    let names = present.services.lazy.filter { $0.verdict.state == state }
      .prefix(namesOfEach).map(\.definition.name)
    let more = count > namesOfEach ? " and \(count - namesOfEach) more" : ""
    return " (" + names.joined(separator: ", ") + more + ")"
  }
}
