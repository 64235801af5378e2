public import Conditions
public import Fleet

/// A runbook that is followed for a service: made of what responders did, and of whether it helped.
public struct RunbookWork: Sendable, Hashable, Codable {
  public private(set) var service: String
  public private(set) var runbook: RunbookAct.Pin
  public private(set) var began: Instant
  /// Who took it up.
  public private(set) var by: String
  /// Of each step that was touched the last word, in the order in which they were touched first.
  public private(set) var marks: [DatedMark] = []
  public private(set) var notes: [DatedNote] = []
  /// What has to hold, as the revision that was taken up says.
  public private(set) var verification: Verification?
  public private(set) var run = ConditionRun()
  public private(set) var verified: Instant?
  /// When it came back after it was verified or laid down; nil where it did not.
  public private(set) var cameBack: Instant?
  public private(set) var recurrences = 0
  public private(set) var closed: Closing?

  public struct DatedMark: Sendable, Hashable, Codable {
    public var mark: StepMark
    public var by: String
    public var at: Instant
  }

  public struct DatedNote: Sendable, Hashable, Codable {
    public var step: String?
    public var text: String
    public var by: String
    public var at: Instant
  }

  public struct Closing: Sendable, Hashable, Codable {
    public var by: String
    public var reason: String
    public var at: Instant
  }

  /// Marks and notes that are kept of one work.
  public static let limit = 500
  /// Seconds after which what comes back is another story.
  public static let memory = 86_400.0

  public init(_ act: RunbookAct, verification: Verification?, at now: Instant) {
    service = act.service
    runbook = act.runbook
    by = act.by
    began = now
    self.verification = verification
  }

  public enum Phase: Sendable, Hashable {
    case working
    /// Since when its verification has held.
    case verified(Instant)
    case closed(Closing)
  }

  public var phase: Phase {
    if let closed { return .closed(closed) }
    if let verified { return .verified(verified) }
    return .working
  }

  public var isOpen: Bool { phase == .working }

  /// The last word on a step; nil where nobody touched it, or took it back.
  public func mark(of step: String) -> DatedMark? {
    marks.last { $0.mark.step == step && $0.mark.outcome != .open }
  }

  /// Whether somebody has contained or taken back: what the triage box asks for.
  public var isDecided: Bool {
    marks.contains {
      guard $0.mark.outcome != .open else { return false }
      return $0.mark.step.hasPrefix("containment.") || $0.mark.step.hasPrefix("rollback.")
    }
  }

  /// Its text is kept under another hash: a cut may carry other words of it.
  public mutating func rename(hash: [UInt8]) { runbook.hash = hash }

  // MARK: What happens to it

  public mutating func take(_ act: RunbookAct, at now: Instant) {
    switch act.deed {
    case .begin:
      // Taken up again by hand.
      closed = nil
    case .mark(let mark):
      let dated = DatedMark(mark: mark, by: act.by, at: now)
      if let place = marks.firstIndex(where: { $0.mark.step == mark.step }) {
        marks[place] = dated
      } else if marks.count < RunbookWork.limit {
        marks.append(dated)
      }
    case .note(let step, let text):
      guard notes.count < RunbookWork.limit else { return }
      notes.append(DatedNote(step: step, text: text, by: act.by, at: now))
    case .close(let reason):
      closed = Closing(by: act.by, reason: reason, at: now)
    }
  }

  /// Whether anybody still has to look if it helped.
  public var isBeingVerified: Bool { verification != nil && verified == nil && closed == nil }

  /// Takes how far its verification has come. What is not known never counts as held.
  public mutating func take(_ run: ConditionRun, at now: Instant) {
    guard isBeingVerified else { return }
    self.run = run
    if run.truth == .yes { verified = now }
  }

  /// What it is for holds again.
  public mutating func comeBack(at now: Instant) {
    guard !isOpen else { return }
    verified = nil
    closed = nil
    run = ConditionRun()
    cameBack = now
    recurrences += 1
  }

  /// The end of the incident ends it, verified or not.
  public mutating func close(by: String, reason: String, at now: Instant) {
    if closed == nil { closed = Closing(by: by, reason: reason, at: now) }
  }
}
