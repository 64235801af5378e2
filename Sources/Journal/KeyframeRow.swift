import Fleet
import Recording

/// A keyframe as its row, bound to the batch that it follows.
struct KeyframeRow {
  var keyframe: KeyframeRecord
  var digest: Link
  var link: Link

  static let columns = "sequence, wall, offset, format, base, seal, link, body"

  init(_ keyframe: KeyframeRecord, after followed: Link) {
    self.keyframe = keyframe
    digest = KeyframeRow.digest(keyframe)
    link = Chain.link(after: followed, digest)
  }

  init(_ values: [SQLValue]) throws(RowFlaw) {
    var columns = ColumnReader(values, of: "a keyframe")
    let sequence = try columns.natural()
    let flaw = RowFlaw("the keyframe after entry \(sequence) is not as it was written")
    do {
      let instant = Instant(wall: try columns.integer(), offset: try columns.integer())
      let format = try columns.integer()
      let base = try columns.integerOrNone()
      let seal = try columns.integer()
      link = try columns.link()
      let body = try columns.blob()
      try columns.end()
      keyframe = KeyframeRecord(
        sequence: sequence, instant: instant, format: Int(format),
        base: base.map { UInt64(bitPattern: $0) }, body: body)
      digest = KeyframeRow.digest(keyframe)
      guard seal == Chain.seal(digest) else { throw flaw }
    } catch { throw flaw }
  }

  var seal: Int64 { Chain.seal(digest) }

  private static func digest(_ keyframe: KeyframeRecord) -> Link {
    var digest = Digest("keyframe")
    digest.put(Int64(bitPattern: keyframe.sequence))
    digest.put(keyframe.instant.wall)
    digest.put(keyframe.instant.offset)
    digest.put(Int64(keyframe.format))
    digest.put(keyframe.base == nil ? Int64(0) : 1)
    digest.put(Int64(bitPattern: keyframe.base ?? 0))
    digest.put(keyframe.body)
    return digest.finish()
  }
}
