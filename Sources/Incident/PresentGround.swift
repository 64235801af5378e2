import Conditions
import Containment
import Fleet
import Health

/// What is known now of the services that a release is for.
struct PresentGround: ReleaseGround {
  let present: Present

  var environment: String? { present.fleet.environment?.name }

  /// What all of its instances say, and nothing where one says none, or has not said so lately.
  func offers(of service: String) -> [String]? {
    guard let index = present.index(of: service) else { return nil }
    var common: [String]?
    for instance in present.services[index].instances {
      let said = instance.sharedHealth.read { $0.report?.apiVersions ?? [] }
      guard !said.isEmpty, isHeard(instance) else { return nil }
      common = common.map { before in before.filter(said.contains) } ?? said
    }
    return common
  }

  private func isHeard(_ instance: InstancePresent) -> Bool {
    guard let last = instance.lastAnswered,
      instance.health.readiness.isReportCurrent || instance.health.liveness.isReportCurrent
    else { return false }
    let patience = max(instance.health.policy.staleAfter, 2 * instance.health.nextCheckHint)
    return present.now.seconds(since: last) <= patience
  }

  func facts(of service: String?) -> FleetFacts { FleetFacts.acting(present, service: service) }
}
