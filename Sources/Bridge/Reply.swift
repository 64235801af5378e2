import Conditions
package import Containment
package import Fleet

/// What came of a request.
package enum Reply: Sendable, Hashable, Codable {
  /// - `left`: how many there was no room for.
  case offers(offers: [Offer], left: Int)
  case planned(plan: Sight, warnings: [String])
  case run(run: Sight)
  /// The newest last.
  case runs(runs: [Sight], left: Int)
  /// A sentence a target.
  case tried(answers: [String])
  case done(words: String)
  /// Frames of a stream follow. `you`: `Attendee.id`; `onlyLooks`: why this screen may only look, whoever is before it.
  case attached(you: UInt64, onlyLooks: String?)
  case archive(ArchiveAnswer)
  /// Nothing came of it.
  case refused(reason: String)
}

/// An action that is for a service, and why it cannot be had now.
package struct Offer: Sendable, Hashable, Codable {
  package var service: String
  /// As it is asked for.
  package var id: String
  package var kind: String
  package var title: String?
  package var risk: Action.Risk
  package var mode: Action.Mode
  package var parameters: [Parameter]
  package var approvals: Int
  /// It is said how it is taken back, and how to learn whether somebody has changed it since.
  package var isReversible: Bool
  /// nil: it can be planned.
  package var obstacle: String?

  package init(
    service: String, id: String, kind: String, title: String? = nil, risk: Action.Risk,
    mode: Action.Mode, parameters: [Parameter] = [], approvals: Int = 0,
    isReversible: Bool = false, obstacle: String? = nil
  ) {
    self.service = service
    self.id = id
    self.kind = kind
    self.title = title
    self.risk = risk
    self.mode = mode
    self.parameters = parameters
    self.approvals = approvals
    self.isReversible = isReversible
    self.obstacle = obstacle
  }
}

/// A run as it is at one moment, with what is said beside it.
package struct Sight: Sendable, Hashable, Codable {
  package var run: ActionRun
  package var at: Instant
  /// Why it cannot be confirmed now; nil where it can, or where it was.
  package var obstacle: String?
  /// The services that need the one it is for.
  package var dependents: [String]

  package init(run: ActionRun, at: Instant, obstacle: String? = nil, dependents: [String] = []) {
    self.run = run
    self.at = at
    self.obstacle = obstacle
    self.dependents = dependents
  }
}
