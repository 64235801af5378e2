import Canvas
import Fleet
import Health
import Incident

/// The service under the cursor of the origin pane: what is wrong with it since when, and what it
/// needs.
struct OriginDetail {
  private let present: Present
  private let service: ServicePresent?
  private let candidate: Origins.Candidate?

  init(_ state: State, id: String) {
    let present = state.present
    self.present = present
    let words = id.split(separator: " ").map(String.init)
    let names = present.services.map(\.definition.name)
    // A name may hold spaces: the longest that the id ends with is meant.
    let meant = names.filter { id.hasSuffix(" " + $0) }.max { $0.count < $1.count }
    service = words.first == "fold" ? nil : meant.flatMap { present.service(named: $0) }
    candidate = present.origins.candidates.first { id.hasSuffix(" " + $0.name) }
  }

  func draw(on canvas: Canvas) {
    for (y, line) in lines(width: canvas.width).prefix(canvas.height).enumerated() {
      canvas.put(line, at: Point(0, y))
    }
  }

  private func lines(width: Int) -> [[Run]] {
    guard let service else { return strangers(width: width) }
    let now = present.now
    var lines = [ServiceFooter.identity(service, present)]
    for reason in service.verdict.reasons.prefix(3) {
      for line in OriginWords.wrapped([reason], width: width, indent: 2).prefix(3) {
        lines.append([Run(line, .reason)])
      }
    }
    lines += [
      [], [Run("SYMPTOMS", .title), Run("  in the order in which they were seen", Style.dim)],
    ]
    for symptom in service.trouble?.symptoms ?? [] {
      var line = [
        Run("  \(Clock.time(symptom.at))  ", Style.dim),
        Run(symptom.words, symptom.isPresent ? .text : .dim),
      ]
      if symptom.instances > 1 {
        line.append(
          Run("  in \(symptom.instances) of \(service.instances.count) instances", Style.dim))
      }
      if let over = symptom.endedAt {
        line.append(Run("  over since \(Clock.time(over))", Style.dim))
      }
      lines.append(line)
    }
    if let resting = service.trouble?.restingSince {
      let left = Trouble.rest - now.seconds(since: resting)
      lines.append([
        Run(
          left > 0
            ? "  well again; counts as over in \(Quantity.duration(left))"
            : "  well again; kept while others suffer from it", Style.dim)
      ])
    }
    let needs = Neighbours.needed(by: service, present)
    let strangers = candidate?.name == service.definition.name ? candidate?.blames ?? [] : []
    let none = needs.isEmpty && strangers.isEmpty ? "  nothing watched" : ""
    lines += [[], [Run("NEEDS", .title), Run(none, Style.dim)]]
    for name in needs { lines.append([Run(" ")] + Neighbours.runs([name], present)) }
    for name in strangers {
      lines.append([
        Run("  \(name) ", .strong), Run("?", .unknown), Run("  not watched", Style.dim),
      ])
    }
    let needing = present.dependents(of: service.definition.name)
    lines += [
      [],
      [Run("NEEDED BY", .title), Run(needing.isEmpty ? "  nothing watched" : "", Style.dim)],
    ]
    for name in needing.prefix(12) { lines.append([Run(" ")] + Neighbours.runs([name], present)) }
    if needing.count > 12 { lines.append([Run("  and \(needing.count - 12) more", Style.dim)]) }
    if let owner = service.definition.owner { lines += [[], ServiceFooter.owner(owner)] }
    return lines
  }

  /// What no one watches: who says that it fails.
  private func strangers(width: Int) -> [[Run]] {
    guard let candidate, !candidate.isWatched else { return [] }
    var lines: [[Run]] = [
      [Run(candidate.name, .title), Run("  not watched: only what others say is known", Style.dim)]
    ]
    for name in candidate.blamedBy {
      for symptom in present.service(named: name)?.trouble?.symptoms ?? []
      where symptom.dependency.map({ present.isSame($0, candidate.name) }) == true {
        lines.append([
          Run("  \(Clock.time(symptom.at))  ", Style.dim), Run(name + "  ", .strong),
          Run(symptom.words, symptom.isPresent ? .text : .dim),
        ])
      }
    }
    lines += [
      [], [Run("To have it watched, list it under services: in the fleet file.", Style.dim)],
    ]
    return lines
  }
}
