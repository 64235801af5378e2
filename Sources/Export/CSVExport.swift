import Canvas
import Fleet
import Health
package import Incident
import Telemetry

/// A row for each service and step, as RFC 4180 has it: for spreadsheets and statistics.
///
/// What is not known is an empty field, never 0. Ratios are 0…1, latencies milliseconds; requests
/// are those of the minute before. Where a quantile lies past the last bucket it reads as that
/// bucket's bound, and `beyond_ms` says so. The budget is the least that is left of any of the
/// service's objectives, the burn the fastest of any over the last hour.
///
/// A record is one line, whatever services say: their control characters are made visible, and text
/// that a spreadsheet would take for a formula begins with an apostrophe. `JSONLinesExport` has all
/// of it as it was said.
package struct CSVExport: Exporter {
  private var steps: Steps
  private var lastWritten: UInt64?
  private var hasHeader = false

  package static let columns = [
    "time", "fleet", "service", "tier", "health", "reason", "age_seconds", "instances", "rate",
    "error_ratio", "p50_ms", "p90_ms", "p95_ms", "p99_ms", "p999_ms", "beyond_ms", "saturation",
    "slo", "budget_remaining", "burn_1h", "alert", "fallbacks", "versions",
  ]

  /// - Parameter step: seconds from one row of a service to its next.
  package init(step: Double = 15) { steps = Steps(every: step) }

  package mutating func take(_ entry: Entry, after state: State, to write: Write) throws {
    guard !state.present.services.isEmpty, steps.isDue(at: entry.instant.wall) else { return }
    try writeRows(state.present, to: write)
  }

  package mutating func finish(after state: State?, to write: Write) throws {
    if let present = state?.present, present.sequence != lastWritten, !present.services.isEmpty {
      return try writeRows(present, to: write)
    }
    if !hasHeader { try write(header()) }
  }

  private mutating func header() -> String {
    hasHeader = true
    return CSVExport.columns.joined(separator: ",") + "\r\n"
  }

  private mutating func writeRows(_ present: Present, to write: Write) throws {
    lastWritten = present.sequence
    var text = hasHeader ? "" : header()
    let time = CivilTime(unixNanoseconds: present.now.wall).rfc3339
    // By index: a copy of a service retains all that it holds.
    for index in present.services.indices {
      var row = CSVRow()
      row.text(time)
      row.text(present.fleet.name)
      row.add(Figures(present.services[index], at: present.now))
      text += row.line
    }
    try write(text)
  }
}

/// One record while it is being put together.
private struct CSVRow {
  private var fields = ""

  var line: String { fields + "\r\n" }

  mutating func add(_ figures: Figures) {
    text(figures.service)
    text(figures.tier.rawValue)
    text(figures.health.rawValue)
    text(figures.reason)
    number(figures.age)
    number(Double(figures.instances))
    number(figures.requests.rate)
    number(figures.requests.errorRatio)
    for quantile in Figures.quantiles {
      number(figures.requests.latency(quantile).seconds.map { $0 * 1000 })
    }
    number(figures.beyond.map { $0 * 1000 })
    number(figures.saturation)
    text(figures.tightest?.name)
    number(figures.tightest?.remaining)
    number(figures.burn)
    text(figures.alert?.rawValue)
    list(figures.fallbacks)
    list(figures.versions)
  }

  mutating func number(_ value: Double?) {
    separate()
    if let value, value.isFinite { fields += JSONText.digits(value) }
  }

  mutating func text(_ value: String?) {
    separate()
    guard let value else { return }
    var plain = DisplayText.sanitised(value)
    if let first = plain.unicodeScalars.first, "=+-@".unicodeScalars.contains(first) {
      plain = "'" + plain
    }
    let scalars = plain.unicodeScalars
    // Some readers take blanks at the ends of a field away unless it is quoted.
    let isPlain =
      scalars.first != " " && scalars.last != " "
      && scalars.allSatisfy { $0 != "," && $0 != "\"" }
    fields += isPlain ? plain : "\"" + plain.escaping("\"", by: "\"") + "\""
  }

  /// Several names in one field, with `;` between them; one within a name is written `\;`.
  mutating func list(_ names: [String]) {
    text(
      names.map { $0.escaping("\\", by: "\\").escaping(";", by: "\\") }.joined(separator: ";"))
  }

  private mutating func separate() {
    if isBegun { fields += "," }
    isBegun = true
  }

  private var isBegun = false
}

extension String {
  /// With `mark` before each `scalar`. By scalars: a combining mark after a quote makes another
  /// character of it, and no other quote for whoever reads bytes.
  fileprivate func escaping(_ scalar: Unicode.Scalar, by mark: Unicode.Scalar) -> String {
    var text = ""
    for next in unicodeScalars {
      if next == scalar { text.unicodeScalars.append(mark) }
      text.unicodeScalars.append(next)
    }
    return text
  }
}
