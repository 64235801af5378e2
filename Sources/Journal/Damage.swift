package import Fleet

/// What of a damaged recording is gone, for a banner and for `verify`.
package struct Damage: Sendable, Hashable, CustomStringConvertible {
  /// Entries that were there and are not.
  package struct Stretch: Sendable, Hashable {
    package var first: UInt64
    package var last: UInt64
    /// Instants of the entries on both sides, where there are any.
    package var after: Instant?
    package var before: Instant?
  }

  /// What was found first.
  package var cause: String
  /// Bytes that the file should have and has not.
  package var missingBytes: Int
  /// All that it should have.
  package var wholeBytes: Int
  /// Oldest first.
  package var stretches: [Stretch]
  /// Where the chain does not hold though no entry is missing: entries before it were altered.
  package var breaks: [UInt64]
  /// Whether there was more to look through than is ever done.
  package var isBounded: Bool

  /// Entries that are known to be gone; more may be, at the end.
  package var entries: UInt64 { stretches.reduce(0) { $0 &+ ($1.last - $1.first + 1) } }

  package var description: String {
    let what = missingBytes > 0 ? "it is cut" : "it is damaged: \(cause)"
    return ([what] + losses).joined(separator: "; ") + "; what is left is shown, and is partial"
  }

  /// What is gone, a clause each.
  var losses: [String] {
    var parts: [String] = []
    if missingBytes > 0 { parts.append("\(missingBytes) of \(wholeBytes) bytes are missing") }
    if !stretches.isEmpty {
      let places = stretches.prefix(3).map { "\($0.first)–\($0.last)" }.joined(separator: ", ")
      let more = stretches.count > 3 ? " and \(stretches.count - 3) more stretches" : ""
      parts.append("entries \(places)\(more) are gone")
    }
    if let first = breaks.first {
      parts.append("the chain does not hold at entry \(first)")
    }
    if isBounded { parts.append("not all of it was looked through") }
    return parts
  }
}

/// Entries that were never written: recording had stopped, as on a full disk.
package struct RecordingGap: Sendable, Hashable {
  package var first: UInt64
  package var last: UInt64
  package var after: Instant
  package var before: Instant

  package init(first: UInt64, last: UInt64, after: Instant, before: Instant) {
    self.first = first
    self.last = last
    self.after = after
    self.before = before
  }
}
