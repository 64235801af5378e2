import Containment
import Fleet
import Incident

/// Actions as a hand-over and a message tell them, in plain text.
struct DoneActions {
  private let present: Present

  init(_ present: Present) { self.present = present }

  /// What was sent or is about to be in this incident, or within the last hours where there is none.
  private var ofNow: [ActionRun] {
    present.actionRuns.filter { run in
      if run.isLive || run.expires != nil { return true }
      guard let incident = present.openIncident else {
        return present.now.seconds(since: run.planned) < 14_400
      }
      return run.planned.offset >= incident.opened.offset
    }
  }

  /// Who did what, and when that was asked for.
  struct Deed {
    var by: String
    var at: Instant
    /// `cap-concurrency limit=32 on pricing: verified`
    var words: String
  }

  /// What was sent, oldest first.
  func done(on service: String? = nil) -> [Deed] {
    ofNow.filter { run in
      !run.state.isBeforeSending && run.state != .cancelled && run.state != .expired
        && (service.map { run.plan.services.contains($0) } ?? true)
    }.map {
      Deed(
        by: $0.confirmedBy ?? $0.plan.by, at: $0.planned, words: "\($0.plan.words): \(fate($0))")
    }
  }

  /// What somebody has to look after.
  var open: [String] {
    let waiting = present.actionRuns.filter {
      $0.state.isBeforeSending || $0.isLive || $0.expires != nil
    }
    let unsettled = present.unsettledActions.filter { run in !waiting.contains(run) }
    return (unsettled + waiting).map { "\($0.plan.words): \(fate($0))" }
  }

  private func fate(_ run: ActionRun) -> String {
    let words = ActionWords.brief(run, at: present.now)
    guard let reason = run.reason else { return words }
    return "\(words), \(reason)"
  }
}
