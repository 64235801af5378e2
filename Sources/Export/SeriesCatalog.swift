import Exposition

/// Every series that an exposition will have, by family and metric.
struct SeriesCatalog {
  struct Family {
    var name: String
    var type: FamilyType
    var unit: String?
    var help: String?
    /// One of Damcon's own.
    var isOwn = false
    /// All that was seen of it keeps the rules of its type; else it is written as unknown.
    var isLawful = true
    /// In the order in which they were first seen.
    var metrics: [Int] = []
  }

  /// What differs within it is `le` or `quantile` alone.
  struct Metric {
    var family: Int
    var series: [Int] = []
  }

  struct Series {
    var metric: Int
    var name: String
    /// With the braces.
    var labels: String
    /// The part of its metric that it is.
    var part: Part
  }

  /// In the order in which they stand at one time.
  enum Part: Comparable {
    /// A bucket or a quantile; nil where its label is no number.
    case split(Double?)
    case plain, count, sum, created

    private var rank: (Int, Double) {
      switch self {
      case .split(let bound): (0, bound ?? .infinity)
      case .plain: (1, 0)
      case .count: (2, 0)
      case .sum: (3, 0)
      case .created: (4, 0)
      }
    }

    static func < (a: Part, b: Part) -> Bool { a.rank < b.rank }
  }

  private(set) var families: [Family] = []
  private(set) var metrics: [Metric] = []
  private(set) var series: [Series] = []

  // By bytes: to `String`, two ways to write one letter are the same.
  private var familyByName: [[UInt8]: Int] = [:]
  private var metricByKey: [[UInt8]: Int] = [:]
  private var seriesByKey: [[UInt8]: Int] = [:]

  mutating func addOwn(_ name: String, unit: String?, help: String) {
    familyByName[Array(name.utf8)] = families.count
    families.append(Family(name: name, type: .gauge, unit: unit, help: help, isOwn: true))
  }

  /// Whether there is such a series already.
  func has(_ identity: MetricIdentity) -> Bool {
    seriesByKey[SeriesCatalog.key(identity.name, identity.labelText)] != nil
  }

  /// The number of a series, which is added where it is new.
  mutating func number(_ identity: MetricIdentity, help: String? = nil) -> Int {
    let labels = identity.labelText
    let key = SeriesCatalog.key(identity.name, labels)
    if let known = seriesByKey[key] {
      // One instance calls it something else than another.
      let family = families[metrics[series[known].metric].family]
      if family.type != identity.type || family.name != identity.family {
        breakRules(of: known)
        breakRules(ofFamily: self.family(identity, help: help))
      }
      return known
    }
    let family = family(identity, help: help)
    if families[family].type != identity.type { families[family].isLawful = false }
    let metricKey =
      SeriesCatalog.key(String(family), MetricIdentity.text(identity.labels))
    let metric = metricByKey[metricKey] ?? metrics.count
    if metric == metrics.count {
      metricByKey[metricKey] = metric
      metrics.append(Metric(family: family))
      families[family].metrics.append(metric)
    }
    seriesByKey[key] = series.count
    metrics[metric].series.append(series.count)
    series.append(
      Series(
        metric: metric, name: identity.name, labels: labels, part: SeriesCatalog.part(identity)))
    return series.count - 1
  }

  private mutating func family(_ identity: MetricIdentity, help: String?) -> Int {
    let key = Array(identity.family.utf8)
    if let known = familyByName[key] {
      if families[known].help == nil { families[known].help = help }
      return known
    }
    familyByName[key] = families.count
    families.append(Family(name: identity.family, type: identity.type, help: help))
    return families.count - 1
  }

  func family(of series: Int) -> Family { families[metrics[self.series[series].metric].family] }

  mutating func breakRules(of series: Int) {
    breakRules(ofFamily: metrics[self.series[series].metric].family)
  }

  private mutating func breakRules(ofFamily family: Int) {
    if !families[family].isOwn { families[family].isLawful = false }
  }

  private static func key(_ name: String, _ labels: String) -> [UInt8] {
    Array(name.utf8) + Array(labels.utf8)
  }

  private static func part(_ identity: MetricIdentity) -> Part {
    if identity.splitting != nil { return .split(identity.bound) }
    switch identity.type {
    case .histogram, .summary, .counter:
      if identity.name == identity.family + "_count" { return .count }
      if identity.name == identity.family + "_sum" { return .sum }
      if identity.name == identity.family + "_created" { return .created }
    case .gauge, .untyped, .info, .stateset, .gaugeHistogram: break
    }
    return .plain
  }

  /// The names that samples of it may have, or have already against the rules.
  private func names(of family: Family) -> [String] {
    let lawful = OpenMetricsText.names(of: family.name, family.type)
    if family.isLawful { return lawful }
    let found = family.metrics.flatMap { metrics[$0].series.map { series[$0].name } }
    return lawful + Set(found).subtracting(lawful).sorted()
  }

  // MARK: As it is written

  /// A family as it stands in the exposition.
  struct Written {
    var name: String
    var type: FamilyType
    var unit: String?
    var help: String?
    /// The series of each metric, in the order in which they stand at one time.
    var metrics: [[Int]] = []
  }

  /// Damcon's own families first, then the services', by name.
  ///
  /// A family that breaks the rules of its type, or has a name that samples of another may have, is
  /// told as unknown, a family for each name of a sample: names and values stay what they were.
  func written() -> [Written] {
    var owners: [[UInt8]: Int] = [:]
    var isLawful = families.map(\.isLawful)
    for index in families.indices {
      let family = families[index]
      for name in names(of: family) {
        guard let other = owners[Array(name.utf8)] else {
          owners[Array(name.utf8)] = index
          continue
        }
        if !family.isOwn { isLawful[index] = false }
        if !families[other].isOwn { isLawful[other] = false }
      }
    }
    var own: [Written] = []
    var lawful: [Written] = []
    var unknown: [Written] = []
    var placeByName: [[UInt8]: Int] = [:]
    for index in families.indices where !families[index].metrics.isEmpty {
      let family = families[index]
      guard isLawful[index] else {
        for number in family.metrics.flatMap({ metrics[$0].series }) {
          let name = series[number].name
          let place = placeByName[Array(name.utf8)] ?? unknown.count
          if place == unknown.count {
            placeByName[Array(name.utf8)] = place
            unknown.append(Written(name: name, type: .untyped, help: family.help))
          }
          unknown[place].metrics.append([number])
        }
        continue
      }
      var written = Written(
        name: family.name, type: family.type, unit: family.unit, help: family.help)
      written.metrics = family.metrics.map { metric in
        metrics[metric].series.enumerated().sorted {
          (series[$0.element].part, $0.offset) < (series[$1.element].part, $1.offset)
        }.map(\.element)
      }
      if family.isOwn { own.append(written) } else { lawful.append(written) }
    }
    return own
      + (lawful + unknown).sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }
}
