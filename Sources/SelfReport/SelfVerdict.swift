/// What Damcon makes of its own figures: whether it does its work, and what is wrong where it does not.
package struct SelfVerdict: Sendable, Hashable {
  package enum Status: String, Sendable, Hashable, Encodable {
    case pass, warn, fail
  }

  package struct Check: Sendable, Hashable {
    package var name: String
    package var status: Status
    /// Whether nothing that Damcon says is to be believed while it fails.
    package var isRequired: Bool
    package var message: String?
  }

  package var checks: [Check]
  package var status: Status
  /// Whether what it shows is whole and of now.
  package var isReady: Bool

  /// Seconds after which an owner that has turned nothing over is stuck: a tick is due each second, and a disk that
  /// does not answer is waited for five.
  package static let stuck = 10.0

  package init(_ figures: SelfFigures) {
    checks = [SelfVerdict.state(figures), SelfVerdict.polls(figures)]
    if let journal = figures.journal { checks.append(SelfVerdict.journal(journal)) }
    checks.append(SelfVerdict.warning("fleet-file", figures.fleetFileTrouble))
    if checks.contains(where: { $0.isRequired && $0.status == .fail }) {
      status = .fail
    } else {
      status = checks.allSatisfy { $0.status == .pass } ? .pass : .warn
    }
    isReady = status != .fail && figures.stage == .serving
  }

  /// The first thing that is wrong; nil where nothing is.
  package var message: String? {
    (checks.first { $0.status == .fail } ?? checks.first { $0.status == .warn })?.message
  }

  private static func state(_ figures: SelfFigures) -> Check {
    let seconds = figures.sinceEntry
    guard seconds.isFinite, seconds <= stuck else {
      return Check(
        name: "state", status: .fail, isRequired: true,
        message: "the owner of the state has turned nothing over for \(words(seconds))")
    }
    return Check(name: "state", status: .pass, isRequired: true)
  }

  private static func polls(_ figures: SelfFigures) -> Check {
    guard let interval = figures.pollInterval, figures.pollLag > interval else {
      return Check(name: "polls", status: .pass, isRequired: false)
    }
    return Check(
      name: "polls", status: .warn, isRequired: false,
      message:
        "polls start \(words(figures.pollLag)) late, more than the \(words(interval)) between two")
  }

  private static func journal(_ journal: SelfFigures.Journal) -> Check {
    guard !journal.isWritable else {
      return Check(name: "journal", status: .pass, isRequired: false)
    }
    let lost = journal.lost == 0 ? "nothing is lost yet" : "\(journal.lost) batches are lost"
    return Check(
      name: "journal", status: .warn, isRequired: false,
      message: "the journal cannot be written; \(lost), and no action can be sent")
  }

  private static func warning(_ name: String, _ trouble: String?) -> Check {
    Check(
      name: name, status: trouble == nil ? .pass : .warn, isRequired: false, message: trouble)
  }

  private static func words(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "a long time" }
    return "\((seconds * 10).rounded() / 10) s"
  }
}
