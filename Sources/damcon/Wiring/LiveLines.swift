import Console
import Incident
import Session

/// The linear mode's view of a session: lines for a writer, where a console has frames for a screen.
final class LiveLines: Onlooker {
  private var report: LinearReport
  private let put: @Sendable ([String]) -> Void
  private var looked: ContinuousClock.Instant?

  /// The session rings four times a second at least; more often is of no use to a reader.
  private static let pace = Duration.milliseconds(240)

  init(_ report: LinearReport, put: @escaping @Sendable ([String]) -> Void) {
    self.report = report
    self.put = put
  }

  func look(at state: State) {
    let now = ContinuousClock.now
    if let looked, now - looked < LiveLines.pace { return }
    looked = now
    let lines = report.lines(over: state)
    if !lines.isEmpty { put(lines) }
  }
}
