import GRDB

extension LedgerFile {
  /// A row of either table of counts: an hour's minutes or a day's hours, of one account.
  struct Counts {
    var time: Int64
    var account: Int64
    /// As they stand in the file: the numbers, and eight bytes that tell whether they are whole.
    var counts: [UInt8]

    private static let seal = 8

    init(time: Int64, account: Int64, counts: [UInt8]) {
      self.time = time
      self.account = account
      self.counts = counts
    }

    init(plain: [UInt8], time: Int64, account: Int64) {
      self.init(time: time, account: account, counts: plain)
      counts += Counts.seal(plain[...], time, account)
    }

    /// The numbers alone; nil where they are not what was written.
    var plain: [UInt8]? {
      guard counts.count >= Counts.seal else { return nil }
      let numbers = counts.dropLast(Counts.seal)
      guard counts.suffix(Counts.seal).elementsEqual(Counts.seal(numbers, time, account)) else {
        return nil
      }
      return Array(numbers)
    }

    /// FNV-1a: against damage, not against somebody who means it.
    private static func seal(_ numbers: ArraySlice<UInt8>, _ time: Int64, _ account: Int64)
      -> [UInt8]
    {
      var hash: UInt64 = 0xcbf2_9ce4_8422_2325
      func take(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
      for word in [time, account] {
        withUnsafeBytes(of: word.littleEndian) { $0.forEach(take) }
      }
      numbers.forEach(take)
      return withUnsafeBytes(of: hash.littleEndian) { Array($0) }
    }

    static func fetch(_ db: Database, _ sql: String) throws -> [Counts] {
      var found: [Counts] = []
      try each(db, sql) { found.append($0) }
      return found
    }

    /// Hands over each row that can be told; one at a time, for there may be many.
    static func each(_ db: Database, _ sql: String, _ take: (Counts) throws -> Void) throws {
      let rows = try GRDB.Row.fetchCursor(db, sql: sql)
      while let row = try rows.next() {
        guard case .int64(let time) = (row[0] as DatabaseValue).storage,
          case .int64(let account) = (row[1] as DatabaseValue).storage
        else { continue }
        let counts = try row.withUnsafeData(atIndex: 2) { $0.map { [UInt8]($0) } ?? [] }
        try take(Counts(time: time, account: account, counts: counts))
      }
    }
  }
}
