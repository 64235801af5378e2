extension Frame {
  /// The frame as a standalone SVG picture, each glyph held to its cell whatever font the reader has.
  ///
  /// Lines, blocks and braille are drawn as shapes, so that they join; other text is `<text>` stretched to its
  /// columns. `label` is what a screen reader says in place of the picture.
  package func svg(theme: Theme, label: String = "terminal screen") -> String {
    var drawing = Drawing(frame: self, theme: theme)
    return drawing.make(label: label)
  }
}

private struct Drawing {
  let frame: Frame
  let theme: Theme
  var out = ""
  /// Cell size in the picture's units; both even, so that halves are exact.
  static let cw = 8
  static let ch = 18
  static let baseline = 14

  init(frame: Frame, theme: Theme) {
    self.frame = frame
    self.theme = theme
  }

  mutating func make(label: String) -> String {
    let width = frame.size.width * Self.cw
    let height = frame.size.height * Self.ch
    let ground = theme.ink(.text).background?.hex ?? "#ffffff"
    out = """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(width)" height="\(height)" \
      viewBox="0 0 \(width) \(height)" role="img" aria-label="\(Self.escaped(label))" \
      font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="13" \
      xml:space="preserve">
      <rect width="100%" height="100%" fill="\(ground)"/>

      """
    for y in 0..<frame.size.height {
      backgrounds(y, but: ground)
      glyphs(y)
    }
    out += "</svg>\n"
    return out
  }

  /// Colours as they appear: reversed ones swapped, missing ones black on white.
  private func colors(_ style: Style) -> (fore: String, back: String, ink: Ink) {
    let ink = theme.ink(style)
    let fore = ink.foreground?.hex ?? "#1a1a1a"
    let back = ink.background?.hex ?? "#ffffff"
    return ink.attributes.contains(.reverse) ? (back, fore, ink) : (fore, back, ink)
  }

  private mutating func backgrounds(_ y: Int, but ground: String) {
    var x = 0
    while x < frame.size.width {
      let back = colors(frame[x, y].style).back
      var end = x + 1
      while end < frame.size.width, colors(frame[end, y].style).back == back { end += 1 }
      if back != ground {
        rect(x * Self.cw, y * Self.ch, (end - x) * Self.cw, Self.ch, back)
      }
      x = end
    }
  }

  private mutating func glyphs(_ y: Int) {
    var x = 0
    while x < frame.size.width {
      let cell = frame[x, y]
      let look = colors(cell.style)
      guard cell.width > 0, cell.glyph != .space || look.ink.attributes.contains(.underline) else {
        x += 1
        continue
      }
      if shape(cell.glyph.base, x * Self.cw, y * Self.ch, look.fore) {
        x += 1
        continue
      }
      var text = ""
      cell.glyph.write(to: &text)
      var end = x + Int(max(1, cell.width))
      if cell.glyph.base < 0x7f {
        while end < frame.size.width, frame[end, y].style == cell.style, frame[end, y].width == 1,
          frame[end, y].glyph.base < 0x7f,
          // Columns are set one by one, so that a reader who ignores textLength still sees them aligned.
          !(text.hasSuffix(" ") && frame[end, y].glyph == .space)
        {
          frame[end, y].glyph.write(to: &text)
          end += 1
        }
        while text.hasSuffix(" "), !look.ink.attributes.contains(.underline) { text.removeLast() }
      }
      let columns = cell.glyph.base < 0x7f ? text.utf8.count : end - x
      label(text, x, y, columns, look.fore, look.ink.attributes)
      x = end
    }
  }

  private mutating func label(
    _ text: String, _ x: Int, _ y: Int, _ columns: Int, _ fill: String, _ attributes: Attributes
  ) {
    var extra = ""
    if attributes.contains(.bold) { extra += " font-weight=\"bold\"" }
    if attributes.contains(.italic) { extra += " font-style=\"italic\"" }
    if attributes.contains(.dim) { extra += " opacity=\"0.7\"" }
    if attributes.contains(.underline) {
      rect(x * Self.cw, y * Self.ch + Self.baseline + 2, columns * Self.cw, 1, fill)
    }
    if text.allSatisfy({ $0 == " " }) { return }
    out += """
      <text x="\(x * Self.cw)" y="\(y * Self.ch + Self.baseline)" fill="\(fill)"\(extra) \
      textLength="\(columns * Self.cw)" lengthAdjust="spacingAndGlyphs">\(Self.escaped(text))</text>

      """
  }

  private mutating func rect(
    _ x: Int, _ y: Int, _ w: Int, _ h: Int, _ fill: String, _ more: String = ""
  ) {
    out += "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(w)\" height=\"\(h)\" fill=\"\(fill)\"\(more)/>\n"
  }

  /// Draws what must join with its neighbours; false where the glyph is text.
  private mutating func shape(_ base: UInt32, _ x: Int, _ y: Int, _ fill: String) -> Bool {
    switch base {
    case 0x2581...0x2588:
      let eighths = Int(base - 0x2580)
      let height = (Self.ch * eighths + 4) / 8
      rect(x, y + Self.ch - height, Self.cw, height, fill)
    case 0x2580: rect(x, y, Self.cw, Self.ch / 2, fill)
    case 0x2589...0x258f: rect(x, y, Int(0x2590 - base), Self.ch, fill)
    case 0x2590: rect(x + Self.cw / 2, y, Self.cw / 2, Self.ch, fill)
    case 0x2591...0x2593:
      rect(x, y, Self.cw, Self.ch, fill, " fill-opacity=\"0.\(Int(base - 0x2590) * 25)\"")
    case 0x2596...0x259f:
      let quadrants = [4, 8, 1, 13, 9, 7, 11, 2, 6, 14][Int(base - 0x2596)]
      for bit in 0..<4 where quadrants >> bit & 1 == 1 {
        rect(x + bit % 2 * Self.cw / 2, y + bit / 2 * Self.ch / 2, Self.cw / 2, Self.ch / 2, fill)
      }
    case 0x2801...0x28ff: braille(base - 0x2800, x, y, fill)
    default: return lines(base, x, y, fill)
    }
    return true
  }

  private mutating func braille(_ dots: UInt32, _ x: Int, _ y: Int, _ fill: String) {
    let places = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2), (0, 3), (1, 3)]
    for (bit, (i, j)) in places.enumerated() where dots >> UInt32(bit) & 1 == 1 {
      let cy = y * 10 + Self.ch * 10 * (2 * j + 1) / 8
      out +=
        "<circle cx=\"\(x + 2 + 4 * i)\" cy=\"\(cy / 10).\(cy % 10)\" r=\"1.3\" fill=\"\(fill)\"/>\n"
    }
  }

  /// Box drawing as arms from the middle of the cell: up 1, down 2, left 4, right 8.
  private mutating func lines(_ base: UInt32, _ x: Int, _ y: Int, _ fill: String) -> Bool {
    let heavy: Bool
    let arms: Int
    var dashed = false
    switch Unicode.Scalar(base) ?? " " {
    case "─": (arms, heavy) = (12, false)
    case "│": (arms, heavy) = (3, false)
    case "━": (arms, heavy) = (12, true)
    case "┃": (arms, heavy) = (3, true)
    case "┌", "╭": (arms, heavy) = (10, false)
    case "┐", "╮": (arms, heavy) = (6, false)
    case "└", "╰": (arms, heavy) = (9, false)
    case "┘", "╯": (arms, heavy) = (5, false)
    case "├": (arms, heavy) = (11, false)
    case "┤": (arms, heavy) = (7, false)
    case "┬": (arms, heavy) = (14, false)
    case "┴": (arms, heavy) = (13, false)
    case "┼": (arms, heavy) = (15, false)
    case "╌": (arms, heavy, dashed) = (12, false, true)
    case "╎": (arms, heavy, dashed) = (3, false, true)
    default: return false
    }
    let (mx, my, thick) = (x + Self.cw / 2, y + Self.ch / 2, heavy ? 2 : 1)
    if dashed {
      if arms == 12 {
        rect(x + 1, my, 2, thick, fill)
        rect(x + 5, my, 2, thick, fill)
      } else {
        rect(mx, y + 2, thick, 5, fill)
        rect(mx, y + 11, thick, 5, fill)
      }
      return true
    }
    if arms & 1 != 0 { rect(mx, y, thick, Self.ch / 2 + thick, fill) }
    if arms & 2 != 0 { rect(mx, my, thick, Self.ch - Self.ch / 2, fill) }
    if arms & 4 != 0 { rect(x, my, Self.cw / 2 + thick, thick, fill) }
    if arms & 8 != 0 { rect(mx, my, Self.cw - Self.cw / 2, thick, fill) }
    return true
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case " ": result += "\u{a0}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
