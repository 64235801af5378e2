/// What a responder did in a runbook.
public struct RunbookAct: Sendable, Hashable, Codable {
  public var by: String
  /// The service that it was followed for.
  public var service: String
  /// Which runbook, and which words of it were followed.
  public var runbook: Pin
  public var deed: Deed

  public init(by: String, service: String, runbook: Pin, deed: Deed) {
    self.by = by
    self.service = service
    self.runbook = runbook
    self.deed = deed
  }

  /// A runbook as it was: what changes underneath is another one.
  public struct Pin: Sendable, Hashable, Codable {
    public var id: String
    public var title: String
    public var hash: [UInt8]
    public var revision: String?

    public init(_ card: RunbookCard) {
      id = card.id
      title = card.title
      hash = card.hash
      revision = card.revision
    }
  }

  public enum Deed: Sendable, Hashable, Codable {
    /// Took it up.
    case begin
    case mark(StepMark)
    /// Wrote something down, about a step or about all of it.
    case note(step: String?, text: String)
    /// Laid it down, and why.
    case close(reason: String)
  }

  /// One line: `containment 2 done: cap concurrency at 32`.
  public var words: String {
    switch deed {
    case .begin: "took up \(runbook.id)"
    case .mark(let mark): "\(runbook.id) \(mark.words)"
    case .note(let step, let text):
      "\(runbook.id)\(step.map { " \(StepMark.spoken($0))" } ?? ""): \(text)"
    case .close(let reason): "laid down \(runbook.id): \(reason)"
    }
  }
}

/// What became of a step.
public struct StepMark: Sendable, Hashable, Codable {
  /// `containment.2`
  public var step: String
  /// Its first line, so that the journal can be read without the file.
  public var title: String
  public var outcome: Outcome

  public enum Outcome: Sendable, Hashable, Codable {
    case done
    /// What a person decided.
    case decided(String)
    /// Why it was left out.
    case skipped(reason: String)
    /// Taken back.
    case open
  }

  public init(step: String, title: String, outcome: Outcome) {
    self.step = step
    self.title = title
    self.outcome = outcome
  }

  public var words: String {
    let name = "\(StepMark.spoken(step))"
    return switch outcome {
    case .done: "\(name) done: \(title)"
    case .decided(let what): "\(name) decided: \(what)"
    case .skipped(let reason): "\(name) skipped: \(reason)"
    case .open: "\(name) open again: \(title)"
    }
  }

  /// `containment 2`
  static func spoken(_ step: String) -> String { step.replacing(".", with: " ") }
}
