/// What a recording's numbers can be written as.
package enum ExportFormat: String, Sendable, Hashable, CaseIterable {
  /// A row for each service and moment.
  case csv
  /// An object a line.
  case jsonl
  /// What `promtool tsdb create-blocks-from openmetrics` reads.
  case openmetrics
  /// What asciinema plays, version 2.
  case asciicast
  /// What services answered, word for word, where it was kept.
  case raw
  /// The text of the fleet file in force at one instant.
  case fleet
}
