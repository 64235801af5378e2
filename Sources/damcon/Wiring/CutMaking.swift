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
  /// Bytes beside the entries of one batch.
  private static let sizeLimit = 32 << 20
  private static let pulseEvery: Int64 = 15_000_000_000

  /// What was made, for whoever asked for it.
  struct Made {
    var head: JournalHead
    var statement: CutStatement
  }

  func make(_ path: String) throws -> Made {
    var redaction = CutRedaction(rules, archive: source.archive)
    let player = try source.player(at: from)
    let begin = player.now
    let first = player.sequence
    // The statement is bound into the first link, so that all that is to be replaced is found before.
    var end = begin
    var last = first
    var bodies = 0
    _ = try redaction.state(player.state)
    try walk(player) { entry in
      redaction.learn(entry)
      if !rules.isEmpty { _ = try redaction.entry(entry) }
      if case .body = entry.event { bodies += 1 }
      (end, last) = (entry.instant, entry.sequence)
    }
    let statement = CutStatement(
      sourceFleet: player.state.present.fleet.name, from: begin, to: end, firstSequence: first + 1,
      lastSequence: last, sourceHead: try source.archive.head(),
      removed: removed(begin, end, bodies: bodies),
      redacted: redaction.counts.map { .init(rule: $0.rule.rawValue, count: $0.count) })
    let now = Int64(Date().timeIntervalSince1970 * 1e9)
    let copy = try JournalCopy(
      path: path,
      about: About(
        fleet: redaction.clean(player.state.present.fleet.name),
        kind: .cut, madeBy: Version.current, made: now, statement: statement))
    try write(into: copy, &redaction)
    return Made(head: try copy.finish(), statement: statement)
  }

  private func removed(_ begin: Instant, _ end: Instant, bodies: Int) -> [String] {
    let first = CivilTime(unixNanoseconds: begin.wall).rfc3339Seconds
    let last = CivilTime(unixNanoseconds: end.wall).rfc3339Seconds
    var removed = [
      "what happened before \(first); what was known then is in the first keyframe",
      "what happened after \(last)",
    ]
    if !rules.isEmpty, bodies > 0 {
      removed.append("the bodies of \(bodies) answers, which no rule redacts safely")
    }
    return removed
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

  private func write(into copy: JournalCopy, _ redaction: inout CutRedaction) throws {
    let player = try source.player(at: from)
    var state = try redaction.state(player.state)
    // What a keyframe's documents say is kept as long as it is.
    var texts = try redaction.texts(of: state.present.documents)
    var blobs: [ContentHash: [UInt8]] = [:]
    var size = 0
    var maker = BatchMaker()
    var milestones = Milestones()
    var found: [Milestone] = []
    var pulses: [Pulse] = []
    var batchAt = state.present.now.offset
    var keyframeAt = batchAt
    var pulse = batchAt / CutMaking.pulseEvery
    func finish(_ kind: Batch.Kind) throws {
      guard let batch = maker.finish(kind) else { return }
      try copy.append(
        JournalPage(batch, milestones: found, pulses: pulses, blobs: Array(blobs.values)))
      (found, pulses, blobs, size) = ([], [], [:], 0)
    }
    try copy.append(JournalPage(try maker.keyframe(state), blobs: Array(texts.values)))
    try walk(player) { entry in
      let entry = try redaction.entry(entry)
      let offset = entry.instant.offset
      if entry.event.isAudited || offset - batchAt >= CutMaking.batchEvery
        || size > CutMaking.sizeLimit
      {
        try finish(.observations)
        batchAt = offset
        if BatchMaker.isKeyframeDue(at: offset, since: keyframeAt) {
          try copy.append(JournalPage(try maker.keyframe(state), blobs: Array(texts.values)))
          keyframeAt = offset
        }
      }
      let bytes = try redaction.bytes(of: entry.event)
      if case .documents = entry.event { texts = bytes }
      for (hash, value) in bytes where blobs.updateValue(value, forKey: hash) == nil {
        size += value.count
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
