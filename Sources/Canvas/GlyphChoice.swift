/// What the screen and its charts are drawn with, as a person chooses it.
package enum GlyphChoice: String, Sendable, Hashable, CaseIterable {
  case unicode, braille, blocks, ascii

  /// The set to draw with on a terminal that has `known`: a choice never asks for more than that.
  package func glyphs(_ known: GlyphSet) -> GlyphSet {
    switch self {
    case .unicode: known
    case .braille: known.with(charts: .braille)
    case .blocks: known.with(charts: .blocks)
    case .ascii: .ascii
    }
  }
}
