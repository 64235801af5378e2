public import Containment
import Fleet

/// What takes itself back, and what would have while nobody was there to do it.
extension Present {
  /// What is in force beyond its time, since it fell due while nothing ran: shown, and never taken back by itself.
  public var overdue: [ActionRun] {
    actionRuns.filter { run in run.expires.map { $0.offset <= began.offset } ?? false }
  }

  /// What is in force and takes itself back: only as long as this goes on.
  public var liveExpiries: [ActionRun] {
    actionRuns.filter { run in run.expires.map { $0.offset > began.offset } ?? false }
  }
}
