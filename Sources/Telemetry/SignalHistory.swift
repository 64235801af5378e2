public import Canonical

/// The last minutes of each runtime signal of one process, for sparklines: at most one value every
/// five seconds, sixty of each, and no more than `signalLimit` signals.
public struct SignalHistory: Sendable, Hashable {
  public static let seconds = 5.0
  public static let valueLimit = 60
  public static let signalLimit = 32

  /// Of each column.
  private var names: [String] = []
  /// Stretch of the first row.
  private var first: Int64 = 0
  /// A row of columns for each stretch since `first`: a scrape writes one row. `gap` where nothing
  /// was scraped.
  private var values: [Double] = []

  /// No finite value, and half the room of an optional one.
  private static let gap = -Double.infinity
  /// Rows that are kept and dropped together, and that may stand before the oldest that is told:
  /// dropping one at a time would move all the others each time.
  private static let together = 12

  public init() {}

  private var rows: Int { names.isEmpty ? 0 : values.count / names.count }

  /// Keeps the signals' present values; one in the same five seconds replaces the one before.
  /// Values that were not scraped lately leave a gap.
  public mutating func record(_ signals: [Signal], at seconds: Double) {
    let now = SignalHistory.stretch(of: seconds)
    var next = 0
    for signal in signals where signal.value.isFinite {
      let taken = SignalHistory.stretch(of: seconds - signal.age)
      guard now - taken <= 1, let column = column(signal.name, near: &next) else { continue }
      put(signal.value, column, at: taken)
    }
  }

  private static func stretch(of seconds: Double) -> Int64 {
    Int64(max(0, min(seconds / SignalHistory.seconds, 1e15)))
  }

  private mutating func column(_ name: String, near next: inout Int) -> Int? {
    if let known = names.firstIndex(near: &next, where: { $0 == name }) { return known }
    guard names.count < SignalHistory.signalLimit else { return nil }
    widen()
    names.append(name)
    return names.count - 1
  }

  /// One column more.
  private mutating func widen() {
    let columns = names.count
    guard columns > 0 else { return }
    var widened: [Double] = []
    widened.reserveCapacity(values.count / columns * (columns + 1))
    for row in 0..<rows {
      widened += values[row * columns..<(row + 1) * columns]
      widened.append(SignalHistory.gap)
    }
    values = widened
  }

  private mutating func put(_ value: Double, _ column: Int, at stretch: Int64) {
    let (columns, limit) = (names.count, SignalHistory.valueLimit)
    if values.isEmpty || stretch - first >= Int64(rows + limit) {
      first = stretch
      values.removeAll(keepingCapacity: true)
    }
    let row = Int(stretch - first)
    guard row >= 0 else { return }
    let missing = row + 1 - rows
    if missing > 0 {
      values.makeRoom(for: missing * columns, atMost: (limit + SignalHistory.together) * columns)
      values.append(contentsOf: repeatElement(SignalHistory.gap, count: missing * columns))
    }
    values[row * columns + column] = value
    let together = Int64(SignalHistory.together)
    let dropped = (first + Int64(max(0, rows - limit))) / together * together - first
    if dropped > 0 {
      values.removeFirst(Int(dropped) * columns)
      first += dropped
    }
  }

  /// Values of one signal in the last `count` stretches up to `seconds`, oldest first, nil where
  /// there was none.
  public func values(of name: String, count: Int = 60, at seconds: Double) -> [Double?] {
    let now = SignalHistory.stretch(of: seconds)
    guard count > 0, let column = names.firstIndex(of: name) else { return [] }
    let told = Int64(max(0, rows - SignalHistory.valueLimit))..<Int64(rows)
    return (0..<Int64(count)).map { step in
      let row = now - Int64(count) + 1 + step - first
      guard told.contains(row) else { return nil }
      let value = values[Int(row) * names.count + column]
      return value == SignalHistory.gap ? nil : value
    }
  }
}

/// By rows, as there are many.
extension SignalHistory: FieldCoded {
  public static var blank: Self { Self() }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&names, &first)
    var table = table
    try fields.pass(&table)
    guard fields.isReading else { return }
    try fields.require(take(table), "the history of signals has rows of different lengths")
  }

  private mutating func take(_ table: RowBlocks) -> Bool {
    let most = SignalHistory.valueLimit + SignalHistory.together
    guard names.count <= SignalHistory.signalLimit, (0...1 << 52).contains(first),
      table.kind == .signals, table.columnCount == 1
    else { return false }
    // Rows follow each other: what is left begins behind the last stretch that is not here.
    let absent = table.lastAbsent ?? -1
    guard (-1...1 << 48).contains(absent) else { return false }
    if absent >= 0 { first = max(first, (absent + 1) * Int64(SignalHistory.together)) }
    for block in table.numbers.indices where table.numbers[block] > absent {
      let (number, more) = (table.numbers[block], table.column(0, of: block))
      let row = first + Int64(rows)
      values += more
      guard !names.isEmpty, !more.isEmpty, more.count % names.count == 0, rows <= most,
        number == row / Int64(SignalHistory.together),
        number == (first + Int64(rows) - 1) / Int64(SignalHistory.together)
      else { return false }
    }
    return true
  }

  private var table: RowBlocks {
    var table = RowBlocks(.signals, columnCount: 1)
    var row = 0
    while row < rows {
      let number = (first + Int64(row)) / Int64(SignalHistory.together)
      let end = min(rows, Int((number + 1) * Int64(SignalHistory.together) - first))
      table.begin(number)
      table.append(values[row * names.count..<end * names.count])
      row = end
    }
    return table
  }
}
