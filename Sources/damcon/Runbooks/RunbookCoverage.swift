import Conditions
import Fleet
import Runbooks

/// Which critical services, their alerts and their fallbacks have a runbook.
struct RunbookCoverage {
  let rows: [Row]

  struct Row {
    enum Kind: String { case service, alert, fallback }
    var service: String
    var kind: Kind
    var name: String
    /// By their ids; empty where nobody wrote what to do.
    var runbooks: [String]
  }

  init(_ fleet: Fleet, _ runbooks: [Runbook]) {
    rows = fleet.services.filter { $0.tier == .critical }.flatMap { service in
      let own = runbooks.filter { RunbookCoverage.isFor($0, service) }
      var rows = [
        Row(
          service: service.name, kind: .service, name: service.name,
          runbooks: own.map(\.card.id))
      ]
      for slo in service.slos {
        let found = runbooks.filter { runbook in
          own.contains { $0.card.id == runbook.card.id } && runbook.slos.contains(slo.name)
            || RunbookCoverage.names(runbook, ["alert", "burn", "budget"], slo.name, of: service)
        }
        rows.append(
          Row(
            service: service.name, kind: .alert, name: slo.name, runbooks: found.map(\.card.id)))
      }
      for plan in service.fallbacks {
        let found = runbooks.filter {
          RunbookCoverage.names($0, ["fallback"], plan.name, of: service)
        }
        rows.append(
          Row(
            service: service.name, kind: .fallback, name: plan.name,
            runbooks: found.map(\.card.id)))
      }
      return rows
    }
  }

  var uncovered: [Row] { rows.filter(\.runbooks.isEmpty) }

  /// Text that says neither when it matches nor whom it is for is for nobody in particular.
  private static func isFor(_ runbook: Runbook, _ service: Service) -> Bool {
    let scope = runbook.card.scope
    guard runbook.card.match != nil || scope != RunbookScope() else { return false }
    return scope.applies(to: service.name, language: service.language, tier: service.tier)
  }

  /// Whether what it matches, or looks at, names a thing of a service.
  private static func names(
    _ runbook: Runbook, _ kinds: [String], _ name: String, of service: Service
  ) -> Bool {
    let card = runbook.card
    let isOwn = isFor(runbook, service)
    let conditions = [card.match].compactMap(\.self) + card.indicators.map(\.condition)
    return conditions.flatMap(\.subjects).contains { reference in
      kinds.contains(reference.kind) && reference.arguments.first == name
        && (reference.service.map { $0 == service.name } ?? isOwn)
    }
  }
}
