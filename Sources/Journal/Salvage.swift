import Fleet
import Incident
import Recording
import Synchronization

/// What can still be read of a damaged recording: every row that is on any page and is what was
/// written, however it was found.
///
/// All pages are gone through once, in the order of the file; what rows there are is kept in memory and
/// their bodies are read again when they are asked for. Complexity: the file's length.
final class Salvage: Sendable {
  private let pages: PageFile
  private let batches: [Found<BatchMark>]
  private let keyframes: [Found<KeyframeMark>]
  /// Where a value says to be: its name is looked at when it is asked for.
  private let blobs: [ContentHash: [Spot]]
  private let anchor: Anchor?
  let about: About?
  let milestones: [Milestone]
  let pulses: [Pulse]
  let damage: Damage

  /// Where a row is on a page.
  struct Spot: Sendable, Hashable {
    var place: PageFile.Place
    var cell: Int
    var usesLog: Bool
  }

  struct Found<Mark: Sendable>: Sendable {
    var mark: Mark
    var spot: Spot
  }

  struct BatchMark: Sendable {
    var first: UInt64
    var last: UInt64
    var begin: Instant
    var end: Instant
    var digest: Link
    var link: Link
  }

  struct KeyframeMark: Sendable {
    var sequence: UInt64
    var format: Int
    var digest: Link
    var link: Link
  }

  /// More than a journal of two gigabytes can hold.
  private static let rows = 8_000_000

  /// - Parameter cause: what showed that the file is damaged.
  init(path: String, cause: String) throws(JournalError) {
    let pages = try PageFile(path)
    var scan = Scan(pages)
    scan.run(most: Salvage.rows)
    let anchor = scan.anchor
    let kept = Salvage.ordered(scan.batches, anchor)
    guard !kept.isEmpty || scan.about != nil else {
      throw JournalError(path, "nothing of it can be read (\(cause))", .damaged)
    }
    self.pages = pages
    self.anchor = anchor
    about = scan.about?.about
    batches = kept
    blobs = scan.blobs
    let lowest = anchor?.sequence ?? 0
    keyframes = Salvage.bound(
      scan.keyframes.filter { $0.mark.sequence >= lowest }, to: kept, anchor)
    milestones = scan.milestones.sorted { $0.key < $1.key }.map(\.value)
      .filter { $0.batch > lowest }.map(\.milestone)
    pulses = scan.pulses.sorted { $0.key < $1.key }.map(\.value).filter { $0.batch > lowest }
      .map(\.pulse)
    damage = Salvage.damage(kept, scan, pages, cause)
  }

  // MARK: Order

  /// Batches in their order, none over another.
  private static func ordered(
    _ found: [Found<BatchMark>], _ anchor: Anchor?
  ) -> [Found<BatchMark>] {
    let sorted = found.sorted { ($0.mark.first, $0.mark.last) < ($1.mark.first, $1.mark.last) }
    var kept: [Found<BatchMark>] = []
    for batch in sorted where batch.mark.first > anchor?.sequence ?? 0 {
      guard let last = kept.last else {
        kept.append(batch)
        continue
      }
      if batch.mark.first > last.mark.last {
        kept.append(batch)
      } else if batch.mark.first == last.mark.first, batch.mark.link != last.mark.link {
        // Two that say to be the same: the one that the chain leads to.
        let previous = kept.count > 1 ? kept[kept.count - 2].mark.link : anchor?.link
        if let previous, batch.mark.link == Chain.link(after: previous, batch.mark.digest) {
          kept[kept.count - 1] = batch
        }
      }
    }
    return kept
  }

  /// Keyframes that follow the entries that are there; where those are gone, its seal has to do.
  private static func bound(
    _ found: [Found<KeyframeMark>], to batches: [Found<BatchMark>], _ anchor: Anchor?
  ) -> [Found<KeyframeMark>] {
    var kept: [Found<KeyframeMark>] = []
    for keyframe in found.sorted(by: { $0.mark.sequence < $1.mark.sequence })
    where keyframe.mark.sequence != kept.last?.mark.sequence {
      let place = batches.partition { $0.mark.last > keyframe.mark.sequence }
      let previous = place > 0 ? batches[place - 1].mark : nil
      let isNext = previous.map { $0.last == keyframe.mark.sequence } ?? false
      if isNext, let previous,
        keyframe.mark.link != Chain.link(after: previous.link, keyframe.mark.digest)
      {
        continue
      }
      kept.append(keyframe)
    }
    return kept
  }

  private static func damage(
    _ batches: [Found<BatchMark>], _ scan: Scan, _ pages: PageFile, _ cause: String
  ) -> Damage {
    let whole = (pages.saidCount ?? 0) * pages.pageSize
    let isLogged = pages.frameCount > 0
    var damage = Damage(
      cause: cause, missingBytes: isLogged ? 0 : max(0, whole - pages.size), wholeBytes: whole,
      stretches: [], breaks: [], isBounded: scan.isBounded)
    var previous: BatchMark?
    for batch in batches.map(\.mark) {
      let link = previous?.link ?? scan.anchor?.link
      let reach = previous?.last ?? scan.anchor?.sequence ?? 0
      // Entries that were never written leave the chain whole.
      if let link, batch.link != Chain.link(after: link, batch.digest) {
        if batch.first > reach + 1 {
          damage.stretches.append(
            Damage.Stretch(
              first: reach + 1, last: batch.first - 1, after: previous?.end, before: batch.begin))
        } else {
          damage.breaks.append(batch.first)
        }
      } else if link == nil, batch.first > 1 {
        damage.stretches.append(
          Damage.Stretch(first: 1, last: batch.first - 1, after: nil, before: batch.begin))
      }
      previous = batch
    }
    // What is known of later than the last batch shows that there was more.
    if let last = previous?.last ?? scan.anchor?.sequence, scan.reach > last {
      damage.stretches.append(
        Damage.Stretch(first: last + 1, last: scan.reach, after: previous?.end, before: nil))
    }
    return damage
  }

  // MARK: Reading

  var span: RecordingSpan? {
    guard let first = batches.first?.mark, let last = batches.last?.mark else { return nil }
    return RecordingSpan(
      firstSequence: first.first, lastSequence: last.last, first: first.begin, last: last.end)
  }

  var head: JournalHead? {
    batches.last.map { JournalHead(sequence: $0.mark.last, link: $0.mark.link) }
  }

  func head(at sequence: UInt64) -> JournalHead? {
    let place = batches.partition { $0.mark.last >= sequence }
    guard place < batches.count, batches[place].mark.last == sequence else { return nil }
    return JournalHead(sequence: sequence, link: batches[place].mark.link)
  }

  func batches(after sequence: UInt64, limit: Int) throws(RowFlaw) -> [Batch] {
    let place = batches.partition { $0.mark.last > sequence }
    var found: [Batch] = []
    for batch in batches[place...].prefix(limit) {
      let row = try BatchRow(try values(at: batch.spot))
      // The file may have changed since it was gone through.
      guard row.digest == batch.mark.digest else { throw RowFlaw("it changes while it is read") }
      found.append(row.batch)
    }
    return found
  }

  func sequence(atOrBefore offset: Int64) -> UInt64? {
    let place = batches.partition { $0.mark.begin.offset > offset }
    guard place > 0 else { return nil }
    let batch = batches[place - 1].mark
    return batch.end.offset <= offset ? batch.last : batch.first
  }

  func keyframe(_ range: ClosedRange<UInt64>, format: Int?) throws(RowFlaw) -> KeyframeRecord? {
    var place = keyframes.partition { $0.mark.sequence > range.upperBound }
    while place > 0 {
      place -= 1
      let found = keyframes[place]
      guard range.contains(found.mark.sequence) else { return nil }
      if format == nil || found.mark.format == format { return try keyframe(found) }
    }
    return nil
  }

  func nextKeyframe(after sequence: UInt64, format: Int) throws(RowFlaw) -> KeyframeRecord? {
    let place = keyframes.partition { $0.mark.sequence > sequence }
    for found in keyframes[place...] where found.mark.format == format {
      return try keyframe(found)
    }
    return nil
  }

  private func keyframe(_ found: Found<KeyframeMark>) throws(RowFlaw) -> KeyframeRecord {
    let row = try KeyframeRow(try values(at: found.spot))
    guard row.digest == found.mark.digest else { throw RowFlaw("it changes while it is read") }
    return row.keyframe
  }

  func blob(_ hash: ContentHash) -> [UInt8]? {
    for spot in blobs[hash] ?? [] {
      if let values = try? values(at: spot), let row = try? BlobRow(values), row.hash == hash {
        return row.bytes
      }
    }
    return nil
  }

  private func values(at spot: Spot) throws(RowFlaw) -> [SQLValue] {
    var reader = LeafReader(pages)
    guard let page = pages.bytes(of: spot.place),
      let values = reader.row(page, at: spot.cell, usesLog: spot.usesLog)
    else { throw RowFlaw("it changes while it is read") }
    return values
  }
}

extension Array {
  /// The place of the first element that is so, all after it being so too.
  fileprivate func partition(_ isSo: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = low + (high - low) / 2
      if isSo(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
