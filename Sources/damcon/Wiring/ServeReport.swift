import Containment
import Fleet
import Health
import Incident
import Session

/// What a daemon tells of a session: its warnings and errors, what becomes of actions, and its own figures.
final class ServeReport: Onlooker {
  private let say: @Sendable (ServeLog.Level, String) -> Void
  private let watch: SelfWatch
  private var lastNote: DatedNote?
  private var runs: [String: ActionRun.State] = [:]
  private var hasLooked = false
  private var looked: ContinuousClock.Instant?

  /// Between two looks at the figures: more often is of no use to a reader.
  private static let pace = Duration.milliseconds(240)

  init(_ watch: SelfWatch, say: @escaping @Sendable (ServeLog.Level, String) -> Void) {
    self.watch = watch
    self.say = say
  }

  func look(at state: State) {
    let present = state.present
    watch.saw(entry: present.sequence, at: present.now)
    // Each time: what a run was in between, and a note among many, would not be there any more.
    tellNotes(present)
    tellRuns(present)
    hasLooked = true
    let now = ContinuousClock.now
    if let looked, now - looked < ServeReport.pace { return }
    looked = now
    watch.saw(present)
  }

  func hear(recordingHangs: Bool) { watch.heard(recordingHangs: recordingHangs) }

  private func tellNotes(_ present: Present) {
    let new =
      lastNote.flatMap { last in present.notes.lastIndex(of: last) }
      .map { present.notes[($0 + 1)...] } ?? present.notes[...]
    lastNote = present.notes.last ?? lastNote
    for dated in new {
      switch dated.note.severity {
      case .info: break
      case .warning: say(.warning, dated.note.text)
      case .error: say(.error, dated.note.text)
      }
    }
  }

  private func tellRuns(_ present: Present) {
    var current: [String: ActionRun.State] = [:]
    for run in present.actionRuns {
      current[run.plan.id] = run.state
      guard runs[run.plan.id] != run.state else { continue }
      // What ended before this process began is no news, but for what nobody knows the end of.
      guard hasLooked || !run.state.isEnded || run.state == .unknown else { continue }
      say(ServeReport.level(run.state), ServeReport.sentence(run))
    }
    runs = current
  }

  private static func level(_ state: ActionRun.State) -> ServeLog.Level {
    switch state {
    case .failed, .revertFailed: .error
    case .unknown, .regressed, .relapsed, .inconclusive: .warning
    default: .notice
    }
  }

  private static func sentence(_ run: ActionRun) -> String {
    let plan = run.plan
    let place = plan.service.isEmpty ? "" : " on \(plan.service)"
    let reason = run.reason.map { ": \($0)" } ?? ""
    let approvers = run.approvals.map(\.by)
    let approval = approvers.isEmpty ? "" : ", approved by \(approvers.joined(separator: ", "))"
    return "action \(plan.id) (\(plan.action)\(place), asked for by \(plan.by)\(approval)): "
      + "\(run.state.rawValue)\(reason)"
  }
}
