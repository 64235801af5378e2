/// The names of the built-in runtime signals, as conditions use them.
public enum SignalNames {
  public static let builtIn: [String] = {
    var names: [String] = []
    for name in RuntimeSignals.signals.map(\.name) + ["go_panics", "rust_panics"]
    where !names.contains(name) {
      names.append(name)
    }
    return names
  }()
}
