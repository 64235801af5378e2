import Telemetry
import YAMLText

/// Reads what a file says of request metrics: a selector of one service, or a convention for all.
enum RequestsReader {
  /// `requests:` of a service.
  static func selector(_ value: YAMLValue) -> Convention? {
    value.section("requests", keys: Keys.requests).flatMap { convention($0, name: "fleet file") }
  }

  /// One of `conventions:`.
  static func convention(_ value: YAMLValue) -> Convention? {
    guard let section = value.section("a convention", keys: Keys.convention) else { return nil }
    guard let name = section["name"] else {
      value.log.error("\(value.name): 'name' is missing", at: value.mark)
      return nil
    }
    return name.text("the convention's name").flatMap { convention(section, name: $0) }
  }

  /// `endpoints:` of a service.
  static func endpoints(_ value: YAMLValue) -> [NamedEndpoint] {
    var endpoints: [NamedEndpoint] = []
    for item in value.list("a list of endpoints, each with name and routes") {
      guard let section = item.section("an endpoint", keys: Keys.namedEndpoint) else { continue }
      for key in Keys.namedEndpoint where section[key] == nil {
        section.log.error("\(item.name): '\(key)' is missing", at: item.mark)
      }
      guard let name = section["name"]?.text("the endpoint's name"),
        let routes = section["routes"].map({ patterns($0, of: "a route such as /cart/*") }),
        !routes.isEmpty
      else { continue }
      if endpoints.contains(where: { $0.name == name }) {
        section.log.error("the endpoint '\(name)' is named twice", at: section["name"]?.mark)
      } else {
        endpoints.append(NamedEndpoint(name: name, routes: routes))
      }
    }
    return endpoints
  }

  private static func convention(_ section: YAMLSection, name: String) -> Convention? {
    var result = Convention(name: name)
    if let value = section["surface"] {
      let words = ["http", "grpc", "other"]
      let text = value.text(NearestWord.listed(words)) ?? ""
      if let surface = Convention.Surface(rawValue: text) {
        result.surface = surface
      } else if !text.isEmpty {
        value.log.error(
          "unknown surface '\(text)'\(NearestWord.advice(text, among: words))", at: value.mark)
      }
    }
    let before = section.log.problems.count
    result.requests = families(section["requests"])
    // Two names of one thing: a summary is no histogram, yet is read the same way.
    result.latency = families(section["histogram"]) + families(section["latency"])
    if result.requests.isEmpty, result.latency.isEmpty {
      if section.log.problems.count == before {
        section.log.error(
          "\(section.name): no metrics are named; give 'histogram' or 'requests'", at: section.mark)
      }
      return nil
    }
    if let value = section["unit"] { result.unit = unit(value) ?? result.unit }
    result.endpointLabels = section["endpoint"]?.texts("a label") ?? []
    result.methodLabels = section["method"]?.texts("a label") ?? []
    if let value = section["error"] { result.error = error(value) ?? .none }
    result.only = section["only"].map(matches) ?? []
    result.except = section["except"].map(matches) ?? []
    return result
  }

  /// Names of metrics, of which `*` stands for any prefix or suffix.
  static func metrics(_ value: YAMLValue) -> [String] { patterns(value, of: "a metric's name") }

  private static func families(_ value: YAMLValue?) -> [String] {
    value.map { patterns($0, of: "a metric's name") } ?? []
  }

  /// Names that may have a `*` at either end.
  private static func patterns(_ value: YAMLValue, of what: String) -> [String] {
    value.list("\(what) or a list of them", orOne: true).compactMap { item in
      guard let name = item.text(what) else { return nil }
      guard !name.dropFirst().dropLast().contains("*") else {
        item.log.error("\(item.name): '*' stands at either end of a name only", at: item.mark)
        return nil
      }
      return name
    }
  }

  /// Seconds in one unit of the latency metric.
  private static func unit(_ value: YAMLValue) -> Double? {
    let words = ["seconds", "milliseconds", "microseconds", "nanoseconds"]
    guard let text = value.text(NearestWord.listed(words)) else { return nil }
    switch text {
    case "s", "second", "seconds": return 1
    case "ms", "millisecond", "milliseconds": return 1e-3
    case "us", "µs", "microsecond", "microseconds": return 1e-6
    case "ns", "nanosecond", "nanoseconds": return 1e-9
    default:
      value.log.error(
        "unknown unit '\(text)'\(NearestWord.advice(text, among: words))", at: value.mark)
      return nil
    }
  }

  private static func error(_ value: YAMLValue) -> Convention.ErrorRule? {
    if let text = value.scalar {
      if text == "none" { return Convention.ErrorRule.none }
      value.expected("none, or a mapping with http_status, grpc_code, label or family")
      return nil
    }
    guard let section = value.section("error", keys: Keys.error) else { return nil }
    let rules = ["http_status", "grpc_code", "label", "family"].filter { section[$0] != nil }
    guard rules.count == 1, let rule = rules.first, let inner = section[rule] else {
      value.log.error(
        "\(value.name): expected one of http_status, grpc_code, label or family, found "
          + (rules.isEmpty ? "none of them" : rules.joined(separator: " and ")), at: value.mark)
      return nil
    }
    if let values = section["values"], rule != "label" {
      values.log.error("\(values.name): 'values' goes with 'label' only", at: values.mark)
    }
    switch rule {
    case "http_status": return .httpStatus(labels: inner.texts("a label"))
    case "grpc_code": return .grpcCode(labels: inner.texts("a label"))
    case "family": return .family(names: families(inner))
    default:
      guard let label = inner.text("a label") else { return nil }
      let values = section["values"]?.texts("a label's value") ?? []
      guard !values.isEmpty else {
        value.log.error(
          "\(value.name): 'values' is missing: which values of '\(label)' are errors?",
          at: value.mark)
        return nil
      }
      return .label(name: label, values: values)
    }
  }

  /// Label to value, or to a list of values.
  static func matches(_ value: YAMLValue) -> [Convention.LabelMatch] {
    guard let section = value.section(keys: nil) else { return [] }
    return section.members.flatMap { member in
      member.value.texts("a label's value").map { Convention.LabelMatch(member.key, $0) }
    }
  }
}
