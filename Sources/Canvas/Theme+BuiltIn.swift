extension Theme {
  /// The built-in theme for dark rooms, also in `themes/dark.yaml`: quiet blue-grey, and warm light spent only on what is wrong.
  ///
  /// Severities differ in lightness and weight as well as in hue, and their marks in shape.
  package static let dark: Theme = {
    let night = Color(0x10151c, index16: 0, index256: 233)
    let white = Color(0xf4f7fa, index16: 15, index256: 255)
    let text = Color(0xd3dae3, index16: 7, index256: 253)
    let quiet = Color(0x98a4b3, index16: 7, index256: 247)
    let faint = Color(0x93a0b0, index16: 7, index256: 248)
    let line = Color(0x3d4a5a, index16: 8, index256: 239)
    let green = Color(0x5fae80, index16: 2, index256: 72)
    let cyan = Color(0x9deaf6, index16: 14, index256: 159)
    let blue = Color(0x8cbaff, index16: 12, index256: 111)
    let yellow = Color(0xf2d06b, index16: 11, index256: 221)
    let orange = Color(0xffb86e, index16: 3, index256: 215)
    let red = Color(0xff8078, index16: 9, index256: 210)
    let pink = Color(0xff9ad5, index16: 13, index256: 218)
    let violet = Color(0xbfa6ff, index16: 13, index256: 147)
    let black = Color(0x0b0f14, index16: 0, index256: 233)
    return Theme(
      name: "dark", base: Paint(text),
      roles: [
        .dim: Paint(quiet), .strong: Paint(white, .bold), .title: Paint(white, .bold),
        .rule: Paint(line), .header: Paint(faint), .key: Paint(blue, .bold),
        .keyUnavailable: Paint(faint), .reason: Paint(text), .link: Paint(blue, .underline),
        .searchMatch: Paint(black, on: yellow),
        .healthy: Paint(green), .warming: Paint(cyan, .italic), .degraded: Paint(yellow),
        .draining: Paint(blue, .italic), .notReady: Paint(orange, .bold),
        .unhealthy: Paint(red, .bold),
        .unreachable: Paint(pink, [.bold, .underline]), .stale: Paint(quiet, .italic),
        .unknown: Paint(violet),
        .critical: Paint(white, .bold), .important: Paint(text), .optional: Paint(quiet),
        .good: Paint(green), .warning: Paint(yellow), .bad: Paint(red, .bold),
        .fallbackStrip: Paint(black, on: yellow),
        .pastStrip: Paint(black, on: violet, .bold),
        .error: Paint(red, .bold), .info: Paint(cyan),
        .environmentDanger: Paint(white, on: Color(0xa3202a, index16: 1, index256: 124), .bold),
        .environmentCaution: Paint(black, on: orange, .bold),
        .environmentSafe: Paint(black, on: green),
        .sparkline: Paint(Color(0x88a8d0, index16: 6, index256: 110)), .axis: Paint(faint),
        .threshold: Paint(orange), .mark: Paint(violet),
        .series1: Paint(Color(0x6cabec, index16: 12, index256: 75)), .series2: Paint(yellow),
        .series3: Paint(red), .series4: Paint(green), .series5: Paint(violet),
        .cursor: Paint(black, on: white), .input: Paint(white),
        .button: Paint(text), .buttonChosen: Paint(black, on: blue, .bold),
      ],
      grounds: [
        .plain: Paint(text, on: night),
        .selection: Paint(white, on: Color(0x1f2f45, index16: 4, index256: 236)),
        .bar: Paint(text, on: Color(0x18202a, index16: 0, index256: 234)),
        .dialog: Paint(text, on: Color(0x1b2430, index16: 0, index256: 235)),
      ])
  }()

  /// No colour at all, also in `themes/monochrome.yaml`: weight, underline and reverse, beside the shapes and words that every theme has.
  package static let monochrome = Theme(
    name: "monochrome", base: Paint(),
    roles: [
      .dim: Paint(nil, .dim), .strong: Paint(nil, .bold), .title: Paint(nil, .bold),
      .rule: Paint(nil, .dim), .header: Paint(nil, .underline), .key: Paint(nil, .bold),
      .keyUnavailable: Paint(nil, .dim), .link: Paint(nil, .underline),
      .searchMatch: Paint(nil, .reverse),
      .healthy: Paint(nil, .dim), .warming: Paint(nil, .italic),
      .degraded: Paint(nil, .underline), .draining: Paint(nil, [.dim, .italic]),
      .notReady: Paint(nil, .bold),
      .unhealthy: Paint(nil, [.bold, .underline]), .unreachable: Paint(nil, [.bold, .reverse]),
      .stale: Paint(nil, [.dim, .underline]),
      .critical: Paint(nil, .bold), .optional: Paint(nil, .dim),
      .warning: Paint(nil, .underline), .bad: Paint(nil, .bold),
      .fallbackStrip: Paint(nil, .reverse), .pastStrip: Paint(nil, [.reverse, .bold]),
      .error: Paint(nil, .bold),
      .environmentDanger: Paint(nil, [.reverse, .bold]),
      .environmentCaution: Paint(nil, .reverse), .environmentSafe: Paint(nil, .underline),
      .axis: Paint(nil, .dim), .threshold: Paint(nil, .bold), .mark: Paint(nil, .bold),
      .cursor: Paint(nil, .reverse), .buttonChosen: Paint(nil, [.reverse, .bold]),
    ],
    grounds: [.plain: Paint(), .selection: Paint(nil, .reverse)])

  package static let builtIn: [Theme] = [.dark, .monochrome]
}
