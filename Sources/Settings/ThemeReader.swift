import Canvas
import YAMLText
import Yams

/// Turns the values of one file into a theme.
///
/// A style is a line of words: an ink, `on` a ground, and renditions: `black on yellow bold`. What it
/// leaves out is the ink of `text`, the ground it is drawn on, and no rendition.
struct ThemeReader {
  private let file: YAMLSection
  private let log: ProblemLog
  private let colors: [String: Color]

  private static let renditions: [(word: String, attribute: Attributes)] = [
    ("bold", .bold), ("dim", .dim), ("italic", .italic), ("underline", .underline),
    ("reverse", .reverse),
  ]
  /// The word for what the terminal itself would take.
  private static let terminalsOwn = "default"
  private static let reserved = renditions.map(\.word) + ["on", terminalsOwn]

  init(_ file: YAMLSection, log: ProblemLog) {
    self.file = file
    self.log = log
    colors = ThemeReader.colors(file)
  }

  /// What could be read; what could not is in the log.
  func theme(named name: String, base: (String) -> Theme?) -> Theme {
    let below = file["based_on"].flatMap { self.base($0, base) }
    let roles = styles("roles", Role.allCases.map(\.name))
    let text = roles["text"].map { style($0, text: nil) } ?? below?[.text] ?? Paint()
    var painted: [Role: Paint] = roles["text"] == nil && below == nil ? [:] : [.text: text]
    for role in Role.allCases where role != .text {
      painted[role] = roles[role.name].map { style($0, text: text.foreground) } ?? below?[role]
    }
    var grounds: [Ground: Paint] = [:]
    let written = styles("grounds", Ground.allCases.map(\.name))
    for ground in Ground.allCases {
      grounds[ground] =
        written[ground.name].map { style($0, text: text.foreground) } ?? below?[ground]
    }
    if file["based_on"] == nil, log.problems.isEmpty { checkWholeness(painted, grounds) }
    return Theme(name: name, base: text, roles: painted, grounds: grounds)
  }

  private func base(_ value: YAMLValue, _ find: (String) -> Theme?) -> Theme? {
    guard let name = value.text("a theme's name") else { return nil }
    if let found = find(name) { return found }
    log.error("no theme '\(name)' can be read to base this one on", at: value.mark)
    return nil
  }

  /// A theme that leaves much out is a mistake; one that an older Damcon wrote is not.
  private func checkWholeness(_ roles: [Role: Paint], _ grounds: [Ground: Paint]) {
    guard file["roles"] != nil else {
      log.error(
        "'roles' is missing: a theme says how each role looks, or names a theme in based_on",
        at: file.mark)
      return
    }
    if grounds[.plain] == nil {
      log.error(
        "grounds: 'plain' is missing: the screen needs a ground, if only 'default'",
        at: file.mark(of: "grounds") ?? file.mark)
    }
    let missing = Role.allCases.filter { roles[$0] == nil }.map(\.name)
    guard !missing.isEmpty else { return }
    log.warn(
      "roles: \(NearestWord.listed(missing).replacing(" or ", with: " and ")) "
        + "look like text; state them, or name a theme in based_on", at: file.mark(of: "roles"))
  }

  private func styles(_ key: String, _ names: [String]) -> [String: YAMLValue] {
    guard let section = file[key]?.section(key, keys: names) else { return [:] }
    return Dictionary(section.members.map { ($0.key, $0.value) }) { first, _ in first }
  }

  // MARK: Colours

  private static func colors(_ file: YAMLSection) -> [String: Color] {
    guard let section = file["colors"]?.section(keys: nil) else { return [:] }
    var colors: [String: Color] = [:]
    for (name, mark, value) in section.members {
      if reserved.contains(name) || name.hasPrefix("#") || name.contains(" ") {
        value.log.error("'\(name.prefix(60))' cannot be the name of a color", at: mark)
      } else if let color = color(value) {
        colors[name] = color
      }
    }
    return colors
  }

  /// `"#10151c"`, or that with what stands in for it where a terminal has fewer colours.
  private static func color(_ value: YAMLValue) -> Color? {
    if value.scalar != nil { return rgb(value).map { Color(nearest: $0) } }
    guard let section = value.section(keys: ThemeFile.colorKeys) else { return nil }
    guard let text = section["rgb"] else {
      value.log.error("\(value.name): 'rgb' is missing", at: section.mark)
      return nil
    }
    guard let rgb = rgb(text) else { return nil }
    var color = Color(nearest: rgb)
    if let ansi = section["ansi"] {
      guard let word = ansi.word("ANSI color", ANSIColor.self) else { return nil }
      color.index16 = word.index
    }
    if let indexed = section["indexed"] {
      guard let index = indexed.integer(16...255) else { return nil }
      color.index256 = UInt8(index)
    }
    return color
  }

  private static func rgb(_ value: YAMLValue) -> UInt32? {
    guard let text = value.scalar, let rgb = Color.rgb(text) else {
      value.expected("a color such as \"#10151c\", in quotes")
      return nil
    }
    return rgb
  }

  // MARK: Styles

  private func style(_ value: YAMLValue, text: Color?) -> Paint {
    var paint = Paint(text)
    guard let line = value.text("a style such as 'black on yellow bold'") else { return paint }
    var hasInk = false
    var hasGround = false
    var isAfterOn = false
    var offset = 0
    for part in line.split(separator: " ", omittingEmptySubsequences: false) {
      let place = column(value, offset)
      offset += part.unicodeScalars.count + 1
      guard !part.isEmpty else { continue }
      let word = String(part)
      if isAfterOn {
        paint.background = color(word, place, value)
        (isAfterOn, hasGround) = (false, true)
      } else if let rendition = ThemeReader.renditions.first(where: { $0.word == word }) {
        paint.attributes.insert(rendition.attribute)
      } else if word == "on", !hasGround {
        isAfterOn = true
      } else if hasInk || word == "on" {
        log.error(
          "\(value.name): '\(word.prefix(60))' is one \(word == "on" ? "ground" : "ink") too many",
          at: value.mark, offset: place)
        return paint
      } else {
        paint.foreground = color(word, place, value)
        hasInk = true
      }
    }
    if isAfterOn {
      log.error("\(value.name): a color is missing after 'on'", at: value.mark)
    }
    return paint
  }

  private func color(_ word: String, _ offset: Int, _ value: YAMLValue) -> Color? {
    if word == ThemeReader.terminalsOwn { return nil }
    if let color = colors[word] { return color }
    if word.hasPrefix("#"), let rgb = Color.rgb(word) { return Color(nearest: rgb) }
    let known = colors.keys.sorted() + ThemeReader.renditions.map(\.word)
    let near = NearestWord.to(word, among: known).map { "; did you mean '\($0)'?" }
    log.error(
      "\(value.name): '\(word.prefix(60))' is neither a color of this theme nor a rendition"
        + (near ?? "; colors are named under colors:"), at: value.mark, offset: offset)
    return nil
  }

  /// Where a word of the line stands, where the line stands as it was written.
  private func column(_ value: YAMLValue, _ offset: Int) -> Int {
    guard case .scalar(let scalar) = value.node else { return 0 }
    return offset + (scalar.style == .singleQuoted || scalar.style == .doubleQuoted ? 1 : 0)
  }
}

/// The names of the 16 colours that every terminal has its own idea of.
enum ANSIColor: String, CaseIterable {
  case black, red, green, yellow, blue, magenta, cyan, white
  case brightBlack = "bright-black"
  case brightRed = "bright-red"
  case brightGreen = "bright-green"
  case brightYellow = "bright-yellow"
  case brightBlue = "bright-blue"
  case brightMagenta = "bright-magenta"
  case brightCyan = "bright-cyan"
  case brightWhite = "bright-white"

  var index: UInt8 { UInt8(ANSIColor.allCases.firstIndex(of: self) ?? 0) }
}

extension Color {
  /// 0xRRGGBB of `#rrggbb`; nil where it is no such text.
  static func rgb(_ text: String) -> UInt32? {
    guard text.hasPrefix("#"), text.utf8.count == 7, text.dropFirst().allSatisfy(\.isHexDigit)
    else {
      return nil
    }
    return UInt32(text.dropFirst(), radix: 16)
  }

  /// With the nearest of the 256 and of the 16 colours to stand in for it.
  init(nearest rgb: UInt32) {
    self.init(rgb, index16: 0)
    func distance(_ other: Color) -> Int {
      [(red, other.red), (green, other.green), (blue, other.blue)].reduce(0) {
        $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1))
      }
    }
    index16 = (0...15).min { distance(Color(ansi: $0)) < distance(Color(ansi: $1)) } ?? 7
  }
}
