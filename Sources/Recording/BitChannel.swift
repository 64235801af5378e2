/// How likely the next bit of some kind is a 0, in 4096ths; it follows what it sees.
typealias BitModel = UInt16

extension BitModel {
  static let even: BitModel = 2048
}

/// The way of bits into bytes or out of them.
///
/// The form of a recording is written down once: the same code runs over a channel that writes what
/// it is given and returns it, and over one that ignores what it is given and returns what was written.
protocol BitChannel: Sendable {
  /// A bit of some kind.
  mutating func pass(_ bit: Bool, _ model: inout BitModel) -> Bool
  /// The lowest `count` bits of a number about which nothing is known; at most 32.
  mutating func pass(plain bits: UInt32, count: Int) -> UInt32
  /// What is being read is not what was written: it ended, or says what cannot be.
  var isBroken: Bool { get }
  static var isWriting: Bool { get }
}

/// Writes bits at the cost of their surprise: an adaptive binary range coder, with the carry
/// propagation of LZMA's.
struct RangeEncoder: BitChannel {
  static var isWriting: Bool { true }
  var isBroken: Bool { false }

  private(set) var bytes: [UInt8] = []
  private var low: UInt64 = 0
  private var range: UInt32 = .max
  private var cache: UInt8 = 0
  /// Bytes that a carry may still change.
  private var pending = 1

  @inline(__always)
  mutating func pass(_ bit: Bool, _ model: inout BitModel) -> Bool {
    let bound = (range >> 12) * UInt32(model)
    if bit {
      low += UInt64(bound)
      range -= bound
      model -= model >> BitModel.speed
    } else {
      range = bound
      model += (4096 - model) >> BitModel.speed
    }
    while range < 1 << 24 {
      range <<= 8
      shift()
    }
    return bit
  }

  mutating func pass(plain bits: UInt32, count: Int) -> UInt32 {
    for place in stride(from: count - 1, through: 0, by: -1) {
      range >>= 1
      if bits >> UInt32(place) & 1 == 1 { low += UInt64(range) }
      while range < 1 << 24 {
        range <<= 8
        shift()
      }
    }
    return bits
  }

  private mutating func shift() {
    if low < 0xff00_0000 || low > 0xffff_ffff {
      let carry = UInt8(truncatingIfNeeded: low >> 32)
      bytes.append(cache &+ carry)
      while pending > 1 {
        bytes.append(0xff &+ carry)
        pending -= 1
      }
      pending = 0
      cache = UInt8(truncatingIfNeeded: low >> 24)
    }
    pending += 1
    low = (low & 0x00ff_ffff) << 8
  }

  /// All that was passed, as bytes. Zeros at the end are left out: what reads them finds zeros there.
  mutating func finish() -> [UInt8] {
    for _ in 0..<5 { shift() }
    // The first byte is the empty cache.
    var written = Array(bytes.dropFirst())
    while written.last == 0 { written.removeLast() }
    return written
  }
}

/// Reads what a `RangeEncoder` wrote.
struct RangeDecoder: BitChannel {
  static var isWriting: Bool { false }

  private let bytes: [UInt8]
  private var place: Int
  private var code: UInt32 = 0
  private var range: UInt32 = .max
  /// Zeros that were read after the end; an honest recording needs few.
  private var missing = 0
  private static let missingLimit = 64

  var isBroken: Bool { missing > Self.missingLimit }

  init(_ bytes: [UInt8], from start: Int = 0) {
    self.bytes = bytes
    place = start
    for _ in 0..<4 { code = code << 8 | UInt32(next()) }
  }

  @inline(__always)
  private mutating func next() -> UInt8 {
    guard place < bytes.count else {
      missing += 1
      return 0
    }
    defer { place += 1 }
    return bytes[place]
  }

  @inline(__always)
  mutating func pass(_ bit: Bool, _ model: inout BitModel) -> Bool {
    let bound = (range >> 12) * UInt32(model)
    let read = code >= bound
    if read {
      code -= bound
      range -= bound
      model -= model >> BitModel.speed
    } else {
      range = bound
      model += (4096 - model) >> BitModel.speed
    }
    while range < 1 << 24 {
      range <<= 8
      code = code << 8 | UInt32(next())
    }
    return read
  }

  mutating func pass(plain bits: UInt32, count: Int) -> UInt32 {
    var read: UInt32 = 0
    for _ in 0..<count {
      range >>= 1
      let bit: UInt32 = code >= range ? 1 : 0
      if bit == 1 { code -= range }
      read = read << 1 | bit
      while range < 1 << 24 {
        range <<= 8
        code = code << 8 | UInt32(next())
      }
    }
    return read
  }
}

extension BitModel {
  /// How fast a model follows: by a 16th of the way a bit.
  static let speed: BitModel = 4
}
