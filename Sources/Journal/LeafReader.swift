/// Reads the rows that stand on a leaf of a table, however the way to it has been lost.
///
/// Only the form of a row is looked at here; whether it is what was written, its seal tells.
struct LeafReader {
  private let pages: PageFile
  /// Bytes of rows that may still be followed from page to page, so that pages made to name one another
  /// in circles cost no more than the file's length a few times over.
  private(set) var allowance: Int

  static let most = 64

  init(_ pages: PageFile) {
    self.pages = pages
    allowance = 4 * (pages.size + Int(pages.frameCount) * pages.pageSize) + (1 << 20)
  }

  /// Where rows begin on a page; none where it is no leaf of a table.
  func cells(_ page: [UInt8], at place: PageFile.Place) -> [Int] {
    let header = place == .page(0) ? 100 : 0
    guard page[header] == 0x0d else { return [] }
    let count = Int(page[header + 3]) << 8 | Int(page[header + 4])
    let start = header + 8
    guard start + 2 * count <= pages.usable else { return [] }
    var found: Set<Int> = []
    for number in 0..<count {
      let at = start + 2 * number
      let cell = Int(page[at]) << 8 | Int(page[at + 1])
      if cell >= start, cell < pages.usable { found.insert(cell) }
    }
    return found.sorted()
  }

  /// The columns of a row; nil where it cannot be one.
  mutating func row(
    _ page: [UInt8], at cell: Int, usesLog: Bool
  ) -> [SQLValue]? {
    var place = cell
    guard let length = LeafReader.number(page, &place), let key = LeafReader.number(page, &place),
      length > 0, length <= allowance
    else { return nil }
    let size = Int(length)
    let most = pages.usable - 35
    var payload: [UInt8]
    if size <= most {
      guard place + size <= pages.usable else { return nil }
      payload = Array(page[place..<place + size])
    } else {
      let least = (pages.usable - 12) * 32 / 255 - 23
      let rest = least + (size - least) % (pages.usable - 4)
      let local = rest <= most ? rest : least
      guard place + local + 4 <= pages.usable else { return nil }
      payload = Array(page[place..<place + local])
      allowance -= size
      var next = LeafReader.word(page, place + local)
      while payload.count < size {
        guard let place = pages.place(of: next, usesLog: usesLog),
          let more = pages.bytes(of: place)
        else { return nil }
        payload += more[4..<min(pages.usable, 4 + size - payload.count)]
        next = LeafReader.word(more, 0)
      }
    }
    return LeafReader.columns(payload, key: key)
  }

  /// The columns of a record; the first one is the row's key where it says nothing.
  private static func columns(_ bytes: [UInt8], key: Int64) -> [SQLValue]? {
    var place = 0
    guard let header = number(bytes, &place), header > 0, header <= Int64(bytes.count) else {
      return nil
    }
    var at = Int(header)
    var values: [SQLValue] = []
    while place < Int(header) {
      guard let type = number(bytes, &place), values.count < most else { return nil }
      guard let value = value(bytes, type, &at) else { return nil }
      values.append(value)
    }
    guard place == Int(header), at == bytes.count else { return nil }
    if values.first == .null { values[0] = .integer(key) }
    return values
  }

  private static func value(_ bytes: [UInt8], _ type: Int64, _ at: inout Int) -> SQLValue? {
    func take(_ count: Int) -> ArraySlice<UInt8>? {
      guard count >= 0, count <= bytes.count - at else { return nil }
      defer { at += count }
      return bytes[at..<at + count]
    }
    switch type {
    case 0: return .null
    case 1...6:
      let widths = [1, 2, 3, 4, 6, 8]
      guard let taken = take(widths[Int(type) - 1]), let first = taken.first else { return nil }
      let sign: Int64 = first >= 0x80 ? -1 : 0
      return .integer(taken.reduce(sign) { $0 << 8 | Int64($1) })
    case 7:
      return take(8).map { .real(Double(bitPattern: $0.reduce(0) { $0 << 8 | UInt64($1) })) }
    case 8: return .integer(0)
    case 9: return .integer(1)
    case 12...:
      guard let taken = take(Int((type - 12) / 2)) else { return nil }
      return type.isMultiple(of: 2) ? .blob(Array(taken)) : .text(Array(taken))
    default: return nil
    }
  }

  private static func word(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// Groups of seven bits, highest first; the ninth byte has eight.
  private static func number(_ bytes: [UInt8], _ place: inout Int) -> Int64? {
    var value: UInt64 = 0
    for count in 1...9 {
      guard place < bytes.count else { return nil }
      let byte = bytes[place]
      place += 1
      if count == 9 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
      value = value << 7 | UInt64(byte & 0x7f)
      if byte < 0x80 { return Int64(bitPattern: value) }
    }
    return nil
  }
}
