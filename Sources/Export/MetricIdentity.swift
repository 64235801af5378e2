import Exposition
import Incident

/// A series as an OpenMetrics exposition writes it: which family, which sample, which labels.
///
/// A service's series keeps its name and its labels, and gets `service` and `instance` beside them;
/// what it calls so itself becomes `exported_service`, as in a Prometheus that scrapes it.
struct MetricIdentity {
  var family: String
  /// What the family is written as, if all of it keeps the rules of that type.
  var type: FamilyType
  var name: String
  /// Sorted, `service` and `instance` first, without the one that splits a metric into samples.
  var labels: [Label]
  /// `le` or `quantile`, of a bucket or a quantile.
  var splitting: Label?

  init(family: String, type: FamilyType, labels: [Label]) {
    self.family = family
    self.type = type
    name = family
    self.labels = labels
  }

  init(_ series: SeriesDefinition, of target: Target, own: Set<String>) {
    name = MetricName.metric(series.name)
    family = MetricName.metric(series.family)
    type = series.type
    if own.contains(name) || own.contains(family) {
      name = "exported_" + name
      family = "exported_" + family
    }
    labels = [Label("service", target.service), Label("instance", target.instance)]
    var taken: Set<String> = ["service", "instance", "__name__"]
    // To Prometheus an empty label is none.
    let told = series.labels.filter { !$0.value.isEmpty }
    for label in told.sorted(by: { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }) {
      var name = MetricName.label(label.name)
      if name.hasPrefix("__") { name = "exported" + name }
      while !taken.insert(name).inserted { name = "exported_" + name }
      labels.append(Label(name, label.value))
    }
    take(series.type)
  }

  /// Finds the family by the name of the sample, as OpenMetrics has it. Where the two do not fit,
  /// the sample is one of a family of its own, of unknown type.
  private mutating func take(_ told: FamilyType) {
    let suffix = name.utf8.starts(with: family.utf8) ? String(name.dropFirst(family.count)) : nil
    switch told {
    case .counter:
      if name.hasSuffix("_total"), name.utf8.count > 6 {
        family = String(name.dropLast(6))
        return
      }
      if suffix == "_created" {
        if family.hasSuffix("_total"), family.utf8.count > 6 { family = String(family.dropLast(6)) }
        if name == family + "_created" { return }
      }
    case .gauge, .info, .stateset:
      type = .gauge
      family = name
      return
    case .histogram:
      switch suffix {
      case "_bucket": if split(by: "le") { return }
      case "_sum", "_count", "_created": return
      default: break
      }
    case .summary:
      switch suffix {
      case "": if split(by: "quantile") { return }
      case "_sum", "_count", "_created": return
      default: break
      }
    case .gaugeHistogram, .untyped: break
    }
    type = .untyped
    family = name
  }

  private mutating func split(by name: String) -> Bool {
    guard let place = labels.firstIndex(where: { $0.name == name }) else { return false }
    splitting = labels.remove(at: place)
    return true
  }

  /// The number in `splitting`, as OpenMetrics writes numbers; nil where it is none.
  var bound: Double? {
    guard let text = splitting?.value else { return nil }
    if text == "+Inf" { return .infinity }
    let isNumber = text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) }
    guard isNumber, let bound = Double(text), bound.isFinite else { return nil }
    return bound
  }

  /// `{service="…",instance="…",le="…"}`
  var labelText: String { MetricIdentity.text(labels + (splitting.map { [$0] } ?? [])) }

  static func text(_ labels: [Label]) -> String {
    if labels.isEmpty { return "" }
    var text = "{"
    for (index, label) in labels.enumerated() {
      if index > 0 { text += "," }
      text += label.name + "=\"" + OpenMetricsText.escaped(label.value) + "\""
    }
    return text + "}"
  }
}
