import GRDB

/// A column of a row as it stands in the file, whatever the table says it should be.
enum SQLValue: Sendable, Hashable {
  case null
  case integer(Int64)
  case real(Double)
  case text([UInt8])
  case blob([UInt8])

  init(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let integer): self = .integer(integer)
    case .double(let real): self = .real(real)
    case .string(let text): self = .text([UInt8](text.utf8))
    case .blob(let data): self = .blob([UInt8](data))
    }
  }

  static func row(_ row: Row) -> [SQLValue] {
    (0..<row.count).map { SQLValue(row[$0] as DatabaseValue) }
  }
}

/// What about a row shows that it is not what was written.
struct RowFlaw: Error, Sendable, Hashable {
  var what: String
  init(_ what: String) { self.what = what }
}

/// Takes the columns of a row one after another, each as what it has to be.
struct ColumnReader {
  private let values: [SQLValue]
  private let what: String
  private var place = 0

  init(_ values: [SQLValue], of what: String) {
    self.values = values
    self.what = what
  }

  private var flaw: RowFlaw { RowFlaw("\(what) is not as it was written") }

  private mutating func next() throws(RowFlaw) -> SQLValue {
    guard place < values.count else { throw flaw }
    defer { place += 1 }
    return values[place]
  }

  mutating func integer() throws(RowFlaw) -> Int64 {
    guard case .integer(let value) = try next() else { throw flaw }
    return value
  }

  mutating func natural() throws(RowFlaw) -> UInt64 {
    guard let value = UInt64(exactly: try integer()) else { throw flaw }
    return value
  }

  mutating func integerOrNone() throws(RowFlaw) -> Int64? {
    switch try next() {
    case .null: return nil
    case .integer(let value): return value
    default: throw flaw
    }
  }

  mutating func realOrNone() throws(RowFlaw) -> Double? {
    switch try next() {
    case .null: return nil
    case .real(let value): return value
    // SQLite writes a whole number of a REAL column as an integer.
    case .integer(let value): return Double(value)
    default: throw flaw
    }
  }

  mutating func blob() throws(RowFlaw) -> [UInt8] {
    guard case .blob(let bytes) = try next() else { throw flaw }
    return bytes
  }

  mutating func blobOrNone() throws(RowFlaw) -> [UInt8]? {
    switch try next() {
    case .null: return nil
    case .blob(let bytes): return bytes
    default: throw flaw
    }
  }

  mutating func words() throws(RowFlaw) -> String {
    guard let text = String(validating: try blob(), as: UTF8.self) else { throw flaw }
    return text
  }

  mutating func wordsOrNone() throws(RowFlaw) -> String? {
    guard let bytes = try blobOrNone() else { return nil }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw flaw }
    return text
  }

  mutating func link() throws(RowFlaw) -> Link {
    guard let link = Link(try blob()) else { throw flaw }
    return link
  }

  /// Whether the columns are used up.
  func end() throws(RowFlaw) {
    guard place == values.count else { throw flaw }
  }
}
