import Canvas
import Fleet
import Health
import Incident

/// The selected service in three lines, below the fleet.
struct ServiceFooter {
  private let service: ServicePresent
  private let present: Present

  init(_ service: ServicePresent, _ present: Present) {
    self.service = service
    self.present = present
  }

  func draw(on canvas: Canvas) {
    canvas.rule(y: 0)
    canvas.put(ServiceFooter.identity(service, present), at: Point(0, 1))
    canvas.put(why, at: Point(0, 2))
    var y = 3
    if !present.runbooks.isEmpty, canvas.height > 4 {
      canvas.put(ServiceFooter.runbook(service, present), at: Point(0, y))
      y += 1
    }
    canvas.put(neighbours, at: Point(0, y))
  }

  /// `pricing  unhealthy 14m  critical  Rust 2.3.0  owner pricing-team`
  static func identity(_ service: ServicePresent, _ present: Present) -> [Run] {
    let verdict = service.verdict
    let definition = service.definition
    var runs = [
      Run(definition.name, .title), Run("  "), Run(verdict.state.mark, verdict.state.role),
      Run(" "),
      Run(verdict.state.rawValue, verdict.state.isQuiet ? .text : .strong),
    ]
    if verdict.state != .unknown {
      runs.append(Run(" \(Quantity.duration(present.now.seconds(since: verdict.since)))"))
    }
    runs.append(Run("  \(definition.tier.rawValue)", definition.tier.role))
    let versions = service.versions.joined(separator: " and ")
    runs.append(
      Run(
        "  \(service.language?.words ?? "language ?") \(versions.isEmpty ? "?" : versions)",
        Style.dim))
    runs.append(Run("  ", Style.dim))
    runs += owner(definition.owner)
    return runs
  }

  /// `runbook pricing-timeout: p99 2.4s over 800ms for 6m`, or that none matches.
  static func runbook(_ service: ServicePresent, _ present: Present) -> [Run] {
    let matches = present.runbookMatches(of: service.definition.name)
    guard let first = matches.first else {
      guard let origin = present.origin(of: service.definition.name),
        let there = present.runbookMatches(of: origin).first
      else { return [Run("runbook none matches now", Style.dim)] }
      return [
        Run("runbook ", Style.dim), Run(there.id, .strong),
        Run("  for \(origin), where it began", Style.dim),
      ]
    }
    let alike = matches.foremost.count - 1
    var runs = [Run("runbook ", Style.dim), Run(first.id, first.isComing ? .text : .strong)]
    if alike > 0 { runs.append(Run(" or \(alike) more that fit as well", .warning)) }
    return runs + [Run("  ")] + RunbookView.reason(of: first)
  }

  static func owner(_ owner: Owner?) -> [Run] {
    guard let owner else { return [Run("no owner named", Style.dim)] }
    let said = [owner.team, owner.primary, owner.channel].compactMap { $0 }
    return said.isEmpty
      ? [Run("no owner named", Style.dim)]
      : [Run("owner ", Style.dim), Run(said.joined(separator: " "))]
  }

  private var why: [Run] {
    let reasons = service.verdict.reasons
    if !service.instances.isEmpty, service.instances.allSatisfy({ $0.lastHeard == nil }) {
      return [Run(LatelyList.asking(service.instances), Style.dim)]
    }
    guard !reasons.isEmpty else {
      return [Run(service.verdict.state.isQuiet ? "nothing wrong" : "no reason known", Style.dim)]
    }
    return [Run("why ", Style.dim), Run(reasons.joined(separator: "; "), .reason)]
  }

  private var neighbours: [Run] {
    let consequences = OriginWords.consequences(of: service, present)
    if !consequences.isEmpty { return consequences }
    var runs: [Run] = []
    let needs = Neighbours.needed(by: service, present)
    if !needs.isEmpty {
      runs.append(Run("needs", Style.dim))
      runs += Neighbours.runs(needs, present)
    }
    let needing = Neighbours.needing(service.definition.name, present)
    if !needing.isEmpty {
      runs.append(Run((runs.isEmpty ? "" : "   ") + "needed by", Style.dim))
      runs += Neighbours.runs(needing, present)
    }
    let fallbacks = service.activeFallbacks
    if !fallbacks.isEmpty {
      runs.append(Run((runs.isEmpty ? "" : "   ") + "in fallback ", Style.dim))
      runs.append(Run(fallbacks.map(\.name).joined(separator: ", "), .warning))
    }
    return runs.isEmpty ? [Run("needs nothing, and nothing named here needs it", Style.dim)] : runs
  }
}

/// Services that depend on each other, each with its state.
enum Neighbours {
  static func needing(_ name: String, _ present: Present) -> [String] {
    present.neighbours(of: name).neededBy
  }

  /// As the fleet file names them, then those that only its health report does.
  static func needed(by service: ServicePresent, _ present: Present) -> [String] {
    let named = service.definition.dependsOn
    return named
      + present.neighbours(of: service.definition.name).needs.filter { !named.contains($0) }
  }

  /// More names than any line has room for.
  private static let most = 128

  /// ` pricing ✖  cart ◐`
  static func runs(_ names: [String], _ present: Present) -> [Run] {
    names.prefix(most).flatMap { name -> [Run] in
      guard let place = present.index(of: name) else {
        return [Run(" \(name)", Style.text), Run(" ?", .unknown)]
      }
      let state = present.services[place].verdict.state
      return [Run(" \(name) ", state.isQuiet ? Style.dim : .text), Run(state.mark, state.role)]
    }
  }
}
