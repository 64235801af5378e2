package import Incident

/// Makes the text of one format out of a recording that is walked from its first entry to its last.
///
/// Whoever walks it applies each entry to a state and hands over both. The text goes out piece by
/// piece as it is made, whole lines each time, so that a day takes no more memory than a minute.
///
///     var exporter = CSVExport()
///     for entry in recording {
///       state.apply(entry)
///       try exporter.take(entry, after: state, to: write)
///     }
///     try exporter.finish(after: state, to: write)
///
/// Nothing of a state is kept beyond the call: a copy held here would make the next `apply` copy
/// it.
package protocol Exporter {
  typealias Write = (String) throws -> Void

  /// Takes what happened and the state after it.
  mutating func take(_ entry: Entry, after state: State, to write: Write) throws

  /// Writes what only the end tells. `state` is that of the last call of `take`; nil where there
  /// was none.
  mutating func finish(after state: State?, to write: Write) throws

  /// What the text does not say though the recording does, in sentences for whoever asked for it.
  var caveats: [String] { get }
}

extension Exporter {
  package var caveats: [String] { [] }
}

/// The moments that are written of a recording: the first entry in each stretch of `length`.
///
/// Stretches are those of the wall clock, so that rows stand at the quarters of a minute and beside
/// those of other tools; every row has the instant of its own entry.
struct Steps {
  /// Seconds.
  static let usual = 15.0

  private let length: Int64
  private var stretch: Int64?

  /// - Parameter seconds: taken into a millisecond to a year.
  init(every seconds: Double) {
    let seconds = seconds.isNaN ? Steps.usual : seconds
    length = Int64(min(max(seconds, 0.001), 366 * 86_400) * 1e9)
  }

  /// Whether an entry at this time is the first of its stretch.
  mutating func isDue(at wall: Int64) -> Bool {
    let now = wall / length - (wall % length < 0 ? 1 : 0)
    if now == stretch { return false }
    stretch = now
    return true
  }
}
