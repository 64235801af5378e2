import Canvas
import Conditions
import Fleet
import Health
import Incident
import Presence
import Runbooks

/// What stands above a runbook: what it is, for whom, why it is at hand, and in which revision.
extension RunbookView {
  func head(width: Int) -> [[Run]] {
    var title: [Run] = [Run(card.title, .title), Run("  for ", .dim), Run(place.service, .strong)]
    if let service {
      let verdict = service.verdict
      title += [
        Run(" "), Run(verdict.state.mark, verdict.state.role), Run(" \(verdict.state.rawValue)"),
        Run(" \(Quantity.duration(now.seconds(since: verdict.since)))", .dim),
      ]
    } else {
      title.append(Run(" is watched no more", .warning))
    }
    title.append(Run("  \(revision)", .dim))
    title += console.hereToo { view in
      view.pane == Place.runbook.rawValue && view.subject.prefix(2) == [place.id, place.service]
    }
    var lines = [title]
    lines += LineBreaker.lines(reason, width: width, indent: 9).prefix(2)
    if let newer {
      let to = newer.revision.map { "git \($0)" } ?? "another text"
      lines.append([
        Run("▲ changed since: in force is \(to). What is shown is what was taken up.", .warning)
      ])
    }
    if let work, let back = work.cameBack, work.isOpen {
      let times = work.recurrences == 1 ? "once" : "\(work.recurrences) times"
      lines.append([
        Run("▲ came back at \(Clock.utc(back)), \(times) so far: open again", .bad)
      ])
    }
    return lines
  }

  /// `git 3f9c2d1`, or the first digits of the text's hash where it is in no git.
  var revision: String {
    if let revision = card.revision { return "git \(revision)" }
    let digits = card.hash.prefix(4).map { byte in
      String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
    }
    return "sha256 \(digits.joined())"
  }

  private var reason: [Run] {
    guard let match else {
      let what = card.match == nil ? "is found by its name only" : "does not match now"
      var runs = [Run(what, .dim)]
      if let match = card.match { runs.append(Run(": matches \(match.text)", .dim)) }
      return runs
    }
    return RunbookView.reason(of: match)
  }

  /// `matched: p99 2.4s over 800ms for 6m; breaker postgres open`
  static func reason(of match: RunbookMatch) -> [Run] {
    let because = match.because.joined(separator: "; ")
    switch match.kind {
    case .holds: return [Run("matched: ", .strong), Run(because, .reason)]
    case .named: return [Run("named: ", .strong), Run(because, .reason)]
    case .coming(let seconds):
      return [
        Run("matches in \(Quantity.countdown(seconds)) if it stays so: ", .strong),
        Run(because, .reason),
      ]
    }
  }
}
