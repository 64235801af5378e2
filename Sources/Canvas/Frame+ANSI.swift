extension Frame {
  /// The frame as text with SGR escape sequences, each row reset at its end: for `render --format ansi`.
  ///
  /// Where `depth` is none and the theme without renditions this is plain text.
  package func ansi(theme: Theme, depth: ColorDepth) -> String {
    let theme = theme.at(depth)
    var text = ""
    for y in 0..<size.height {
      text += ansi(row: y, theme: theme, depth: depth)
      text += "\n"
    }
    return text
  }

  /// One row without its line feed; `theme` is one that the depth can show (`Theme.at`).
  package func ansi(row y: Int, theme: Theme, depth: ColorDepth) -> String {
    var text = ""
    var current: Style?
    var isPlain = true
    for cell in row(y) where cell.width > 0 {
      if cell.style != current {
        current = cell.style
        let sgr = theme.ink(cell.style, at: depth).sgr(depth)
        text += sgr
        isPlain = sgr == "\u{1b}[0m"
      }
      cell.glyph.write(to: &text)
    }
    if !isPlain { text += "\u{1b}[0m" }
    return text
  }
}

extension Ink {
  /// The sequence that resets and then sets everything this ink has.
  package func sgr(_ depth: ColorDepth) -> String {
    var codes = "0"
    let named: [(Attributes, String)] = [
      (.bold, "1"), (.dim, "2"), (.italic, "3"), (.underline, "4"), (.blink, "5"), (.reverse, "7"),
    ]
    for (attribute, code) in named where attributes.contains(attribute) { codes += ";" + code }
    if let foreground { codes += foreground.sgr(depth, background: false) }
    if let background { codes += background.sgr(depth, background: true) }
    return "\u{1b}[\(codes)m"
  }
}

extension Color {
  fileprivate func sgr(_ depth: ColorDepth, background: Bool) -> String {
    switch depth {
    case .none: ""
    case .eight: ";\((background ? 40 : 30) + Int(index8))"
    case .sixteen:
      index16 < 8
        ? ";\((background ? 40 : 30) + Int(index16))"
        : ";\((background ? 100 : 90) + Int(index16) - 8)"
    case .indexed: ";\(background ? 48 : 38);5;\(index256)"
    case .truecolor: ";\(background ? 48 : 38);2;\(red);\(green);\(blue)"
    }
  }
}
