import Journal

/// Where a fleet's ledger lies: in its journal's file.
package enum LedgerPlace {
  /// The path for a fleet, its folder made where it is not there.
  package static func path(
    of fleet: String, in state: String, making: Bool = true
  ) throws(LedgerError) -> String {
    do {
      return try JournalPlace.path(of: fleet, in: state, making: making)
    } catch {
      throw LedgerError(state, "cannot be made; budgets are not kept across restarts")
    }
  }

  /// Where an earlier Damcon kept it: `ledger/<fleet>.sqlite` beside the journal.
  static func earlier(_ path: String) -> String {
    let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
    let name = path.split(separator: "/").last ?? ""
    let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
    return "\(folder)/ledger/\(stem).sqlite"
  }
}
