import Canvas
import Foundation
import Settings
import Testing

@Suite("The shipped themes")
struct ShippedThemeTests {
  private func theme(_ name: String) throws -> Theme {
    try ThemeFile.load(path: Shipped.themeFile(name)).theme
  }

  @Test("Every role is stated, and what the theme is for", arguments: Shipped.themes)
  func whole(_ name: String) throws {
    let reading = try ThemeFile.load(path: Shipped.themeFile(name))
    #expect(reading.warnings == [])
    #expect(reading.about?.isEmpty == false)
  }

  @Test(
    "Text has a contrast of 4.5 on every ground it can be drawn on, 24-bit and with 256 colors",
    arguments: Shipped.themes)
  func contrast(_ name: String) throws {
    #expect(Legibility(of: try theme(name)).faint().map(\.description) == [])
  }

  @Test("High contrast is 7 and more")
  func highContrast() throws {
    #expect(Legibility(of: try theme("high-contrast")).faint(below: 7).map(\.description) == [])
  }

  @Test("Health states differ in more than hue", arguments: Shipped.themes)
  func severities(_ name: String) throws {
    for depth in [ColorDepth.truecolor, .indexed] {
      let alike = Legibility(of: try theme(name)).alike(at: depth)
      #expect(alike.map { "\($0.name) and \($1.name)" } == [], "\(depth.rawValue)")
    }
  }

  @Test("A theme with colors states a ground for every cell", arguments: Shipped.themes)
  func grounds(_ name: String) throws {
    let theme = try theme(name)
    guard name != "monochrome" else { return #expect(theme == .monochrome) }
    for role in Role.allCases {
      for ground in Ground.allCases {
        #expect(theme.ink(Style(role, on: ground)).background != nil, "\(role.name)")
      }
    }
  }

  @Test("With 16 and 8 colors text stays apart from its ground", arguments: Shipped.themes)
  func fewColors(_ name: String) throws {
    let theme = try theme(name)
    for depth in [ColorDepth.sixteen, .eight] {
      for role in Role.allCases where role != .rule {
        for ground in Ground.allCases {
          let ink = theme.ink(Style(role, on: ground), at: depth)
          guard let fore = ink.foreground, let back = ink.background else { continue }
          let contrast = fore.shown(at: depth).contrast(against: back.shown(at: depth))
          #expect(contrast >= 3, "\(role.name) on \(ground.name), \(depth.rawValue) colors")
        }
      }
    }
  }

  @Test(
    "With 16 and 8 colors the selection is seen, and the worst states are no healthy ones",
    arguments: Shipped.themes)
  func fewColorsTell(_ name: String) throws {
    let theme = try theme(name)
    for depth in [ColorDepth.sixteen, .eight] {
      func look(_ style: Style) -> Ink {
        var ink = theme.ink(style, at: depth)
        ink.foreground = ink.foreground?.shown(at: depth)
        ink.background = ink.background?.shown(at: depth)
        return ink
      }
      let plain = look(Style(.text))
      let selected = look(Style(.text, on: .selection))
      #expect(
        plain.background != selected.background || plain.attributes != selected.attributes,
        "\(depth.rawValue) colors")
      for role in [Role.degraded, .notReady, .unhealthy, .unreachable] {
        #expect(
          look(Style(role)) != look(Style(.healthy)), "\(role.name), \(depth.rawValue) colors")
      }
    }
  }

  @Test("Without colors every theme is the monochrome one", arguments: Shipped.themes)
  func noColors(_ name: String) throws {
    #expect(try theme(name).at(.none) == .monochrome)
  }

  @Test(
    "Eyes that lack a kind of cone tell the severities of their theme apart",
    arguments: [
      ("colorblind-red-green", Cones.withoutRed), ("colorblind-red-green", .withoutGreen),
      ("colorblind-blue-yellow", .withoutBlue),
    ])
  func colorBlind(_ name: String, _ eyes: Cones) throws {
    let theme = try theme(name)
    let states = [Role.unreachable, .unhealthy, .notReady, .degraded, .healthy]
    for (i, a) in states.enumerated() {
      for b in states[(i + 1)...] {
        let (a, b) = (theme.ink(Style(a)), theme.ink(Style(b)))
        let inks = eyes.difference(try #require(a.foreground), try #require(b.foreground))
        let grounds = eyes.difference(try #require(a.background), try #require(b.background))
        #expect(max(inks, grounds) >= 20, "\(a) and \(b)")
      }
    }
  }

  @Test("Those eyes do not tell plain red from plain green")
  func simulation() {
    let red = Color(0xc04040, index16: 1)
    let green = Color(0x707020, index16: 2)
    #expect(Cones.all.difference(red, green) > 40)
    #expect(Cones.withoutGreen.difference(red, green) < 20)
  }
}

/// What an eye makes of a color: after Machado, Oliveira and Fernandes (2009), severity 1.
enum Cones: Sendable {
  case all, withoutRed, withoutGreen, withoutBlue

  private var matrix: [[Double]] {
    switch self {
    case .all: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .withoutRed:
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    case .withoutGreen:
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    case .withoutBlue:
      [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ]
    }
  }

  /// Distance in CIE L*a*b*; about 2 is just seen, 20 is seen at a glance.
  func difference(_ a: Color, _ b: Color) -> Double {
    zip(lab(a), lab(b)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }

  private func lab(_ color: Color) -> [Double] {
    let linear = [color.red, color.green, color.blue].map { channel in
      let c = Double(channel) / 255
      return c <= 0.04045 ? c / 12.92 : pow((c + 0.055) / 1.055, 2.4)
    }
    let seen = matrix.map { row in
      min(1, max(0, zip(row, linear).reduce(0) { $0 + $1.0 * $1.1 }))
    }
    func f(_ t: Double) -> Double { t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116 }
    let x = f((0.4124 * seen[0] + 0.3576 * seen[1] + 0.1805 * seen[2]) / 0.95047)
    let y = f(0.2126 * seen[0] + 0.7152 * seen[1] + 0.0722 * seen[2])
    let z = f((0.0193 * seen[0] + 0.1192 * seen[1] + 0.9505 * seen[2]) / 1.08883)
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)]
  }
}
