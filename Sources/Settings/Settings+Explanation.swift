import Canvas
import Console

extension Settings {
  /// Each setting, its value and where it came from, a line each: `theme = light   from DAMCON_THEME`.
  package func explanation(_ folders: UserFolders) -> String {
    let rows: [(SettingKey, String, Origin)] = [
      (.theme, theme.value, theme.origin),
      (.color, color.value?.rawValue ?? "as the terminal says", color.origin),
      (.glyphs, glyphs.value?.rawValue ?? "as the locale says", glyphs.origin),
      (.mouse, words(mouse.value), mouse.origin),
      (.bell, words(bell.value), bell.origin),
      (.link, link.value.map { "\($0) bits/s" } ?? "none", link.origin),
      (.linear, words(linear.value), linear.origin),
      (
        .columns, columns.value?.map(\.rawValue).joined(separator: ", ") ?? "standard",
        columns.origin
      ),
      (.keys, changedKeys, keys.origin),
    ]
    let names = rows.map(\.0.rawValue.count).max() ?? 0
    let values = min(28, rows.map(\.1.count).max() ?? 0)
    return rows.map { key, value, origin in
      let name = padded(key.rawValue, to: names)
      let value = DisplayText.sanitised(value)
      return "\(name) = \(padded(value, to: values))   \(origin.words(folders))\n"
    }.joined()
  }

  private func words(_ truth: Bool) -> String { truth ? "yes" : "no" }

  private var changedKeys: String {
    let changed = zip(keys.value.bindings, KeyMap.standard.bindings).filter { $0 != $1 }
    guard !changed.isEmpty else { return "standard" }
    return changed.map { "\($0.0.command.rawValue): \($0.0.keyNames(ascii: true))" }
      .joined(separator: "; ")
  }

  private func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
