#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A view of memory that someone else keeps alive: all of this module's unsafe reads go through it.
typealias BytePointer = UnsafePointer<UInt8>

/// The bytes of the two formats that mean something.
enum Byte {
  static let tab: UInt8 = 0x09
  static let newline: UInt8 = 0x0A
  static let carriageReturn: UInt8 = 0x0D
  static let space: UInt8 = 0x20
  static let quote: UInt8 = 0x22
  static let hash: UInt8 = 0x23
  static let plus: UInt8 = 0x2B
  static let comma: UInt8 = 0x2C
  static let minus: UInt8 = 0x2D
  static let point: UInt8 = 0x2E
  static let zero: UInt8 = 0x30
  static let colon: UInt8 = 0x3A
  static let equals: UInt8 = 0x3D
  static let backslash: UInt8 = 0x5C
  static let underscore: UInt8 = 0x5F
  static let braceOpen: UInt8 = 0x7B
  static let braceClose: UInt8 = 0x7D
}

extension UInt8 {
  /// `[a-zA-Z_]`
  @inline(__always) var startsLabelName: Bool {
    (self | 0x20) &- 0x61 < 26 || self == Byte.underscore
  }
  /// `[a-zA-Z_:]`
  @inline(__always) var startsMetricName: Bool { startsLabelName || self == Byte.colon }
  /// `[a-zA-Z_0-9]`
  @inline(__always) var continuesLabelName: Bool {
    (self | 0x20) &- 0x61 < 26 || self &- Byte.zero < 10 || self == Byte.underscore
  }
  /// `[a-zA-Z_:0-9]`
  @inline(__always) var continuesMetricName: Bool {
    // 0x30 … 0x3A is the digits and the colon.
    (self | 0x20) &- 0x61 < 26 || self &- Byte.zero < 11 || self == Byte.underscore
  }
  @inline(__always) var isBlank: Bool { self == Byte.space || self == Byte.tab }
}

/// A range of offsets into an exposition.
struct ByteRange {
  var start = 0
  var end = 0
  @inline(__always) var count: Int { end &- start }
}

/// The offset of the first `byte` in `from ..< to`, or `to`.
@inline(__always)
func firstOffset(of byte: UInt8, in base: BytePointer, from: Int, to: Int) -> Int {
  guard from < to, let found = memchr(base + from, Int32(byte), to &- from) else { return to }
  return UnsafeRawPointer(found) - UnsafeRawPointer(base)
}

@inline(__always)
func sameBytes(_ a: BytePointer, _ b: BytePointer, _ count: Int) -> Bool {
  memcmp(a, b, count) == 0
}

extension BytePointer {
  /// Whether `count` bytes from here are the ASCII text given.
  @inline(__always)
  func spells(_ text: StaticString, _ count: Int) -> Bool {
    text.utf8CodeUnitCount == count && memcmp(self, text.utf8Start, count) == 0
  }
}

/// A fast hash of bytes for tables of this module; it is not stable across versions and never shown.
///
/// Keys come from targets, which may be hostile: a table with bad luck is slow, within its limit of
/// entries, and never wrong, because bytes are compared on every match.
@inline(__always)
func hashBytes(_ pointer: BytePointer, _ count: Int) -> UInt64 {
  let raw = UnsafeRawPointer(pointer)
  var state: UInt64 = 0x9E37_79B9_7F4A_7C15 ^ UInt64(truncatingIfNeeded: count)
  var offset = 0
  while count &- offset >= 8 {
    let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    state = foldedMultiply(state ^ word, 0xA076_1D64_78BD_642F)
    offset &+= 8
  }
  if offset < count {
    var word: UInt64 = 0
    if count >= 8 {
      word = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
    } else {
      while offset < count {
        word = word &<< 8 | UInt64(pointer[offset])
        offset &+= 1
      }
    }
    state = foldedMultiply(state ^ word, 0xE703_7ED1_A0B4_28DB)
  }
  return foldedMultiply(state, 0x8EBC_6AF0_9C88_C6E3)
}

@inline(__always)
func foldedMultiply(_ a: UInt64, _ b: UInt64) -> UInt64 {
  let product = a.multipliedFullWidth(by: b)
  return product.high ^ product.low
}

/// Whether the bytes are well-formed UTF-8, which is what the formats demand of text.
func isUTF8(_ base: BytePointer, _ range: ByteRange) -> Bool {
  var i = range.start
  while i < range.end {
    let lead = base[i]
    if lead < 0x80 {
      i += 1
      continue
    }
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0:
      length = 3
      low = 0xA0
    case 0xED:
      length = 3
      high = 0x9F
    case 0xE1...0xEF: length = 3
    case 0xF0:
      length = 4
      low = 0x90
    case 0xF1...0xF3: length = 4
    case 0xF4:
      length = 4
      high = 0x8F
    default: return false
    }
    guard i + length <= range.end, base[i + 1] >= low, base[i + 1] <= high else { return false }
    for k in 2..<max(2, length) where base[i + k] & 0xC0 != 0x80 { return false }
    i += length
  }
  return true
}
