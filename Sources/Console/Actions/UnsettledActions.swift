import Containment
import Fleet
import Incident

extension Present {
  /// Actions that did not come to a good end, and that no later one has made good: nobody may forget them.
  var unsettledActions: [ActionRun] {
    actionRuns.enumerated().filter { place, run in
      (run.state.isUnsettled || run.isPartlyDone)
        && !actionRuns[(place + 1)...].contains {
          $0.plan.conflicts(with: run.plan) && $0.applied != nil
        }
    }.map(\.element)
  }

  /// What whoever leaves leaves to itself: `1 action is under way`; nil where there is nothing.
  var leftBehind: String? {
    // What would have taken itself back does not, once nobody is there.
    let live = actionRuns.filter { run in
      run.isLive || run.expires.map { $0.offset > now.offset } == true
    }
    let going = live.count { $0.state != .unknown }
    switch (going, live.count) {
    case (_, 0): return nil
    case (0, 1): return "1 action is unknown"
    case (0, let count): return "\(count) actions are unknown"
    case (1, _): return "1 action is under way"
    default: return "\(going) actions are under way"
    }
  }
}

extension ActionRun.State {
  var isUnsettled: Bool {
    switch self {
    case .unknown, .regressed, .relapsed, .inconclusive, .revertFailed: true
    default: false
    }
  }
}

/// `1 action unknown: a`, or what the most of them are.
enum UnsettledWords {
  /// - Parameter key: what shows them; nil where it is not said.
  static func words(_ runs: [ActionRun], key: String?) -> String? {
    guard let first = runs.last else { return nil }
    let alike = runs.allSatisfy { $0.state == first.state }
    let what = runs.count == 1 ? "1 action" : "\(runs.count) actions"
    let how = alike ? first.state.rawValue : "not settled"
    return "\(what) \(how)" + (key.map { ": \($0)" } ?? "")
  }
}
