/// Where the value of a setting came from.
package enum Origin: Sendable, Hashable {
  /// As it is written: `--theme`.
  case flag(String)
  case environment(String)
  case file(String, line: Int, column: Int)
  case standard

  /// `from DAMCON_THEME`, `from ~/.config/damcon/config.yaml:3`, `default`.
  package func words(_ folders: UserFolders) -> String {
    switch self {
    case .flag(let flag): "from \(flag)"
    case .environment(let name): "from \(name)"
    case .file(let path, let line, _): "from \(folders.short(path)):\(line)"
    case .standard: "default"
    }
  }
}

/// A value that remembers where it came from.
package struct Setting<Value: Sendable & Hashable>: Sendable, Hashable {
  package var value: Value
  package var origin: Origin

  package init(_ value: Value, from origin: Origin) {
    self.value = value
    self.origin = origin
  }
}
