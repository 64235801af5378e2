import Fleet
import Telemetry
import YAMLText

/// Reads `signals:` of the file or of a service: names for what any metric measures.
enum SignalReader {
  /// Signals that one file or service may define.
  static let limit = 64
  private static let units = ["ms", "bytes", "cores", "ratio", "per_s", "count"]

  static func signals(_ value: YAMLValue) -> [SignalRule] {
    var rules: [SignalRule] = []
    for item in value.list("a list of signals, each with - name: and metric:") {
      guard let section = item.section("a signal", keys: Keys.signal) else { continue }
      for key in ["name", "metric"] where section[key] == nil {
        item.log.error("\(item.name): '\(key)' is missing", at: item.mark)
      }
      guard let name = section["name"].flatMap(name),
        let metrics = section["metric"].map(RequestsReader.metrics), !metrics.isEmpty
      else { continue }
      if rules.contains(where: { $0.name == name }) {
        item.log.error("the signal '\(name)' is named twice", at: section["name"]?.mark)
        continue
      }
      guard rules.count < limit else {
        item.log.error("\(value.name): at most \(limit) signals", at: item.mark)
        break
      }
      if let rule = rule(name, metrics, section) { rules.append(rule) }
    }
    return rules
  }

  private static func rule(
    _ name: String, _ metrics: [String], _ section: YAMLSection
  ) -> SignalRule? {
    var rule = SignalRule(name: name, metrics: metrics)
    if let value = section["as"] {
      guard let reading = value.word("reading", SignalRule.Reading.self) else { return nil }
      rule.reading = reading
    }
    rule.match = section["match"].map(RequestsReader.matches) ?? []
    if let value = section["quantile"] {
      guard rule.reading == .quantile else {
        value.log.error("\(value.name): 'quantile' goes with as: quantile only", at: value.mark)
        return nil
      }
      guard let number = value.scalar.flatMap(Double.init), number > 0, number < 1 else {
        value.expected("a number between 0 and 1, such as 0.99")
        return nil
      }
      rule.quantile = number
    }
    if let value = section["unit"], let unit = value.text(NearestWord.listed(units)) {
      guard units.contains(unit) else {
        value.log.error(
          "unknown unit '\(unit)'\(NearestWord.advice(unit, among: units))", at: value.mark)
        return nil
      }
      rule.unit = unit == "count" ? "" : unit
    }
    if let value = section["scale"] {
      guard let scale = value.scalar.flatMap(Double.init), scale.isFinite, scale != 0 else {
        value.expected("a number such as 1000")
        return nil
      }
      rule.scale = scale
    }
    return rule
  }

  /// A name that a condition can use without quotes and that means nothing else.
  private static func name(_ value: YAMLValue) -> String? {
    guard let name = value.text("the signal's name") else { return nil }
    let isPlain =
      name.utf8.allSatisfy {
        ($0 >= 0x61 && $0 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
      } && name.utf8.first.map { $0 >= 0x61 && $0 <= 0x7A } == true
    guard isPlain, name.utf8.count <= 64 else {
      value.expected("small letters, digits and '_', such as queue_wait_ms")
      return nil
    }
    let grammar = ["all", "any", "not", "and", "or", "for", "until", "is"]
    if FactNames.names.contains(name) || grammar.contains(name) {
      value.log.error("'\(name)' means something already; choose another name", at: value.mark)
      return nil
    }
    return name
  }
}
