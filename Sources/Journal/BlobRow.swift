import Recording

/// A value that is kept by its name.
struct BlobRow {
  enum Form: Int64 {
    case plain = 0
    case zstd = 1
  }

  var id: Int64
  var hash: ContentHash
  var bytes: [UInt8]

  static let columns = "id, hash, form, size, body"
  /// More than any value is; a size beyond it is an attack.
  static let limit = 1 << 28

  init(_ values: [SQLValue]) throws(RowFlaw) {
    var columns = ColumnReader(values, of: "a kept value")
    id = try columns.integer()
    let hash = ContentHash(try columns.blob())
    let form = Form(rawValue: try columns.integer())
    let size = try columns.integer()
    let body = try columns.blob()
    try columns.end()
    let flaw = RowFlaw("a kept value is not as it was written")
    guard let hash, let form, (0...Int64(BlobRow.limit)).contains(size) else { throw flaw }
    let bytes = form == .plain ? body : Zstd.unpack(body, limit: Int(size))
    guard let bytes, bytes.count == size, ContentHash(of: bytes) == hash else { throw flaw }
    self.hash = hash
    self.bytes = bytes
  }

  /// The name that a row says its value has.
  static func hash(_ values: [SQLValue]) -> ContentHash? {
    guard values.count == 5, case .blob(let hash) = values[1], case .integer = values[2],
      case .integer = values[3], case .blob = values[4]
    else { return nil }
    return ContentHash(hash)
  }

  /// The smaller of both forms.
  static func packed(_ bytes: [UInt8]) -> (form: Form, body: [UInt8]) {
    let packed = Zstd.pack(bytes)
    return packed.count < bytes.count ? (.zstd, packed) : (.plain, bytes)
  }
}

/// Until when a value is referred to: what is older than all that is kept can go.
struct UsageRow {
  var id: Int64
  /// The last entry of the last batch, or the last keyframe, that does.
  var last: UInt64

  static let columns = "id, last, seal"

  init(id: Int64, last: UInt64) {
    self.id = id
    self.last = last
  }

  init(_ values: [SQLValue]) throws(RowFlaw) {
    var columns = ColumnReader(values, of: "the use of a kept value")
    id = try columns.integer()
    last = try columns.natural()
    let found = try columns.integer()
    try columns.end()
    guard found == seal else { throw RowFlaw("the use of a kept value is not as it was written") }
  }

  var seal: Int64 {
    var digest = Digest("usage")
    digest.put(id)
    digest.put(Int64(bitPattern: last))
    return Chain.seal(digest.finish())
  }
}
