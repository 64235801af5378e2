import Canonical

/// One of each scalar.
struct Scalars: Codable, Equatable {
  var flag: Bool
  var a: Int
  var b: Int8
  var c: Int16
  var d: Int32
  var e: Int64
  var f: UInt
  var g: UInt8
  var h: UInt16
  var i: UInt32
  var j: UInt64
  var real: Double
  var single: Float
  var text: String

  static let least = Scalars(
    flag: false, a: -(1 << 53), b: .min, c: .min, d: .min, e: .min, f: .min, g: .min, h: .min,
    i: .min,
    j: .min, real: -.greatestFiniteMagnitude, single: -.greatestFiniteMagnitude, text: "")
  static let greatest = Scalars(
    flag: true, a: 1 << 53, b: .max, c: .max, d: .max, e: .max, f: .max, g: .max, h: .max, i: .max,
    j: .max, real: .greatestFiniteMagnitude, single: .leastNonzeroMagnitude,
    text: "\u{0}\u{10ffff}é")
  static let ordinary = Scalars(
    flag: true, a: 1, b: -1, c: 63, d: 64, e: -64, f: 127, g: 128, h: 255, i: 256, j: 16_384,
    real: 0.1, single: 0.1, text: "a b")
}

/// Optionals in every kind of place.
struct Optionals: Codable, Equatable {
  enum Color: String, Codable { case red, blue }
  struct Part: Codable, Equatable {
    var name: String?
    var deep: [[Int?]?] = []
  }

  var text: String?
  var number: Int?
  var flag: Bool?
  var real: Double?
  var part: Part?
  var color: Color?
  var list: [Int?] = []
  var twice: Int??
}

/// Cases in cases.
indirect enum Tree: Codable, Equatable {
  case leaf
  case number(Int64)
  case real(Double)
  case named(name: String, size: Int?)
  case pair(Tree, Tree)
  case many([Tree])
  case maybe(Tree?)

  static func random(_ dice: inout Dice, depth: Int) -> Tree {
    switch dice.below(depth > 0 ? 7 : 4) {
    case 0: .leaf
    case 1: .number(Int64(bitPattern: dice.next()) >> Int64(dice.below(64)))
    case 2: .real(Double(dice.below(1 << 20)) / 1000 - 300)
    case 3:
      .named(
        name: String("abcdefgé".shuffled(using: &dice).prefix(3)),
        size: dice.below(2) == 0 ? nil : 9)
    case 4: .pair(random(&dice, depth: depth - 1), random(&dice, depth: depth - 1))
    case 5: .many((0..<dice.below(4)).map { _ in random(&dice, depth: depth - 1) })
    default: .maybe(dice.below(3) == 0 ? nil : random(&dice, depth: depth - 1))
    }
  }
}

/// Lists that are put whole.
struct Numbers: Codable, Equatable {
  var doubles: [Double] = []
  var small: [Int32] = []
  var words: [UInt64] = []

  init(doubles: [Double] = []) { self.doubles = doubles }

  init(from decoder: any Decoder) throws {
    guard let canonical = decoder as? CanonicalDecoder else { return }
    doubles = try canonical.numbers()
    small = try canonical.smallNumbers()
    words = try canonical.words()
  }

  func encode(to encoder: any Encoder) throws {
    guard let canonical = encoder as? CanonicalEncoder else { return }
    canonical.put(doubles)
    canonical.put(small)
    canonical.put(words)
  }
}

struct Sharing: Codable, Equatable {
  var words: [UInt64]

  init(words: [UInt64]) { self.words = words }
  init(from decoder: any Decoder) throws {
    words = try (decoder as? CanonicalDecoder)?.sharedWords() ?? []
  }
  func encode(to encoder: any Encoder) throws {
    (encoder as? CanonicalEncoder)?.put(shared: words)
  }
}

struct Moment: Codable, Equatable {
  var offset: Int64
  var wall: Int64

  init(offset: Int64, wall: Int64) {
    self.offset = offset
    self.wall = wall
  }
  init(from decoder: any Decoder) throws {
    (offset, wall) = try (decoder as? CanonicalDecoder)?.moment() ?? (0, 0)
  }
  func encode(to encoder: any Encoder) throws {
    (encoder as? CanonicalEncoder)?.put(offset: offset, wall: wall)
  }
}

/// SplitMix64: the same numbers on every run.
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}

/// Doubles that a careless coder loses something of.
enum Odd {
  static let doubles: [Double] = plain + decimals + ends + patterns.map(Double.init(bitPattern:))

  private static let plain: [Double] = [0, -0.0, 1, -1, 0.5, .infinity, -.infinity, .nan, -.nan]
  private static let decimals: [Double] = [
    0.1, -0.1, 0.001, 5.003, 4.997_000_000_000_156, 1e-6, 0.000_612, 1e-300, 123_456_789.123,
    1_795_000_000.25, .pi, .ulpOfOne,
  ]
  private static let ends: [Double] = [
    .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude,
    .greatestFiniteMagnitude, 0x1p53, 0x1p53 - 1, -0x1p53 + 1, 0x1p53 + 2, 0x1p62, 0x1p63, -0x1p63,
    1e15,
  ]
  /// What NaNs carry; a signalling one among them.
  private static let patterns: [UInt64] = [
    0x7ff8_0000_dead_beef, 0xfff0_0000_0000_0001, 0x7ff4_0000_0000_0000,
  ]
}
