import Containment
import Fleet
import Incident

/// Finds how runs of actions came to other states, by a move or by time alone, and what fell due to be taken back.
struct ActionWalk {
  /// By `ActionPlan.id`.
  private var states: [String: ActionRun.State] = [:]
  /// What is due and was told so.
  private var due: Set<String> = []
  /// Up to when states were looked at: what has been as it is for longer is known.
  private var looked: Int64 = .min

  /// What was so before `now` is nothing to tell.
  mutating func forgetWhatWas(before now: Instant, _ present: Present) {
    for run in present.actionRuns {
      if run.since.offset < now.offset { states[run.plan.id] = run.state }
      if let expires = run.expires, expires.offset < now.offset { due.insert(run.plan.id) }
    }
  }

  mutating func follow(_ entry: Entry, _ present: Present) -> [DatedEvent] {
    // What an earlier run of the program left was told in its time.
    if case .resume = entry.event { forgetWhatWas(before: entry.instant, present) }
    var found: [DatedEvent] = []
    for run in present.actionRuns where run.since.offset >= looked {
      let before = states.updateValue(run.state, forKey: run.plan.id)
      guard before != run.state else { continue }
      found.append(
        DatedEvent("action_state", at: run.since, EventJSON.state(of: run, was: before)))
    }
    looked = present.now.offset
    if states.count > 2 * present.actionRuns.count + ActionWalk.slack {
      let kept = Set(present.actionRuns.map(\.plan.id))
      states = states.filter { kept.contains($0.key) }
    }
    return found
  }

  /// Those that are forgotten before anybody counts them.
  private static let slack = 64

  /// What takes itself back, from when that is due.
  mutating func followDue(_ present: Present) -> [DatedEvent] {
    var found: [DatedEvent] = []
    var still: Set<String> = []
    for run in present.actionRuns {
      guard let expires = run.expires, expires.offset <= present.now.offset else { continue }
      still.insert(run.plan.id)
      if !due.contains(run.plan.id) {
        found.append(DatedEvent("action_due", at: expires, EventJSON.members(of: run)))
      }
    }
    due = still
    return found
  }
}
