import Fleet
import Incident
import Recording

/// A session's state as another process has it, with what reads its entries on from there.
struct Reflection: Sendable {
  var state: State
  private var decoder: EntryDecoder

  /// Nothing is known yet.
  init() {
    state = State(began: Instant(wall: 0, offset: 0))
    decoder = EntryDecoder()
  }

  init(_ read: (state: State, decoder: EntryDecoder)) { (state, decoder) = read }

  enum Fit: Sendable, Hashable {
    /// It goes on from here.
    case next
    /// All of it is known.
    case past
    /// Something is missing before it.
    case apart
  }

  func fit(_ batch: Batch) -> Fit {
    let last = state.present.sequence
    if batch.last <= last { return .past }
    return batch.first == last &+ 1 ? .next : .apart
  }

  /// What a batch says, to be applied one after another; after an error nothing more can be read.
  mutating func entries(of batch: Batch) throws -> [Entry] { try decoder.entries(of: batch) }
}
