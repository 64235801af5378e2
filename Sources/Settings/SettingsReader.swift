import Canvas
import Console
import YAMLText
import Yams

/// Turns the values of one file into settings; what is wrong goes to the section's log.
struct SettingsReader {
  private let section: YAMLSection
  private let path: String
  private let home: String?

  init(_ section: YAMLSection, path: String, home: String?) {
    self.section = section
    self.path = path
    self.home = home
  }

  func file() -> SettingsFile {
    var file = SettingsFile()
    file.theme = read(.theme) { $0.text("a theme's name or its file").map(theme) }
    file.color = read(.color) { $0.word("color depth", ColorDepth.self) }
    file.glyphs = read(.glyphs) { $0.word("glyph set", GlyphChoice.self) }
    file.mouse = read(.mouse, truth)
    file.bell = read(.bell, truth)
    file.link = read(.link, link)
    file.linear = read(.linear, truth)
    file.columns = read(.columns, columns)
    file.keys = read(.keys) { $0.section(keys: nil).map { KeysReader($0).map() } }
    return file
  }

  private func read<Value: Sendable & Hashable>(
    _ key: SettingKey, _ value: (YAMLValue) -> Value?
  ) -> Setting<Value>? {
    guard let written = section[key.rawValue], let value = value(written) else { return nil }
    let (line, column) = (written.mark?.line ?? 1, written.mark?.column ?? 1)
    return Setting(value, from: .file(path, line: line, column: column))
  }

  /// A path is relative to the settings file, wherever Damcon is started.
  private func theme(_ text: String) -> String {
    guard ThemeLibrary.isPath(text), !text.hasPrefix("/") else { return text }
    if text.hasPrefix("~/"), let home { return home + text.dropFirst() }
    guard let slash = path.lastIndex(of: "/") else { return text }
    return path[...slash] + text
  }

  private func truth(_ value: YAMLValue) -> Bool? {
    guard let truth = value.scalar.flatMap(Truth.read) else {
      value.expected("yes or no")
      return nil
    }
    return truth
  }

  private func link(_ value: YAMLValue) -> Int? {
    if value.scalar == "none" { return 0 }
    guard let text = value.scalar, let bits = Int(text.filter { $0 != "_" }),
      bits == 0 || Settings.links.contains(bits)
    else {
      value.expected("bits a second such as 9600, or none")
      return nil
    }
    return bits
  }

  private func columns(_ value: YAMLValue) -> [FleetColumn]? {
    var columns: [FleetColumn] = []
    let items = value.list("a list of columns such as [service, rate, errors]", orOne: true)
    for item in items {
      guard let column = item.word("column", FleetColumn.self) else { return nil }
      guard !columns.contains(column) else {
        item.log.error(
          "\(item.name): the column '\(column.rawValue)' is named twice", at: item.mark)
        return nil
      }
      columns.append(column)
    }
    return columns.isEmpty ? nil : columns
  }
}

/// Reads which keys commands are to have, and finds those that would have two meanings.
struct KeysReader {
  private let section: YAMLSection

  init(_ section: YAMLSection) { self.section = section }

  /// The standard table with the keys of the section; all of them or, where any is wrong, none.
  func map() -> KeyMap {
    var changes: [KeyMap.Rebinding] = []
    let before = section.log.problems.count
    for (name, mark, value) in section.members {
      guard let command = Command(rawValue: name) else {
        let known = Command.allCases.map(\.rawValue)
        section.log.error(
          "unknown command '\(name.prefix(60))' in keys\(NearestWord.advice(name, among: known))",
          at: mark)
        continue
      }
      guard let keys = keys(value) else { continue }
      changes.append(KeyMap.Rebinding(command, keys))
    }
    guard section.log.problems.count == before else { return .standard }
    let map = KeyMap.standard.rebound(changes)
    tellClashes(of: map, changes)
    return section.log.problems.count == before ? map : .standard
  }

  private func keys(_ value: YAMLValue) -> [Key]? {
    if value.scalar == "none" { return [] }
    var keys: [Key] = []
    for item in value.list("a key such as p, a list of keys, or none", orOne: true) {
      guard let text = item.scalar, !text.isEmpty else {
        item.expected("a key such as p or Ctrl-F")
        return nil
      }
      do throws(KeyName.Problem) {
        let key = try KeyName.read(text)
        if !keys.contains(key) { keys.append(key) }
      } catch {
        item.log.error("\(item.name): \(error.sentence)", at: item.mark)
        return nil
      }
    }
    return keys.isEmpty ? nil : keys
  }

  /// Tells each clash once, where the file brought it about.
  private func tellClashes(of map: KeyMap, _ changes: [KeyMap.Rebinding]) {
    var told: Set<[String]> = []
    for clash in map.clashes {
      let written = changes.last { clash.commands.contains($0.command) }?.command
      guard let blamed = written, let other = clash.commands.first(where: { $0 != blamed }) else {
        continue
      }
      let key = clash.key.name(ascii: true)
      guard told.insert([key, blamed.rawValue, other.rawValue]).inserted else { continue }
      let value = section[blamed.rawValue]
      section.log.error(
        "keys.\(blamed.rawValue): '\(key)' is already \(other.rawValue) in \(clash.place.words); "
          + "give \(other.rawValue) another key, or none",
        at: value.map { mark(of: clash.key, in: $0) } ?? section.mark)
    }
  }

  /// Where a key is written: its own place in a list.
  private func mark(of key: Key, in value: YAMLValue) -> Mark? {
    guard case .sequence(let items) = value.node else { return value.mark }
    for case .scalar(let item) in items where (try? KeyName.read(item.string)) == key {
      return item.mark
    }
    return value.mark
  }
}
