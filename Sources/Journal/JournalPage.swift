package import Incident
package import Recording
package import Session

/// What is written at once, all of it or nothing: a batch with what stands beside it, a keyframe, or
/// both.
package struct JournalPage: Sendable {
  package let batch: Batch?
  /// Bound into the batch: milestones of its entries or of earlier ones, each written once.
  package let milestones: [Milestone]
  package let pulses: [Pulse]
  package let keyframe: KeyframeRecord?
  /// Values that the batch or the keyframe refers to by their names. One that is kept already is kept
  /// once.
  package let blobs: [[UInt8]]
  /// Names of values, written before, that it refers to as well: they are kept as long as it is.
  package let uses: [ContentHash]
  /// More such values, whose room in memory whoever enclosed them answers for.
  package let enclosed: [Enclosure]

  package init(
    _ batch: Batch?, milestones: [Milestone] = [], pulses: [Pulse] = [],
    keyframe: KeyframeRecord? = nil, blobs: [[UInt8]] = [], uses: [ContentHash] = [],
    enclosed: [Enclosure] = []
  ) {
    self.batch = batch
    self.milestones = milestones
    self.pulses = pulses
    self.keyframe = keyframe
    self.blobs = blobs
    self.uses = uses
    self.enclosed = enclosed
  }

  package init(
    _ made: BatchMaker.Made, blobs: [[UInt8]] = [], enclosed: [Enclosure] = []
  ) {
    self.init(made.record, blobs: made.blobs + blobs, uses: made.uses, enclosed: enclosed)
  }

  package init(
    _ keyframe: KeyframeRecord, blobs: [[UInt8]] = [], uses: [ContentHash] = [],
    enclosed: [Enclosure] = []
  ) {
    self.init(
      nil as Batch?, keyframe: keyframe, blobs: blobs, uses: uses, enclosed: enclosed)
  }

  /// About what it takes to keep it until it is written.
  var size: Int {
    (batch?.body.count ?? 0) + (keyframe?.body.count ?? 0) + blobs.reduce(0) { $0 + $1.count }
      + milestones.reduce(0) { $0 + $1.words.utf8.count + 100 } + 32 * uses.count
      + 40 * pulses.count + 200
  }

  /// The last entry that it is about: as long as that is kept, so is what it refers to.
  var reach: UInt64 { max(batch?.last ?? 0, keyframe?.sequence ?? 0) }
}
