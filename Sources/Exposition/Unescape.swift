/// Turns escaped bytes into text.
enum Unescape {
  /// `\\`, `\"` and `\n` of names and label values; other escapes stay as they are written.
  static func quoted(_ base: BytePointer, _ range: ByteRange, escaped: Bool) -> String {
    let bytes = UnsafeBufferPointer(start: base + range.start, count: range.count)
    guard escaped else { return String(decoding: bytes, as: UTF8.self) }
    return String(decoding: plain(bytes, quotes: true), as: UTF8.self)
  }

  /// The text of a HELP line: `\\` and `\n`, and `\"` where `quotes` says so.
  static func help(_ base: BytePointer, _ range: ByteRange, quotes: Bool) -> String {
    let bytes = UnsafeBufferPointer(start: base + range.start, count: range.count)
    guard bytes.contains(Byte.backslash) else { return String(decoding: bytes, as: UTF8.self) }
    return String(decoding: plain(bytes, quotes: quotes), as: UTF8.self)
  }

  static func plain(_ bytes: UnsafeBufferPointer<UInt8>, quotes: Bool) -> [UInt8] {
    var plain: [UInt8] = []
    plain.reserveCapacity(bytes.count)
    var i = 0
    while i < bytes.count {
      let byte = bytes[i]
      i += 1
      guard byte == Byte.backslash, i < bytes.count else {
        plain.append(byte)
        continue
      }
      switch bytes[i] {
      case Byte.backslash: plain.append(Byte.backslash)
      case 0x6E: plain.append(Byte.newline)
      case Byte.quote where quotes: plain.append(Byte.quote)
      case let other:
        plain.append(byte)
        plain.append(other)
      }
      i += 1
    }
    return plain
  }
}
