/// Which characters a terminal can be trusted with.
package struct GlyphSet: Sendable, Hashable {
  /// What charts are made of.
  package enum Charts: String, Sendable, Hashable, CaseIterable { case braille, blocks, ascii }

  /// True where only ASCII may reach the terminal; a canvas then replaces everything else.
  package let isASCII: Bool
  package let charts: Charts

  package static let unicode = GlyphSet(isASCII: false, charts: .blocks)
  package static let braille = GlyphSet(isASCII: false, charts: .braille)
  package static let ascii = GlyphSet(isASCII: true, charts: .ascii)

  private init(isASCII: Bool, charts: Charts) {
    self.isASCII = isASCII
    self.charts = charts
  }

  /// The set with other charts; an ASCII terminal keeps its ASCII ones.
  package func with(charts: Charts) -> GlyphSet {
    isASCII ? self : GlyphSet(isASCII: false, charts: charts)
  }

  package var ellipsis: Unicode.Scalar { isASCII ? "~" : "…" }

  /// What stands in for a scalar on an ASCII terminal: one column, the nearest in shape.
  ///
  /// The state marks, rules, arrows and bars that our own screens use all differ from each other
  /// where their meanings do. Anything unknown is `?`.
  package static func ascii(for scalar: Unicode.Scalar) -> Unicode.Scalar {
    if scalar.isASCII { return scalar }
    return switch scalar {
    // The state marks
    case "●": "o"
    case "◐": "~"
    case "▲": "^"
    case "✖": "x"
    case "⊘": "!"
    case "◌": "."
    case "↻": "+"
    case "▽": "v"
    // Lines
    case "─", "━", "╌", "┄", "┈", "╴", "╶", "–", "—", "‐", "‑", "−": "-"
    case "│", "┃", "╎", "┆", "┊": "|"
    case "┌", "┐", "└", "┘", "├", "┤", "┬", "┴", "┼", "╭", "╮", "╰", "╯", "╋", "┿", "╂": "+"
    case "═": "="
    // Bars and shades, by how full they are
    case "▁", "▏": "_"
    case "▂", "░": "."
    case "▃", "▎", "▒": "-"
    case "▄", "▍", "▌", "▀", "▐": "="
    case "▅", "▋", "▓": "+"
    case "▆", "▊": "*"
    case "▇", "▉", "█", "■": "#"
    // Arrows and signs
    case "→", "▸", "▶", "›", "»", "❯": ">"
    case "←", "◂", "◀", "‹", "«": "<"
    case "↑", "▴": "^"
    case "↓", "▾", "▼": "v"
    case "↵": "/"
    case "↪": "\\"
    case "◷": "*"
    case "✔", "✓": "y"
    case "✗", "×": "x"
    case "·", "•", "∙": "."
    case "…": "~"
    case "µ", "μ": "u"
    case "‘", "’", "′": "'"
    case "“", "”", "″": "\""
    case "≈": "~"
    case "≤": "<"
    case "≥": ">"
    case "±": "+"
    case "°": "o"
    case "▯", "□", "☐": "["
    case "☑": "x"
    default: "?"
    }
  }
}
