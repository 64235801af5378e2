import Fleet
import Foundation
import Incident
import Journal
import Recording
import Replay

/// Takes a stretch out of a recording into a file of its own.
struct CutMaking {
  let source: OpenRecording
  /// Offsets; the minutes before an incident are in it too.
  let from: Int64
  let to: Int64
  let rules: Set<Redactor.Rule>

  private static let batchEvery: Int64 = 1_000_000_000
  private static let pulseEvery: Int64 = 15_000_000_000

  /// What was made, for whoever asked for it.
  struct Made {
    var head: JournalHead
    var statement: CutStatement
  }

  func make(_ path: String) throws -> Made {
    var redactor = Redactor(rules)
    let player = try source.player(at: from)
    let begin = player.now
    let first = player.sequence
    // The statement is bound into the first link, so that all that is to be replaced is found before.
    var end = begin
    var last = first
    redactor.learn(Entry(sequence: first, instant: begin, event: .tick))
    if !rules.isEmpty { _ = try redactor.redacted(player.state) }
    try walk(player) { entry in
      redactor.learn(entry)
      if !rules.isEmpty { _ = try redactor.redacted(entry) }
      (end, last) = (entry.instant, entry.sequence)
    }
    let statement = CutStatement(
      sourceFleet: player.state.present.fleet.name, from: begin, to: end, firstSequence: first + 1,
      lastSequence: last, sourceHead: try source.archive.head(),
      removed: removed(begin, end),
      redacted: redactor.counts.map { .init(rule: $0.rule.rawValue, count: $0.count) })
    let now = Int64(Date().timeIntervalSince1970 * 1e9)
    let copy = try JournalCopy(
      path: path,
      about: About(
        fleet: rules.isEmpty
          ? player.state.present.fleet.name : redactor.clean(player.state.present.fleet.name),
        kind: .cut, madeBy: Version.current, made: now, statement: statement))
    try write(into: copy, &redactor)
    return Made(head: try copy.finish(), statement: statement)
  }

  private func removed(_ begin: Instant, _ end: Instant) -> [String] {
    let first = CivilTime(unixNanoseconds: begin.wall).rfc3339Seconds
    let last = CivilTime(unixNanoseconds: end.wall).rfc3339Seconds
    return [
      "what happened before \(first); what was known then is in the first keyframe",
      "what happened after \(last)",
      "the bodies of answers and the fleet file, where they were kept",
    ]
  }

  private func walk(_ player: Player, _ body: (Entry) throws -> Void) throws {
    var thrown: (any Error)?
    try player.goOn {
      thrown == nil && $0.instant.offset <= to
    } each: { entry, _ in
      do { try body(entry) } catch { thrown = error }
    }
    if let thrown { throw thrown }
  }

  private func write(into copy: JournalCopy, _ redactor: inout Redactor) throws {
    let player = try source.player(at: from)
    var state = try rules.isEmpty ? player.state : redactor.redacted(player.state)
    var maker = BatchMaker()
    var milestones = Milestones()
    var found: [Milestone] = []
    var pulses: [Pulse] = []
    var batchAt = state.present.now.offset
    var keyframeAt = batchAt
    var pulse = batchAt / CutMaking.pulseEvery
    func finish(_ kind: Batch.Kind) throws {
      guard let batch = maker.finish(kind) else { return }
      try copy.append(JournalPage(batch, milestones: found, pulses: pulses))
      (found, pulses) = ([], [])
    }
    try copy.append(JournalPage(try maker.keyframe(state)))
    try walk(player) { entry in
      let entry = try rules.isEmpty ? entry : redactor.redacted(entry)
      let offset = entry.instant.offset
      if entry.event.isAudited || offset - batchAt >= CutMaking.batchEvery {
        try finish(.observations)
        batchAt = offset
        if BatchMaker.isKeyframeDue(at: offset, since: keyframeAt) {
          try copy.append(JournalPage(try maker.keyframe(state)))
          keyframeAt = offset
        }
      }
      try maker.add(entry)
      state.apply(entry)
      found += milestones.take(entry, after: state)
      if offset / CutMaking.pulseEvery != pulse {
        pulse = offset / CutMaking.pulseEvery
        pulses.append(milestones.pulse(of: state.present))
      }
      if entry.event.isAudited { try finish(.audit) }
    }
    try finish(.observations)
  }
}
