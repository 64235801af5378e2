import Exposition

/// Reading from labels whether a counted request failed.
enum Outcome {
  /// The label that tells, and whether it says error; nil where the series has none of the labels.
  static func read(
    _ definition: SeriesDefinition, _ rule: Convention.ErrorRule
  ) -> (label: String, isError: Bool)? {
    switch rule {
    case .httpStatus(let labels):
      guard let (label, value) = first(labels, definition) else { return nil }
      return (label, isServerError(value))
    case .grpcCode(let labels):
      guard let (label, value) = first(labels, definition) else { return nil }
      return (label, isServerFault(grpc: value))
    case .label(let name, let values):
      guard let value = definition[label: name]?.lowercased() else { return nil }
      let isError = values.contains {
        let wanted = $0.lowercased()
        return wanted.first == "!" ? value != wanted.dropFirst() : value == wanted
      }
      return (name, isError)
    case .family, .statusFamily, .none: return nil
    }
  }

  private static func first(
    _ labels: [String], _ definition: SeriesDefinition
  ) -> (String, String)? {
    for label in labels {
      if let value = definition[label: label] { return (label, value) }
    }
    return nil
  }

  /// `503`, `5xx` or `5`: 500 and up.
  static func isServerError(_ status: String) -> Bool {
    if let number = Int(status) { return number == 5 || (500..<600).contains(number) }
    if status.count == 3, status.first == "5", status.lowercased().hasSuffix("xx") { return true }
    return serverErrorTexts.contains(status.lowercased())
  }

  /// chi-prometheus and others write Go's `http.StatusText`.
  private static let serverErrorTexts: Set<String> = [
    "internal server error", "not implemented", "bad gateway", "service unavailable",
    "gateway timeout", "http version not supported", "insufficient storage", "loop detected",
    "server_error", "server error",
  ]

  /// The codes that are the server's fault, by number, `CamelCase` or `UPPER_CASE` name.
  static func isServerFault(grpc code: String) -> Bool {
    if let number = Int(code) { return [2, 4, 12, 13, 14, 15].contains(number) }
    let name = code.lowercased().filter { $0 != "_" && $0 != " " }
    return [
      "unknown", "deadlineexceeded", "unimplemented", "internal", "unavailable", "dataloss",
    ].contains(name)
  }
}

/// Knowing a series again after a renumbering.
enum SeriesKey {
  /// FNV-1a over the name and the labels in the order of their names: the same on every machine,
  /// which `Hasher` is not.
  static func hash(_ name: String, _ labels: [Label], without left: String? = nil) -> UInt64 {
    var hash = Fingerprint()
    hash.add(name)
    var sorted = labels
    if zip(labels, labels.dropFirst()).contains(where: { $0.name > $1.name }) {
      sorted.sort { ($0.name, $0.value) < ($1.name, $1.value) }
    }
    for label in sorted where label.name != left {
      hash.add(label.name)
      hash.add(label.value)
    }
    return hash.value
  }
}
