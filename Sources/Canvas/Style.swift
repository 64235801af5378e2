/// Renditions that every terminal can add to text, also without colour.
package struct Attributes: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let bold = Attributes(rawValue: 1)
  package static let dim = Attributes(rawValue: 2)
  package static let underline = Attributes(rawValue: 4)
  package static let reverse = Attributes(rawValue: 8)
  package static let italic = Attributes(rawValue: 16)
  /// Never set by a theme of ours; for a page that must be heard.
  package static let blink = Attributes(rawValue: 32)
}

/// How a cell is to look, as meaning: a role, the ground it lies on, and what is added to both.
package struct Style: Sendable, Hashable {
  package var role: Role
  package var ground: Ground
  package var adds: Attributes

  package init(_ role: Role, on ground: Ground = .plain, _ adds: Attributes = []) {
    self.role = role
    self.ground = ground
    self.adds = adds
  }

  package static let text = Style(.text)
  package static let dim = Style(.dim)

  package func on(_ ground: Ground) -> Style { Style(role, on: ground, adds) }
  package func adding(_ attributes: Attributes) -> Style {
    Style(role, on: ground, adds.union(attributes))
  }
  package var bold: Style { adding(.bold) }
}
