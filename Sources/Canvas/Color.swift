/// A colour with what stands in for it where a terminal has fewer.
package struct Color: Sendable, Hashable {
  package var red: UInt8
  package var green: UInt8
  package var blue: UInt8
  /// Index into the fixed part (16...255) of the 256-colour palette.
  package var index256: UInt8
  /// Index into the 16 ANSI colours, whose look the user's own palette decides.
  package var index16: UInt8

  /// `rgb` as 0xRRGGBB. Without `index256` the nearest of the colour cube and the grey ramp is used;
  /// the first 16 never are, since users redefine them.
  package init(_ rgb: UInt32, index16: UInt8, index256: UInt8? = nil) {
    red = UInt8(truncatingIfNeeded: rgb >> 16)
    green = UInt8(truncatingIfNeeded: rgb >> 8)
    blue = UInt8(truncatingIfNeeded: rgb)
    self.index16 = min(index16, 15)
    self.index256 = index256 ?? Color.nearest256(red, green, blue)
  }

  package var rgb: UInt32 { UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue) }

  /// An ANSI colour as xterm shows it unless its user chose otherwise.
  package init(ansi index: UInt8) {
    let rgb: [UInt32] = [
      0x000000, 0xcd0000, 0x00cd00, 0xcdcd00, 0x0000ee, 0xcd00cd, 0x00cdcd, 0xe5e5e5,
      0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00, 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff,
    ]
    self.init(rgb[Int(min(index, 15))], index16: index)
  }

  /// The colour as a terminal of that depth shows it, as far as that can be known.
  package func shown(at depth: ColorDepth) -> Color {
    switch depth {
    case .none, .truecolor: return self
    case .indexed:
      let (r, g, b) = Color.components256(Int(max(16, index256)))
      return Color(
        UInt32(r) << 16 | UInt32(g) << 8 | UInt32(b), index16: index16, index256: index256)
    case .sixteen: return Color(ansi: index16)
    case .eight: return Color(ansi: index8)
    }
  }

  /// Index for a terminal of eight colours. Bright black would be black on black there: white then.
  package var index8: UInt8 { index16 == 8 ? 7 : index16 & 7 }

  /// `#rrggbb`.
  package var hex: String {
    let digits = Array("0123456789abcdef")
    return [red, green, blue].reduce(into: "#") {
      $0.append(digits[Int($1 >> 4)])
      $0.append(digits[Int($1 & 15)])
    }
  }

  private static func nearest256(_ r: UInt8, _ g: UInt8, _ b: UInt8) -> UInt8 {
    let wanted = [Int(r), Int(g), Int(b)]
    var best = (distance: Int.max, index: 16)
    for index in 16...255 {
      let c = components256(index)
      let distance = zip(wanted, [c.0, c.1, c.2]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      if distance < best.distance { best = (distance, index) }
    }
    return UInt8(best.index)
  }

  /// Red, green and blue of index 16...255 of the 256-colour palette as xterm defines it.
  package static func components256(_ index: Int) -> (Int, Int, Int) {
    if index >= 232 {
      let level = 8 + 10 * (index - 232)
      return (level, level, level)
    }
    let steps = [0, 95, 135, 175, 215, 255]
    let i = index - 16
    return (steps[i / 36], steps[i / 6 % 6], steps[i % 6])
  }
}

/// How many colours a terminal is given.
package enum ColorDepth: String, Sendable, Hashable, CaseIterable {
  case none
  case eight = "8"
  case sixteen = "16"
  case indexed = "256"
  case truecolor
}
