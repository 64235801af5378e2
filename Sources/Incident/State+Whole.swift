/// A state that is read may come from anybody: what its parts say of each other is looked at once, so
/// that nothing that goes on from it has to.
extension State {
  /// What does not fit; nil where everything does.
  var misfit: String? {
    guard history.chapters.count == present.services.count else {
      return "its history is of another fleet"
    }
    guard ledger.accounts.allSatisfy({ present.has($0.home) }), ledger.cursor >= 0,
      present.services.allSatisfy({ service in
        service.accounts.allSatisfy(ledger.accounts.indices.contains)
      })
    else { return "its budgets are of other objectives" }
    guard present.actionRuns.allSatisfy(\.isWhole) else { return "an action is of another plan" }
    return nil
  }
}

extension Present {
  fileprivate func has(_ home: LedgerAccount.Home) -> Bool {
    guard let service = home.service else { return capabilitySLOs.indices.contains(home.position) }
    return services.indices.contains(service)
      && services[service].slos.indices.contains(home.position)
  }
}
