/// A bitmap of dots, several in each cell: 2 by 4 as braille, 2 by 2 as quarter blocks, one as ASCII.
struct DotGrid {
  private let width: Int
  private let height: Int
  private let charts: GlyphSet.Charts
  private let across: Int
  private let down: Int
  private var bits: [UInt8]
  /// Which series painted the cell last; meaningful where it has bits.
  private var owner: [UInt8]

  init(width: Int, height: Int, charts: GlyphSet.Charts) {
    self.width = width
    self.height = height
    self.charts = charts
    (across, down) =
      switch charts {
      case .braille: (2, 4)
      case .blocks: (2, 2)
      case .ascii: (1, 1)
      }
    bits = [UInt8](repeating: 0, count: width * height)
    owner = bits
  }

  var columns: Int { width * across }
  var rows: Int { height * down }

  mutating func set(_ x: Int, _ y: Int, _ series: Int) {
    guard x >= 0, x < columns, y >= 0, y < rows else { return }
    let i = y / down * width + x / across
    if owner[i] != UInt8(truncatingIfNeeded: series) { bits[i] = 0 }
    bits[i] |= 1 << UInt8(y % down * across + x % across)
    owner[i] = UInt8(truncatingIfNeeded: series)
  }

  /// The dots of a cell, two bits a row, and the series they belong to; nil where there are none.
  func cell(_ x: Int, _ y: Int) -> (bits: UInt8, series: Int)? {
    let i = y * width + x
    return bits[i] == 0 ? nil : (bits[i], Int(owner[i]))
  }

  private static let quarters: [Unicode.Scalar] = [
    " ", "▘", "▝", "▀", "▖", "▌", "▞", "▛", "▗", "▚", "▐", "▜", "▄", "▙", "▟", "█",
  ]
  /// Our bits in reading order, as the braille block numbers its dots.
  private static let brailleBits: [UInt32] = [0, 3, 1, 4, 2, 5, 6, 7]

  func scalar(_ bits: UInt8, letter: Unicode.Scalar) -> Unicode.Scalar {
    switch charts {
    case .ascii: return letter
    case .blocks: return Self.quarters[Int(bits & 15)]
    case .braille:
      var value: UInt32 = 0x2800
      for i in 0..<8 where bits >> UInt8(i) & 1 == 1 { value |= 1 << Self.brailleBits[i] }
      return Unicode.Scalar(value) ?? letter
    }
  }
}
