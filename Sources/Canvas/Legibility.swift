/// How well a theme can be read by tired eyes, and by eyes that see fewer colours.
package struct Legibility: Sendable {
  /// Text that is too close to what it stands on.
  package struct Faint: Sendable, Hashable, CustomStringConvertible {
    package var role: Role
    package var ground: Ground
    package var depth: ColorDepth
    package var contrast: Double

    package var description: String {
      let tenths = Int((contrast * 10).rounded(.down))
      let depth = depth == .truecolor ? "" : " with \(depth.rawValue) colors"
      return "\(role.name) on \(ground.name)\(depth): a contrast of \(tenths / 10).\(tenths % 10)"
    }
  }

  private let theme: Theme

  package init(of theme: Theme) { self.theme = theme }

  /// The contrast that WCAG 2.2 asks of small text.
  package static let enough = 4.5

  /// Every text role whose contrast is below `least` on a ground, in 24 bits or 256 colours.
  ///
  /// Lines are no text. Colours left to the terminal cannot be judged, and are not.
  package func faint(below least: Double = Legibility.enough) -> [Faint] {
    var faint: [Faint] = []
    for role in Role.allCases where role != .rule {
      for ground in Ground.allCases {
        let ink = theme.ink(Style(role, on: ground))
        guard let fore = ink.foreground, let back = ink.background else { continue }
        for depth in [ColorDepth.truecolor, .indexed] {
          let contrast = fore.shown(at: depth).contrast(against: back.shown(at: depth))
          guard contrast < least else { continue }
          faint.append(Faint(role: role, ground: ground, depth: depth, contrast: contrast))
        }
      }
    }
    return faint
  }

  /// The health states, worst first.
  package static let states: [Role] = [
    .unreachable, .unhealthy, .notReady, .degraded, .stale, .draining, .warming, .unknown,
    .healthy,
  ]

  /// Pairs of health states that only hue tells apart: the same renditions and, to an eye without
  /// colours, the same lightness of ink and ground.
  package func alike(at depth: ColorDepth = .truecolor) -> [(Role, Role)] {
    var pairs: [(Role, Role)] = []
    for (i, a) in Legibility.states.enumerated() {
      for b in Legibility.states[(i + 1)...] where !differ(a, b, at: depth) { pairs.append((a, b)) }
    }
    return pairs
  }

  /// A step of lightness that is seen side by side.
  private static let step = 1.2

  private func differ(_ a: Role, _ b: Role, at depth: ColorDepth) -> Bool {
    let (a, b) = (theme.ink(Style(a)), theme.ink(Style(b)))
    if a.attributes != b.attributes { return true }
    func differ(_ a: Color?, _ b: Color?) -> Bool {
      guard let a, let b else { return (a == nil) != (b == nil) }
      return a.shown(at: depth).contrast(against: b.shown(at: depth)) >= Legibility.step
    }
    return differ(a.foreground, b.foreground) || differ(a.background, b.background)
  }
}
