package import Fleet

/// What can be vouched for of a recording, and against whom.
package struct Verification: Sendable, Hashable {
  /// The file by itself.
  package enum Finding: Sendable, Hashable {
    /// Every row is what was written, and nothing is missing between the first and the last.
    case intact
    /// Bytes are missing, or all entries after one.
    case cut
    /// Something is not what was written.
    case altered
  }

  /// Where something was found.
  package struct Place: Sendable, Hashable {
    package var what: String
    /// The first entry that is not to be trusted; nil where it is not about entries.
    package var sequence: UInt64?
    package var instant: Instant?
  }

  /// The file against a head of its chain that was kept elsewhere.
  package enum Witness: Sendable, Hashable {
    /// None was given: whoever can write the file could have written it all anew.
    case none
    /// The chain leads through it: up to there nothing was rewritten.
    case agrees(JournalHead)
    /// What is told of that entry now is not what was told then.
    case rewritten(JournalHead)
    /// The entry was there and is gone, with all after it.
    case tailCut(JournalHead)
    /// It is of entries that are no longer kept; nothing follows from it.
    case older(JournalHead)
  }

  package var finding: Finding
  package var place: Place?
  package var witness: Witness
  package var about: About?
  /// The first entry that is kept; 0 while there is none.
  package var first: UInt64
  package var begin: Instant?
  package var end: Instant?
  /// Where the chain ends.
  package var last: JournalHead?
  package var batches: Int
  package var audits: Int
  package var keyframes: Int
  package var blobs: Int
  /// Entries that were never written, because recording had stopped.
  package var gaps: [RecordingGap]
  /// What is gone, where the file is damaged.
  package var damage: Damage?

  /// Whether nothing speaks against the file.
  package var isGood: Bool {
    guard finding == .intact else { return false }
    switch witness {
    case .none, .agrees, .older: return true
    case .rewritten, .tailCut: return false
    }
  }

  /// What `damcon verify` says, a sentence each; the first one is the verdict.
  package var sentences: [String] {
    var said = [verdict]
    if let statement = about?.statement {
      said.append(
        "cut out of the journal of \(statement.sourceFleet), "
          + "\(time(statement.from)) to \(time(statement.to)), entries "
          + "\(statement.firstSequence) to \(statement.lastSequence)")
      said += statement.removed.map { "removed: \($0)" }
      said += statement.redacted.map { "redacted: \($0.rule), \($0.count) different" }
    }
    if let begin, let end, let last {
      said.append(
        "entries \(first) to \(last.sequence), \(time(begin)) to \(time(end)), in \(batches) batches "
          + "of which \(audits) are audit entries; \(keyframes) keyframes, \(blobs) kept values")
    }
    said += gaps.prefix(10).map {
      "not recorded: entries \($0.first) to \($0.last), \(time($0.after)) to \(time($0.before))"
    }
    if gaps.count > 10 { said.append("not recorded: \(gaps.count - 10) more stretches") }
    if let last { said.append("head \(last.sequence) \(last.link)") }
    return said
  }

  private var verdict: String {
    switch (finding, witness) {
    case (.cut, _), (.altered, _):
      return flaw
    case (_, .none):
      return "consistent: it is as it was written; without a head kept elsewhere "
        + "(in the system log) it cannot be said whether it was written anew or lost its end"
    case (_, .agrees(let head)):
      return "intact: the chain leads through head \(head.sequence), which was kept elsewhere"
    case (_, .older(let head)):
      return "consistent: head \(head.sequence) is of entries that are no longer kept, "
        + "so that it cannot be said whether the rest was written anew"
    case (_, .rewritten(let head)):
      return "altered: the chain does not lead through head \(head.sequence), which was kept "
        + "elsewhere; entries up to it were written anew"
    case (_, .tailCut(let head)):
      return "cut: head \(head.sequence) was kept elsewhere, and the file ends "
        + (last.map { "at entry \($0.sequence)" } ?? "before it")
    }
  }

  private var flaw: String {
    var text = finding == .cut ? "cut" : "altered"
    if let sequence = place?.sequence { text += " from entry \(sequence)" }
    if let instant = place?.instant { text += " (\(time(instant)))" }
    let losses = damage?.losses ?? []
    return text + ": " + ([place?.what].compactMap(\.self) + losses).joined(separator: "; ")
  }

  private func time(_ instant: Instant) -> String {
    CivilTime(unixNanoseconds: instant.wall).rfc3339Seconds
  }
}
