/// A piece of text with one style.
package struct Run: Sendable, Hashable {
  package var text: String
  package var style: Style

  // Disfavoured, so that `.dim` alone is the role.
  @_disfavoredOverload
  package init(_ text: String, _ style: Style = .text) {
    self.text = text
    self.style = style
  }

  package init(_ text: String, _ role: Role) { self.init(text, Style(role)) }
}

extension Array<Run> {
  /// How many columns the runs take together.
  package func width(glyphs: GlyphSet = .unicode) -> Int {
    reduce(0) { $0 + DisplayText.width(of: $1.text, glyphs: glyphs) }
  }
}
