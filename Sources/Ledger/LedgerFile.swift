import GRDB

/// The file that keeps what budgets have seen across restarts.
package struct LedgerFile {
  private let queue: DatabaseQueue
  package init(path: String) throws { queue = try DatabaseQueue(path: path) }
}
