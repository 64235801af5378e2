import Fleet
import Health
import Incident

/// A milestone as its row: an index into the batches, written with one of them and bound into it.
struct MilestoneRow {
  /// Its place among all that were written.
  var id: Int64
  var milestone: Milestone
  /// The first entry of the batch that it was written with.
  var batch: UInt64
  var digest: Link

  static let columns = "id, batch, sequence, wall, offset, kind, service, words, seal"

  init(_ milestone: Milestone, id: Int64, batch: UInt64) {
    self.milestone = milestone
    self.id = id
    self.batch = batch
    digest = MilestoneRow.digest(milestone, id, batch)
  }

  init(_ values: [SQLValue]) throws(RowFlaw) {
    var columns = ColumnReader(values, of: "a milestone")
    id = try columns.integer()
    batch = try columns.natural()
    let sequence = try columns.natural()
    let instant = Instant(wall: try columns.integer(), offset: try columns.integer())
    let kind = Milestone.Kind(rawValue: try columns.words())
    let service = try columns.wordsOrNone()
    let words = try columns.words()
    let seal = try columns.integer()
    try columns.end()
    let flaw = RowFlaw("the milestone of entry \(sequence) is not as it was written")
    guard let kind else { throw flaw }
    milestone = Milestone(
      kind, sequence: sequence, instant: instant, service: service, words: words)
    digest = MilestoneRow.digest(milestone, id, batch)
    guard seal == Chain.seal(digest) else { throw flaw }
  }

  var seal: Int64 { Chain.seal(digest) }

  private static func digest(_ milestone: Milestone, _ id: Int64, _ batch: UInt64) -> Link {
    var digest = Digest("milestone")
    digest.put(id)
    digest.put(Int64(bitPattern: batch))
    digest.put(Int64(bitPattern: milestone.sequence))
    digest.put(milestone.instant.wall)
    digest.put(milestone.instant.offset)
    digest.put(milestone.kind.rawValue)
    digest.put(milestone.service)
    digest.put(milestone.words)
    return digest.finish()
  }
}

/// A minute of the small chart as its row, bound as a milestone is.
struct PulseRow {
  var id: Int64
  var pulse: Pulse
  var batch: UInt64
  var digest: Link

  static let columns = "id, batch, wall, offset, burn, worst, seal"

  init(_ pulse: Pulse, id: Int64, batch: UInt64) {
    self.id = id
    self.pulse = pulse
    // What SQLite keeps of a number: none of NaN, and no sign of zero.
    self.pulse.burn = pulse.burn.flatMap { $0.isNaN ? nil : $0 + 0 }
    self.batch = batch
    digest = PulseRow.digest(self.pulse, id, batch)
  }

  init(_ values: [SQLValue]) throws(RowFlaw) {
    var columns = ColumnReader(values, of: "a minute of the chart")
    id = try columns.integer()
    batch = try columns.natural()
    let instant = Instant(wall: try columns.integer(), offset: try columns.integer())
    let burn = try columns.realOrNone()
    let worst = HealthState(rawValue: try columns.words())
    let seal = try columns.integer()
    try columns.end()
    let flaw = RowFlaw("a minute of the chart is not as it was written")
    guard let worst else { throw flaw }
    pulse = Pulse(instant: instant, burn: burn, worst: worst)
    digest = PulseRow.digest(pulse, id, batch)
    guard seal == Chain.seal(digest) else { throw flaw }
  }

  var seal: Int64 { Chain.seal(digest) }

  private static func digest(_ pulse: Pulse, _ id: Int64, _ batch: UInt64) -> Link {
    var digest = Digest("pulse")
    digest.put(id)
    digest.put(Int64(bitPattern: batch))
    digest.put(pulse.instant.wall)
    digest.put(pulse.instant.offset)
    digest.put(pulse.burn == nil ? Int64(0) : 1)
    digest.put(Int64(bitPattern: (pulse.burn ?? 0).bitPattern))
    digest.put(pulse.worst.rawValue)
    return digest.finish()
  }
}

/// What a batch says of the rows that were written with it.
struct Marks {
  private var digests: [Link] = []

  mutating func add(_ row: MilestoneRow) { digests.append(row.digest) }
  mutating func add(_ row: PulseRow) { digests.append(row.digest) }

  /// nil where there were none.
  var digest: [UInt8]? {
    guard !digests.isEmpty else { return nil }
    var digest = Digest("marks")
    // Their order tells nothing; a set has one digest.
    for row in digests.map(\.bytes).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      digest.put(row)
    }
    return digest.finish().bytes
  }
}
