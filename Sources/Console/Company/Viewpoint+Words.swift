import Canvas
import Containment
import Fleet
import Incident
import Presence

/// Where somebody looks, in words, and what that is about.
extension Viewpoint {
  /// `runbook pricing-timeout on pricing`, `PAST 00:47:12Z, the fleet`
  func words(_ present: Present, _ playback: Playback?) -> String {
    guard let past else { return words(present) }
    let wall =
      playback?.wall(at: past) ?? past.plus(present.now.wall.less(present.now.offset))
    return "PAST \(Clock.utc(Instant(wall: wall, offset: past))), \(words(present))"
  }

  private func words(_ present: Present) -> String {
    func part(_ place: Int) -> String {
      place < subject.count ? DisplayCut.clip(subject[place], to: 32) : "?"
    }
    guard let place = Place(rawValue: pane) else { return "what this version does not know" }
    switch place {
    case .fleet:
      let at = selection.map { " at \(DisplayCut.clip($0, to: 32))" } ?? ""
      return filter.isEmpty
        ? "the fleet\(at)" : "the fleet\(at), filtered by \(DisplayCut.clip(filter, to: 40))"
    case .service: return "service \(part(0))"
    case .runbooks: return subject.isEmpty ? "the runbooks" : "the runbooks for \(part(0))"
    case .runbook: return "runbook \(part(0)) on \(part(1))"
    case .message: return "a message of runbook \(part(0)) on \(part(1))"
    case .actions: return "the actions for \(part(0))"
    case .action:
      guard let run = subject.first.flatMap({ present.actionRun(ticket: $0) }) else {
        return "an action"
      }
      return "action \(DisplayCut.clip(run.plan.words, to: 48))"
    default: return place.words
    }
  }

  /// Whether it is about a service, in whatever pane.
  func isAbout(_ service: String, _ present: Present) -> Bool {
    switch Place(rawValue: pane) {
    case .service, .actions, .runbooks: subject.first == service
    case .runbook, .message: subject.count > 1 && subject[1] == service
    case .action:
      subject.first.flatMap { present.actionRun(ticket: $0) }?.plan.services.contains(service)
        == true
    default: false
    }
  }
}
