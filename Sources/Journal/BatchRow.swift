import Fleet
import Recording

/// A batch as its row, and what binds it.
struct BatchRow {
  var batch: Batch
  /// The digest of the milestones and pulses that were written with it; nil where none were.
  var marks: [UInt8]?
  var digest: Link
  var link: Link

  static let columns =
    "first, kind, count, wall, offset, length, drift, marks, seal, link, body"

  init(_ batch: Batch, marks: [UInt8]?, after previous: Link) {
    self.batch = batch
    self.marks = marks
    digest = BatchRow.digest(batch, marks)
    link = Chain.link(after: previous, digest)
  }

  /// Columns in the order of the table; the seal is checked, the link is for who has the one before.
  init(_ values: [SQLValue]) throws(RowFlaw) {
    var columns = ColumnReader(values, of: "a batch")
    let first = try columns.natural()
    let flaw = RowFlaw("the batch from entry \(first) on is not as it was written")
    do {
      guard let kind = UInt8(exactly: try columns.natural()).flatMap(Batch.Kind.init) else {
        throw flaw
      }
      let count = try columns.natural()
      let begin = Instant(wall: try columns.integer(), offset: try columns.integer())
      let length = try columns.integer()
      let drift = try columns.integer()
      marks = try columns.blobOrNone()
      let seal = try columns.integer()
      link = try columns.link()
      let body = try columns.blob()
      try columns.end()
      guard count > 0, first > 0, first <= UInt64(Int64.max), count <= UInt64(Int64.max) else {
        throw flaw
      }
      batch = Batch(
        kind: kind, first: first, last: first + (count - 1), begin: begin,
        end: Instant(
          wall: begin.wall &+ length &+ drift, offset: begin.offset &+ length), body: body)
      digest = BatchRow.digest(batch, marks)
      guard seal == Chain.seal(digest) else { throw flaw }
    } catch { throw flaw }
  }

  /// Columns as they are written.
  var length: Int64 { batch.end.offset &- batch.begin.offset }
  var drift: Int64 { batch.end.wall &- batch.begin.wall &- length }
  var seal: Int64 { Chain.seal(digest) }

  private static func digest(_ batch: Batch, _ marks: [UInt8]?) -> Link {
    var digest = Digest("batch")
    digest.put(Int64(batch.kind.rawValue))
    digest.put(Int64(bitPattern: batch.first))
    digest.put(Int64(bitPattern: batch.last))
    digest.put(batch.begin.wall)
    digest.put(batch.begin.offset)
    digest.put(batch.end.wall)
    digest.put(batch.end.offset)
    digest.put(marks)
    digest.put(batch.body)
    return digest.finish()
  }
}

/// From where a journal's kept part begins: the last entry before it, and the link that its first
/// batch comes after.
struct Anchor {
  var sequence: UInt64
  var link: Link

  static let columns = "id, sequence, link, seal"

  init(sequence: UInt64, link: Link) {
    self.sequence = sequence
    self.link = link
  }

  init(_ values: [SQLValue]) throws(RowFlaw) {
    var columns = ColumnReader(values, of: "the beginning of the journal")
    let id = try columns.integer()
    sequence = try columns.natural()
    link = try columns.link()
    let found = try columns.integer()
    try columns.end()
    guard id == 1, found == seal else {
      throw RowFlaw("the beginning of the journal is not as it was written")
    }
  }

  var seal: Int64 {
    var digest = Digest("anchor")
    digest.put(Int64(bitPattern: sequence))
    digest.put(link.bytes)
    return Chain.seal(digest.finish())
  }
}
