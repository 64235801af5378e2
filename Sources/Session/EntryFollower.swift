package import Incident

/// Who goes along with a session entry by entry: what is told elsewhere is made of the same entries.
///
/// Called in the owner's isolation, in the order of the entries; it must return at once.
package protocol EntryFollower: Sendable {
  /// Before the first entry: what it goes on from.
  func begin(with state: State)
  /// After each entry, which is durable where it has to be.
  func follow(_ entry: Entry, to state: State)
}
