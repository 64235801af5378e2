public import Canonical

/// The latest of a gauge signal, or the block of a counter one.
struct SignalCell: Sendable, Hashable {
  /// Its name in `RuntimeSignals`.
  var name: String
  var value: Double = 0
  /// When `value` was scraped.
  var at: Double?
  var block: Int?
  /// Position in the table of this program; looked up by name after decoding.
  var rule: Int
  /// Of several series the largest counts, not their sum.
  var takesWorst = false
  /// A value came in the scrape being read.
  var isFresh = false
  /// Where the fleet file defines it.
  var own: SignalRule?

  var meaning: RuntimeSignal { own.map { RuntimeSignal($0) } ?? RuntimeSignals.signals[rule] }

  /// What it is read for beside itself.
  enum Part { case cores, coreLimit, workers }

  /// Told by its place in the table; only those of a fleet file are asked by name.
  var part: Part? {
    if own == nil { return Self.parts.indices.contains(rule) ? Self.parts[rule] : nil }
    return Self.part(named: name)
  }

  private static let parts = RuntimeSignals.signals.map { part(named: $0.name) }

  private static func part(named name: String) -> Part? {
    switch name {
    case "cpu_cores": .cores
    case "go_maxprocs", "cpu_limit_cores": .coreLimit
    case "tokio_workers": .workers
    default: nil
    }
  }
}

/// Where a signal is read in turn.
struct SignalPlace: Sendable, Hashable {
  /// Position among the cells.
  var cell: Int
  /// Another may go by its name.
  var hasNamesake: Bool
}

extension InstanceMeter {
  /// Called when a cell came: reading them every few seconds sorts and compares nothing.
  mutating func orderSignals() {
    let cells = signalCells
    signalOrder = cells.indices.sorted { cells[$0].rule < cells[$1].rule }.map { index in
      let name = cells[index].name
      // Panics are renamed when they are read.
      let hasNamesake =
        name.hasSuffix(RuntimeSignals.panics) || cells.count { $0.name == name } > 1
      return SignalPlace(cell: index, hasNamesake: hasNamesake)
    }
    hasWorkers = cells.contains { $0.part == .workers }
    coreCells = cells.indices.filter { cells[$0].part == .cores }
    coreLimitCells = cells.indices.filter { cells[$0].part == .coreLimit }
  }
}

extension SignalCell: FieldCoded {
  static var blank: Self { Self(name: "", rule: 0) }

  mutating func pass(_ fields: Fields) throws {
    try fields.pass(&name, &value, &at, &block)
    try fields.pass(&rule, &takesWorst, &isFresh)
    try fields.pass(&own)
  }
}
