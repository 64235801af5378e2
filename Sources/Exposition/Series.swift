/// What a family measures, as its `# TYPE` line says; never guessed from a suffix.
public enum FamilyType: String, Sendable, Hashable, Codable, CaseIterable {
  case counter, gauge, histogram, summary, info, stateset
  case gaugeHistogram = "gaugehistogram"
  /// `untyped` in the text format, `unknown` in OpenMetrics, or no `# TYPE` line at all.
  case untyped
}

/// The two text formats that are read.
public enum ExpositionFormat: String, Sendable, Hashable, Codable {
  /// Prometheus text 0.0.4 (and 1.0.0, which adds quoted UTF-8 names).
  case text
  /// OpenMetrics 1.0.
  case openMetrics = "openmetrics"
}

/// One label of a series: unescaped, in the order the service wrote it.
public struct Label: Sendable, Hashable, Codable {
  public var name: String
  public var value: String
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

/// A series when it is first seen in a target: from then on it is known by its number.
public struct SeriesDefinition: Sendable, Hashable, Codable {
  /// Dense, from 0, in the order first seen; unique within a target and an `epoch`.
  public var number: UInt32
  /// The sample's name with its suffix: `http_request_duration_seconds_bucket`.
  public var name: String
  /// The family it belongs to by its `# TYPE` line: `http_request_duration_seconds`.
  public var family: String
  public var type: FamilyType
  /// Without `__name__`; `le` and `quantile` stay as written.
  public var labels: [Label]
  /// What the family's `# HELP` line says, where the extractor was told to keep it.
  public var help: String?

  public init(
    number: UInt32, name: String, family: String, type: FamilyType, labels: [Label],
    help: String? = nil
  ) {
    self.number = number
    self.name = name
    self.family = family
    self.type = type
    self.labels = labels
    self.help = help
  }

  /// The value of the first label with this name.
  public subscript(label name: String) -> String? {
    labels.first { $0.name == name }?.value
  }
}

/// One value of one known series.
public struct Reading: Sendable, Hashable, Codable {
  public var series: UInt32
  public var value: Double
  public init(series: UInt32, value: Double) {
    self.series = series
    self.value = value
  }
}

/// A single observation that a counter or bucket points at, often with a trace to open.
public struct Exemplar: Sendable, Hashable, Codable {
  public var labels: [Label]
  public var value: Double
  /// Unix seconds.
  public var timestamp: Double?
  public init(labels: [Label], value: Double, timestamp: Double?) {
    self.labels = labels
    self.value = value
    self.timestamp = timestamp
  }
  /// The value of the label `trace_id`, `traceID` or `traceId`, whichever comes first.
  public var traceID: String? {
    labels.first { ["trace_id", "traceid"].contains($0.name.lowercased()) }?.value
  }
}

/// Where an exposition breaks its format, and how.
public struct Violation: Sendable, Hashable, Codable {
  /// From 1.
  public var line: Int
  /// From 1, in bytes.
  public var column: Int
  public var reason: String
  public init(line: Int, column: Int, reason: String) {
    self.line = line
    self.column = column
    self.reason = reason
  }
}

/// What one scrape of a target gave: the wanted series only.
public struct Extraction: Sendable, Hashable, Codable {
  /// Rises when series were renumbered from 0 because the target outgrew its limit of series;
  /// numbers of an earlier epoch mean nothing then.
  public var epoch: UInt32
  /// Series not seen in this epoch before.
  public var defined: [SeriesDefinition]
  /// In the order of the exposition. A series that is absent is not here; the last of a repeated one wins.
  public var readings: [Reading]
  /// In the order of the exposition; at most `Extractor.exemplarLimit` a scrape.
  public var exemplars: [ExemplarReading]
  /// Lines that could not be read, at most `Extractor.violationLimit` of them kept …
  public var violations: [Violation]
  /// … out of this many.
  public var violationCount: Int
  /// Series left out because the target has more than its limit.
  public var dropped: Int
  /// Samples seen in all, wanted or not (lines that are neither blank nor comments).
  public var sampleCount: Int

  public init(
    epoch: UInt32 = 0, defined: [SeriesDefinition] = [], readings: [Reading] = [],
    exemplars: [ExemplarReading] = [], violations: [Violation] = [], violationCount: Int = 0,
    dropped: Int = 0, sampleCount: Int = 0
  ) {
    self.epoch = epoch
    self.defined = defined
    self.readings = readings
    self.exemplars = exemplars
    self.violations = violations
    self.violationCount = violationCount
    self.dropped = dropped
    self.sampleCount = sampleCount
  }
}

/// The exemplar that a series carried in one scrape.
public struct ExemplarReading: Sendable, Hashable, Codable {
  public var series: UInt32
  public var exemplar: Exemplar
  public init(series: UInt32, exemplar: Exemplar) {
    self.series = series
    self.exemplar = exemplar
  }
}
