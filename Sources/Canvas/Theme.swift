/// How a role looks: its colour and renditions, and a background only where it states its own.
package struct Paint: Sendable, Hashable {
  package var foreground: Color?
  package var background: Color?
  package var attributes: Attributes

  package init(
    _ foreground: Color? = nil, on background: Color? = nil, _ attributes: Attributes = []
  ) {
    self.foreground = foreground
    self.background = background
    self.attributes = attributes
  }
}

/// What a cell is finally drawn with. Nil colours are the terminal's own.
package struct Ink: Sendable, Hashable {
  package var foreground: Color?
  package var background: Color?
  package var attributes: Attributes
}

/// The look of every role and ground.
///
/// A role's own background wins over the ground's: what is marked stays marked where it is selected. Only
/// where it is the screen's own does a selection win, which must stay visible as one band.
package struct Theme: Sendable, Hashable {
  package var name: String
  private var roles: [Paint]
  private var grounds: [Paint]

  /// `base` stands for every role that `roles` leaves out; `grounds[.plain]` is the screen's background.
  package init(name: String, base: Paint, roles: [Role: Paint], grounds: [Ground: Paint]) {
    self.name = name
    self.roles = Role.allCases.map { roles[$0] ?? base }
    self.grounds = Ground.allCases.map { grounds[$0] ?? grounds[.plain] ?? Paint() }
  }

  package subscript(role: Role) -> Paint {
    get { roles[Int(role.rawValue)] }
    set { roles[Int(role.rawValue)] = newValue }
  }

  package subscript(ground: Ground) -> Paint {
    get { grounds[Int(ground.rawValue)] }
    set { grounds[Int(ground.rawValue)] = newValue }
  }

  package func ink(_ style: Style) -> Ink {
    let paint = self[style.role]
    let ground = self[style.ground]
    // A role that only repeats the screen's own ground has no block to keep on a selection.
    let keepsBlock =
      paint.background != nil
      && (style.ground != .selection || paint.background != self[.plain].background)
    var ink = Ink(
      foreground: paint.foreground,
      background: keepsBlock ? paint.background : ground.background ?? self[.plain].background,
      attributes: paint.attributes.union(ground.attributes).union(style.adds))
    if paint.background != nil, !keepsBlock {
      // The role's colour was chosen against its own ground and may not be legible on this one.
      ink.foreground = ground.foreground ?? self[.text].foreground
    }
    return ink
  }

  /// The ink as a terminal of that depth can show it: where few colours bring text and ground too close
  /// to be read, the text turns white or black.
  package func ink(_ style: Style, at depth: ColorDepth) -> Ink {
    var ink = ink(style)
    guard depth == .eight || depth == .sixteen,
      let fore = ink.foreground?.shown(at: depth), let back = ink.background?.shown(at: depth),
      fore.contrast(against: back) < 3
    else { return ink }
    let (black, white) = (Color(ansi: 0), Color(ansi: 15))
    let isLight = back.contrast(against: black) > back.contrast(against: white.shown(at: depth))
    ink.foreground = isLight ? black : white
    return ink
  }

  /// The theme to draw with at a depth: without colour, everything must be told by renditions.
  package func at(_ depth: ColorDepth) -> Theme {
    depth == .none && usesColor ? .monochrome : self
  }

  private var usesColor: Bool {
    (roles + grounds).contains { $0.foreground != nil || $0.background != nil }
  }
}
