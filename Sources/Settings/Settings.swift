package import Canvas
package import Console
package import YAMLText

/// What a responder can choose, each value with its origin: flag over environment over file over default.
package struct Settings: Sendable, Hashable {
  /// A theme's name or the path of its file.
  package var theme: Setting<String>
  /// Nil where the terminal decides.
  package var color: Setting<ColorDepth?>
  /// Nil where the locale decides.
  package var glyphs: Setting<GlyphChoice?>
  package var mouse: Setting<Bool>
  package var bell: Setting<Bool>
  /// Bits a second of a slow link; nil for one that keeps up.
  package var link: Setting<Int?>
  package var linear: Setting<Bool>
  /// The columns of the fleet table, in order; nil for the usual ones.
  package var columns: Setting<[FleetColumn]?>
  package var keys: Setting<KeyMap>

  /// What the command line says; nil where it says nothing.
  package struct Flags: Sendable, Hashable {
    package var theme: String?
    package var color: ColorDepth?
    package var glyphs: GlyphChoice?
    package var mouse: Bool?
    package var bell: Bool?
    package var link: Int?
    package var linear: Bool?

    package init(
      theme: String? = nil, color: ColorDepth? = nil, glyphs: GlyphChoice? = nil,
      mouse: Bool? = nil, bell: Bool? = nil, link: Int? = nil, linear: Bool? = nil
    ) {
      self.theme = theme
      self.color = color
      self.glyphs = glyphs
      self.mouse = mouse
      self.bell = bell
      self.link = link
      self.linear = linear
    }
  }

  /// Weighs what was said in each place; throws all that is wrong in the environment.
  package init(
    flags: Flags = Flags(), environment: [String: String] = [:],
    file: SettingsFile = SettingsFile()
  ) throws(FileProblems) {
    let reader = EnvironmentReader(environment)
    func first<Value>(
      _ flag: Value?, _ key: SettingKey, _ others: Setting<Value>?..., standard: Value
    ) -> Setting<Value> {
      if let flag {
        let no = flag as? Bool == false ? "no-" : ""
        return Setting(flag, from: .flag("--\(no)\(key.rawValue)"))
      }
      return others.lazy.compactMap(\.self).first ?? Setting(standard, from: .standard)
    }
    theme = first(flags.theme, .theme, reader.text(.theme), file.theme, standard: "dark")
    color = first(
      flags.color.map(Optional.some), .color, reader.word(.color, ColorDepth.self)?.optional,
      reader.noColor?.optional, file.color?.optional, standard: nil)
    glyphs = first(
      flags.glyphs.map(Optional.some), .glyphs, reader.word(.glyphs, GlyphChoice.self)?.optional,
      file.glyphs?.optional, standard: nil)
    mouse = first(flags.mouse, .mouse, reader.truth(.mouse), file.mouse, standard: false)
    bell = first(flags.bell, .bell, reader.truth(.bell), file.bell, standard: false)
    link = first(
      flags.link.map(Optional.some), .link, reader.link()?.optional, file.link?.optional,
      standard: nil)
    if link.value == 0 { link.value = nil }
    linear = first(flags.linear, .linear, reader.truth(.linear), file.linear, standard: false)
    columns = file.columns?.optional ?? Setting(nil, from: .standard)
    keys = file.keys ?? Setting(.standard, from: .standard)
    guard reader.problems.isEmpty else { throw FileProblems(reader.problems) }
  }

  /// Bits a second that a link may be said to have; 0 stands for one that keeps up.
  package static let links = 300...1_000_000_000

  /// The theme that is meant; what is wrong with its name is told where the name was given.
  package func theme(from library: ThemeLibrary) throws(FileProblems) -> Theme {
    do {
      return try library.theme(theme.value).theme
    } catch {
      throw FileProblems(
        error.problems.map { problem in
          // What is wrong inside the theme's own file has its place already.
          guard problem.file == nil else { return problem }
          return switch theme.origin {
          case .flag(let name), .environment(let name):
            Problem(file: nil, "\(name): \(problem.text)")
          case .file(let path, let line, let column):
            Problem(file: path, line: line, column: column, problem.text)
          case .standard: problem
          }
        })
    }
  }
}

/// Every setting by the name it has in the file; the reader, its advice and the JSON Schema under
/// `samples/` agree on this list.
package enum SettingKey: String, Sendable, Hashable, CaseIterable {
  case theme, color, glyphs, mouse, bell, link, linear, columns, keys

  /// The variable that stands for it: `DAMCON_THEME`.
  var variable: String { "DAMCON_" + rawValue.uppercased() }
}

extension Setting {
  var optional: Setting<Value?> { Setting<Value?>(value, from: origin) }
}
