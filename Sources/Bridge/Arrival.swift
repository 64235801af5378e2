import Incident
import Recording

/// A state on its way: what is there of it, and the entries that will go on from it.
struct Arrival: Sendable {
  enum Stage: Sendable {
    /// Its bytes come.
    case coming
    case unpacking(Handover<Keyframe>)
    /// Parts of the history that it names come; those that were asked for, and those that are next.
    case gathering(Keyframe, asked: Set<ContentHash>, next: [ContentHash])
    case reading(Keyframe, Handover<Reflection>)
    /// It is there, and goes through the entries that have come since.
    case catchingUp(Keyframe)
  }

  let sequence: UInt64
  let format: Int
  var stage = Stage.coming
  /// When it last came further.
  var movedAt: ContinuousClock.Instant
  /// It has all that charts look back on.
  var isWhole = false
  /// Parts of the history that it names.
  var names: Set<ContentHash> = []
  /// It will be read once more, with what is missing now: what comes after it is kept for that.
  var isReadAgain = false
  /// Once it was read.
  var reflection: Reflection?
  /// What comes after it, the oldest first.
  private var batches: [Batch] = []
  private var taken = 0
  /// Bytes of those that are kept.
  private(set) var weight = 0

  init(sequence: UInt64, format: Int, at now: ContinuousClock.Instant) {
    self.sequence = sequence
    self.format = format
    movedAt = now
  }

  mutating func add(_ batch: Batch) {
    guard batch.last > sequence else { return }
    batches.append(batch)
    weight += batch.body.count + 128
  }

  mutating func nextBatch() -> Batch? {
    guard taken < batches.count else { return nil }
    taken += 1
    return batches[taken - 1]
  }

  /// Begins again before the entries that follow it.
  mutating func rewind() {
    reflection = nil
    isReadAgain = false
    taken = 0
  }

  /// More parts than any history has.
  static let mostNames = 16_384

  /// The state that a keyframe says.
  ///
  /// - Parameter chunks: in the order of its names; nil for those that are not here.
  static func read(
    _ keyframe: Keyframe, _ chunks: [[UInt8]?], after sequence: UInt64
  ) throws -> Reflection {
    let reflection = Reflection(try keyframe.read(chunks))
    guard reflection.state.present.sequence == sequence else {
      throw StreamAssembly.Flaw("it is of another entry than was said")
    }
    return reflection
  }
}
