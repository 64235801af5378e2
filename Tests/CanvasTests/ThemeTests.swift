import Canvas
import Testing

@Suite struct ThemeTests {
  /// Lines and fills; everything else is read.
  private static let shapes: Set<Role> = [.rule]
  private static let states: [Role] = [
    .healthy, .warming, .degraded, .draining, .notReady, .unhealthy, .unreachable, .stale, .unknown,
  ]

  @Test(
    "Every text role has a contrast of 4.5 on every ground, as 24-bit and as 256 colours",
    arguments: Theme.builtIn)
  func contrast(_ theme: Theme) {
    func indexed(_ color: Color) -> Color {
      let (r, g, b) = Color.components256(Int(color.index256))
      return Color(UInt32(r) << 16 | UInt32(g) << 8 | UInt32(b), index16: 0)
    }
    for role in Role.allCases where !Self.shapes.contains(role) {
      for ground in Ground.allCases {
        let ink = theme.ink(Style(role, on: ground))
        guard let fore = ink.foreground, let back = ink.background else { continue }
        let contrast = fore.contrast(against: back)
        #expect(contrast >= 4.5, "\(theme.name) \(role.name) on \(ground.name): \(contrast)")
        let fewer = indexed(fore).contrast(against: indexed(back))
        #expect(fewer >= 4.5, "\(theme.name) \(role.name) on \(ground.name), 256 colours: \(fewer)")
      }
    }
  }

  @Test("With 16 colours no text has the colour of its ground", arguments: Theme.builtIn)
  func sixteen(_ theme: Theme) {
    for role in Role.allCases {
      for ground in Ground.allCases {
        for depth in [ColorDepth.sixteen, .eight] {
          let ink = theme.ink(Style(role, on: ground), at: depth)
          guard let fore = ink.foreground, let back = ink.background else { continue }
          let isApart = depth == .eight ? fore.index8 != back.index8 : fore.index16 != back.index16
          #expect(
            isApart, "\(theme.name) \(role.name) on \(ground.name), \(depth.rawValue) colours")
        }
      }
    }
  }

  @Test("Severities differ in more than hue: in lightness or rendition")
  func severities() {
    let ranked: [Role] = [.healthy, .degraded, .notReady, .unhealthy, .unreachable]
    for (i, a) in ranked.enumerated() {
      for b in ranked[(i + 1)...] {
        let (x, y) = (Theme.dark[a], Theme.dark[b])
        let lightness = abs(
          (x.foreground?.luminance ?? 0) - (y.foreground?.luminance ?? 0))
        #expect(x.attributes != y.attributes || lightness > 0.1, "\(a) and \(b)")
      }
    }
    let plain = Set(ranked.map { Theme.monochrome[$0].attributes.rawValue })
    #expect(plain.count == ranked.count)
  }

  @Test("A theme with colours states a background for everything")
  func backgrounds() {
    for role in Role.allCases {
      for ground in Ground.allCases {
        #expect(Theme.dark.ink(Style(role, on: ground)).background != nil)
      }
    }
  }

  @Test("Without colour the selection, strips and states are still told apart")
  func monochrome() {
    let theme = Theme.dark.at(.none)
    #expect(theme == .monochrome)
    #expect(theme.ink(Style(.text, on: .selection)).attributes.contains(.reverse))
    #expect(theme.ink(Style(.fallbackStrip)).attributes.contains(.reverse))
  }

  @Test("Role names are those of a theme file, and lead back")
  func names() {
    #expect(Role.notReady.name == "not-ready")
    #expect(Role.series1.name == "series-1")
    #expect(Role.fallbackStrip.name == "fallback-strip")
    for role in Role.allCases { #expect(Role(name: role.name) == role) }
    #expect(Role(name: "nonsense") == nil)
  }
}
