import Incident
import Recording

extension Salvage {
  /// Goes through all pages of a file and keeps every row whose seal holds.
  struct Scan {
    private let pages: PageFile
    private var leaves: LeafReader
    private var count = 0
    private(set) var isBounded = false
    private(set) var about: AboutRow?
    private(set) var anchor: Anchor?
    private(set) var batches: [Found<BatchMark>] = []
    private(set) var keyframes: [Found<KeyframeMark>] = []
    private(set) var blobs: [ContentHash: [Spot]] = [:]
    private(set) var milestones: [Int64: MilestoneRow] = [:]
    private(set) var pulses: [Int64: PulseRow] = [:]
    /// The last entry that anything found was written with.
    private(set) var reach: UInt64 = 0
    private var known: Set<Link> = []

    init(_ pages: PageFile) {
      self.pages = pages
      leaves = LeafReader(pages)
    }

    mutating func run(most: Int) {
      for number in 0..<pages.frameCount { look(at: .frame(number), most) }
      for number in 0..<pages.pageCount { look(at: .page(number), most) }
    }

    private mutating func look(at place: PageFile.Place, _ most: Int) {
      guard !isBounded, let page = pages.bytes(of: place) else { return }
      for cell in leaves.cells(page, at: place) {
        guard count < most, leaves.allowance > 0 else {
          isBounded = true
          return
        }
        let isFrame = if case .frame = place { true } else { false }
        // A row of the file itself goes on in the file, if its pages have not been used anew since.
        if !take(page, Spot(place: place, cell: cell, usesLog: isFrame)), !isFrame {
          _ = take(page, Spot(place: place, cell: cell, usesLog: true))
        }
      }
    }

    /// - Returns: whether a row of a journal stands there.
    private mutating func take(_ page: [UInt8], _ spot: Spot) -> Bool {
      guard let values = leaves.row(page, at: spot.cell, usesLog: spot.usesLog) else {
        return false
      }
      // Tables are told by how many columns they have, and rows by their seal.
      switch values.count {
      case 11: return batch(values, spot)
      case 9: return milestone(values)
      case 8: return keyframe(values, spot) || about(values)
      case 7: return pulse(values)
      case 5: return blob(values, spot)
      case 4: return anchor(values)
      default: return true
      }
    }

    private mutating func batch(_ values: [SQLValue], _ spot: Spot) -> Bool {
      guard let row = try? BatchRow(values) else { return false }
      reach = max(reach, row.batch.last)
      guard known.insert(row.link).inserted else { return true }
      count += 1
      batches.append(
        Found(
          mark: BatchMark(
            first: row.batch.first, last: row.batch.last, begin: row.batch.begin,
            end: row.batch.end, digest: row.digest, link: row.link), spot: spot))
      return true
    }

    private mutating func keyframe(_ values: [SQLValue], _ spot: Spot) -> Bool {
      guard let row = try? KeyframeRow(values) else { return false }
      guard known.insert(row.link).inserted else { return true }
      count += 1
      keyframes.append(
        Found(
          mark: KeyframeMark(
            sequence: row.keyframe.sequence, format: row.keyframe.format, digest: row.digest,
            link: row.link), spot: spot))
      return true
    }

    private mutating func about(_ values: [SQLValue]) -> Bool {
      guard let row = try? AboutRow(values) else { return false }
      about = about ?? row
      return true
    }

    private mutating func milestone(_ values: [SQLValue]) -> Bool {
      guard let row = try? MilestoneRow(values) else { return false }
      count += 1
      reach = max(reach, row.batch)
      milestones[row.id] = row
      return true
    }

    private mutating func pulse(_ values: [SQLValue]) -> Bool {
      guard let row = try? PulseRow(values) else { return false }
      count += 1
      reach = max(reach, row.batch)
      pulses[row.id] = row
      return true
    }

    private mutating func blob(_ values: [SQLValue], _ spot: Spot) -> Bool {
      guard let hash = BlobRow.hash(values) else { return false }
      count += 1
      if blobs[hash, default: []].count < 4 { blobs[hash, default: []].append(spot) }
      // Its other form may be the whole one: only unpacking it would tell.
      return false
    }

    private mutating func anchor(_ values: [SQLValue]) -> Bool {
      guard let row = try? Anchor(values) else { return false }
      // One that stood there before is on a page that is no longer used.
      if row.sequence >= anchor?.sequence ?? 0 { anchor = row }
      return true
    }
  }
}
