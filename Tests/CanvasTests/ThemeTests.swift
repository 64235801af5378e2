import Canvas
import Testing

@Suite struct ThemeTests {
  @Test(
    "Every text role has a contrast of 4.5 on every ground, as 24-bit and as 256 colours",
    arguments: Theme.builtIn)
  func contrast(_ theme: Theme) {
    #expect(Legibility(of: theme).faint() == [])
  }

  @Test("What is faint is found, and said with its place")
  func faint() {
    var theme = Theme.dark
    theme[.header].foreground = Color(0x4a5564, index16: 8)
    let faint = Legibility(of: theme).faint()
    #expect(faint.map(\.role).allSatisfy { $0 == .header })
    #expect(Set(faint.map(\.ground)) == Set(Ground.allCases))
    #expect(faint.first?.description == "header on plain: a contrast of 2.4")
    #expect(faint.contains { $0.description.contains(" with 256 colors: ") })
  }

  @Test("With 16 and 8 colours text stays apart from its ground", arguments: Theme.builtIn)
  func sixteen(_ theme: Theme) {
    for role in Role.allCases {
      for ground in Ground.allCases {
        for depth in [ColorDepth.sixteen, .eight] {
          let ink = theme.ink(Style(role, on: ground), at: depth)
          guard let fore = ink.foreground, let back = ink.background else { continue }
          let contrast = fore.shown(at: depth).contrast(against: back.shown(at: depth))
          #expect(
            contrast >= 3, "\(theme.name) \(role.name) on \(ground.name), \(depth.rawValue) colours"
          )
        }
      }
    }
  }

  @Test("Health states differ in more than hue", arguments: Theme.builtIn)
  func severities(_ theme: Theme) {
    for depth in [ColorDepth.truecolor, .indexed] {
      let alike = Legibility(of: theme).alike(at: depth).map { "\($0) and \($1)" }
      #expect(alike == [], "\(theme.name), \(depth.rawValue)")
    }
  }

  @Test("Two states that only hue tells apart are found")
  func alike() {
    var theme = Theme.dark
    theme[.degraded] = theme[.healthy]
    theme[.degraded].foreground = Color(0xb09060, index16: 3)
    let alike = Legibility(of: theme).alike()
    #expect(alike.map(\.0) == [.degraded] && alike.map(\.1) == [.healthy])
  }

  @Test("A block stays one where it is selected; what only repeats the screen's ground yields")
  func blocks() {
    var theme = Theme.dark
    let strip = Style(.fallbackStrip, on: .selection)
    #expect(theme.ink(strip).background == theme[.fallbackStrip].background)
    theme[.mark] = Paint(theme[.mark].foreground, on: theme[.plain].background)
    let mark = theme.ink(Style(.mark, on: .selection))
    #expect(mark.background == theme[.selection].background)
    #expect(mark.foreground == theme[.selection].foreground)
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
