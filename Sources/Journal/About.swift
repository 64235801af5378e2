package import Fleet
import Foundation

/// What a file says of itself: whose past it is, and what was made of it.
package struct About: Sendable, Hashable {
  package enum Kind: UInt8, Sendable, Hashable {
    /// Written while it happened.
    case journal = 0
    /// Taken out of one.
    case cut = 1
  }

  package var fleet: String
  package var kind: Kind
  /// The version of Damcon that began it.
  package var madeBy: String
  /// Nanoseconds since 1970.
  package var made: Int64
  package var statement: CutStatement?

  package init(
    fleet: String, kind: Kind = .journal, madeBy: String, made: Int64,
    statement: CutStatement? = nil
  ) {
    self.fleet = fleet
    self.kind = kind
    self.madeBy = madeBy
    self.made = made
    self.statement = statement
  }
}

/// What a cut leaves out and has changed, in its own words: it goes with the file and is bound into
/// its chain.
package struct CutStatement: Sendable, Hashable, Codable {
  /// A kind of words that were replaced.
  package struct Redaction: Sendable, Hashable, Codable {
    /// `hosts`, `tokens`, or the rule that found them.
    package var rule: String
    /// How many different ones were.
    package var count: Int

    package init(rule: String, count: Int) {
      self.rule = rule
      self.count = count
    }
  }

  package var sourceFleet: String
  /// From where to where of the source.
  package var from: Instant
  package var to: Instant
  package var firstSequence: UInt64
  package var lastSequence: UInt64
  /// Where the source's chain stood at the end of what was taken.
  package var sourceHead: JournalHead?
  /// What is not in it, a sentence each.
  package var removed: [String]
  package var redacted: [Redaction]

  package init(
    sourceFleet: String, from: Instant, to: Instant, firstSequence: UInt64, lastSequence: UInt64,
    sourceHead: JournalHead?, removed: [String], redacted: [Redaction]
  ) {
    self.sourceFleet = sourceFleet
    self.from = from
    self.to = to
    self.firstSequence = firstSequence
    self.lastSequence = lastSequence
    self.sourceHead = sourceHead
    self.removed = removed
    self.redacted = redacted
  }
}

/// `About` as its row, with what the first batch is bound to.
struct AboutRow {
  var about: About
  /// Random: no two journals begin alike.
  var identity: [UInt8]
  var statement: [UInt8]?
  /// The link that everything else comes after.
  var link: Link

  init(_ about: About) {
    self.about = about
    var system = SystemRandomNumberGenerator()
    identity = (0..<16).map { _ in UInt8.random(in: 0...255, using: &system) }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    statement = about.statement.flatMap { try? encoder.encode($0) }.map { [UInt8]($0) }
    link = AboutRow.link(about, identity, statement)
  }

  /// Columns in the order of the table.
  init(_ values: [SQLValue]) throws(RowFlaw) {
    var columns = ColumnReader(values, of: "what the file says of itself")
    let id = try columns.integer()
    identity = try columns.blob()
    let fleet = try columns.words()
    let madeBy = try columns.words()
    let made = try columns.integer()
    let kind = try columns.natural()
    statement = try columns.blobOrNone()
    link = try columns.link()
    try columns.end()
    about = About(
      fleet: fleet, kind: kind == 0 ? .journal : .cut, madeBy: madeBy, made: made)
    guard id == 1, kind <= 1, link == AboutRow.link(about, identity, statement) else {
      throw RowFlaw("what the file says of itself is not as it was written")
    }
    about.statement = statement.flatMap {
      try? JSONDecoder().decode(CutStatement.self, from: Data($0))
    }
  }

  private static func link(_ about: About, _ identity: [UInt8], _ statement: [UInt8]?) -> Link {
    var digest = Digest("about")
    digest.put(identity)
    digest.put(about.fleet)
    digest.put(about.madeBy)
    digest.put(about.made)
    digest.put(Int64(about.kind.rawValue))
    digest.put(statement)
    return digest.finish()
  }

  static let columns = "id, identity, fleet, made_by, made, kind, statement, link"
}
