import Fleet
import Telemetry
import YAMLText
import Yams

/// Reads objectives: of a service, and of a capability that says at which services it is counted.
struct SLOReader {
  let log: ProblemLog

  /// `slos:` of a service.
  func slos(_ value: YAMLValue) -> [SLO] {
    var slos: [SLO] = []
    for item in value.list("a list of objectives") {
      guard let section = item.section("an SLO", keys: Keys.slo),
        let slo = slo(section, item)
      else { continue }
      if slos.contains(where: { $0.name == slo.name }) {
        log.error("the SLO '\(slo.name)' is named twice", at: section["name"]?.mark)
      } else {
        slos.append(slo)
      }
    }
    return slos
  }

  /// `slos:` of all capabilities. What else a capability says is not looked at here.
  func capabilitySLOs(_ value: YAMLValue, services: [Service]) -> [CapabilitySLO] {
    guard case .sequence = value.node else { return [] }
    var found: [CapabilitySLO] = []
    for item in value.list() {
      guard case .mapping = item.node, let section = item.section(keys: nil),
        let name = section["name"]?.scalar, let slos = section["slos"]
      else { continue }
      for item in slos.list("a list of objectives") {
        guard let own = item.section("an SLO", keys: Keys.capabilitySLO),
          let slo = slo(own, item),
          let places = places(own, item, needs: section["needs"], services)
        else { continue }
        if found.contains(where: { $0.capability == name && $0.slo.name == slo.name }) {
          log.error("the SLO '\(slo.name)' is named twice", at: own["name"]?.mark)
        } else {
          found.append(CapabilitySLO(capability: name, slo: slo, services: places))
        }
      }
    }
    return found
  }

  /// Where a capability's requests are counted: what `at` says, else the one service it needs.
  private func places(
    _ section: YAMLSection, _ item: YAMLValue, needs: YAMLValue?, _ services: [Service]
  ) -> [String]? {
    let known = services.map(\.name)
    guard let value = section["at"] else {
      var only = needs?.scalar
      if case .sequence(let all)? = needs?.node, all.count == 1 { only = all.first?.scalar?.string }
      if let only, known.contains(only) { return [only] }
      log.error(
        "\(item.name): 'at' is missing: at which service do its users' requests enter?",
        at: item.mark)
      return nil
    }
    var places: [String] = []
    for item in value.list("a service or a list of them", orOne: true) {
      guard let name = item.text("a service's name") else { continue }
      guard known.contains(name) else {
        let near = NearestWord.to(name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        log.error("\(item.name): there is no service '\(name)'\(near)", at: item.mark)
        continue
      }
      if !places.contains(name) { places.append(name) }
    }
    return places.isEmpty ? nil : places
  }

  // MARK: One objective

  private func slo(_ section: YAMLSection, _ item: YAMLValue) -> SLO? {
    for key in ["name", "objective", "window"] where section[key] == nil {
      log.error("\(item.name): '\(key)' is missing", at: item.mark)
    }
    let name = section["name"]?.text("the SLO's name")
    let window = section["window"].flatMap(window)
    let counts = counts(section)
    let objective = section["objective"].flatMap(objective)
    let policy = section["policy"].map(policy) ?? BudgetPolicy()
    let floor = section["floor"].map { $0.integer(0...1_000_000) }
    var burn = window.map { BurnPolicy.usual(window: Int($0 / 60)) }
    if let value = section["burn"], let window {
      burn = pairs(value, window: window).map { BurnPolicy(pairs: $0) }
    } else if let window, window < 6 * 86_400 {
      log.warn(
        "\(item.name): the usual alerts are made for windows of 7d and more; say with 'burn' what "
          + "should page over \(Quantity.text(window))", at: section["window"]?.mark)
    }
    guard let name, let window, let counts, let objective, var burn else { return nil }
    if let floor {
      guard let floor else { return nil }
      burn.floor = UInt64(floor)
    }
    return SLO(
      name: name, objective: objective, counts: counts, window: window, burn: burn, policy: policy)
  }

  private func objective(_ value: YAMLValue) -> Objective? {
    guard let text = value.scalar, let percent = Quantity.percent(text), percent > 0, percent < 100
    else {
      let advice = value.scalar.flatMap(Quantity.percent) == 100 ? "; 100 leaves no budget" : ""
      value.expected("a percentage above 0 and below 100, such as 99.9", advice)
      return nil
    }
    guard let objective = Objective(text) else {
      value.expected("a percentage with at most seven digits after the point, such as 99.99")
      return nil
    }
    if percent < 1 {
      log.warn(
        "\(value.name): \(text) is read as percent; did you mean \(hundredfold(percent))?",
        at: value.mark)
    }
    return objective
  }

  private func hundredfold(_ percent: Double) -> String {
    let rounded = (percent * 1e8).rounded() / 1e6
    return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
  }

  /// Whole minutes, and whole hours past three days: finer is not kept.
  private func window(_ value: YAMLValue) -> Double? {
    guard let seconds = value.duration(60...(366 * 86_400), such: "30d") else { return nil }
    let grain = seconds > 3 * 86_400 ? 3600.0 : 60.0
    guard (seconds / grain).rounded() * grain == seconds else {
      value.expected(grain == 60 ? "whole minutes" : "whole hours, for more than 3d")
      return nil
    }
    return seconds
  }

  // MARK: What counts

  private func counts(_ section: YAMLSection) -> EventRule? {
    let chosen = ["good", "bad", "total"].filter { section[$0] != nil }
    let endpoint = section["endpoint"].map { $0.text("an endpoint, such as POST /pay") }
    var threshold: Double?
    if let value = section["threshold"] {
      threshold = value.duration(0.0001...3600, such: "300ms")
      if threshold == nil { return nil }
    }
    if let endpoint, endpoint == nil { return nil }
    guard chosen.isEmpty else {
      for key in ["threshold", "endpoint"] {
        guard let value = section[key] else { continue }
        log.error(
          "\(value.name): '\(key)' speaks of the recognised requests; with "
            + "\(NearestWord.listed(chosen)) the labels say which events count", at: value.mark)
        return nil
      }
      guard chosen.count == 2 else {
        log.error(
          "\(section.name): give two of good, bad and total, found \(NearestWord.listed(chosen))",
          at: section[chosen[0]]?.mark ?? section.mark)
        return nil
      }
      let problems = log.problems.count
      let selectors = EventSelectors(
        good: section["good"].map(selectors) ?? [], bad: section["bad"].map(selectors) ?? [],
        total: section["total"].map(selectors) ?? [])
      return log.problems.count == problems ? .selected(selectors) : nil
    }
    if let threshold { return .latency(threshold: threshold, endpoint: endpoint ?? nil) }
    return .requests(endpoint: endpoint ?? nil)
  }

  /// A metric's name, or a mapping with its labels; several of either add up.
  private func selectors(_ value: YAMLValue) -> [MetricSelector] {
    let items: [YAMLValue] =
      if case .mapping = value.node { [value] } else {
        value.list(
          "a metric or a list of them", orOne: true)
      }
    return items.compactMap { item in
      if item.scalar != nil { return name(item).map { MetricSelector($0) } }
      guard let section = item.section("a metric", keys: Keys.metricSelector) else { return nil }
      guard let value = section["metric"] else {
        log.error("\(item.name): 'metric' is missing", at: item.mark)
        return nil
      }
      guard let name = name(value) else { return nil }
      var selector = MetricSelector(name)
      for label in section["labels"]?.section(keys: nil)?.members ?? [] {
        let values = label.value.texts("a label's value")
        if values.isEmpty { return nil }
        selector.labels.append(.init(label.key, values))
      }
      return selector
    }
  }

  private func name(_ value: YAMLValue) -> String? {
    guard let text = value.text("a metric's name") else { return nil }
    if text.contains("{") {
      value.expected(
        "a metric's name alone", "; write {metric: …, labels: {code: \"5*\"}} for labels")
      return nil
    }
    guard !text.dropFirst().dropLast().contains("*") else {
      log.error("\(value.name): '*' stands at either end of a name only", at: value.mark)
      return nil
    }
    return text
  }

  // MARK: What it asks for

  private func pairs(_ value: YAMLValue, window: Double) -> [BurnPair]? {
    let problems = log.problems.count
    let items = value.list("a list of alerts, each with alert, long, short and factor")
    if items.count > BurnPolicy.pairLimit {
      value.expected("at most \(BurnPolicy.pairLimit) alerts")
    }
    let pairs = items.compactMap { pair($0, window: window) }
    return log.problems.count == problems ? pairs : nil
  }

  private func pair(_ item: YAMLValue, window: Double) -> BurnPair? {
    guard let section = item.section("an alert", keys: Keys.burn) else { return nil }
    for key in ["alert", "long", "short"] where section[key] == nil {
      log.error("\(item.name): '\(key)' is missing", at: item.mark)
    }
    let severity = section["alert"]?.word("alert", BurnSeverity.self)
    let long = section["long"].flatMap { length($0, upTo: window) }
    let short = section["short"].flatMap { length($0, upTo: window) }
    guard let severity, let long, let short else { return nil }
    guard short < long else {
      section["short"]?.expected("a window shorter than the long one")
      return nil
    }
    guard (section["factor"] == nil) != (section["budget"] == nil) else {
      log.error(
        "\(item.name): say how fast is too fast with either 'factor', such as 14.4, or 'budget', "
          + "such as 2%", at: item.mark)
      return nil
    }
    var factor: BurnFactor?
    if let value = section["factor"] {
      factor = value.scalar.flatMap { BurnFactor($0) }
      if factor == nil { value.expected("how many times too fast, such as 14.4") }
    } else if let value = section["budget"] {
      // Tenths of a percent.
      factor = value.scalar.flatMap(share).flatMap {
        BurnFactor(spending: $0, of: Int(window / 60), within: long)
      }
      if factor == nil { value.expected("a share of the budget in percent, such as 2%") }
    }
    return factor.map { BurnPair(severity, long: long, short: short, factor: $0) }
  }

  private func share(_ text: String) -> UInt64? {
    guard let percent = Quantity.percent(text), percent > 0, percent <= 100 else { return nil }
    let thousandths = (percent * 10).rounded()
    return (thousandths - percent * 10).magnitude < 1e-9 ? UInt64(thousandths) : nil
  }

  private func length(_ value: YAMLValue, upTo window: Double) -> Int? {
    self.window(value).flatMap { seconds in
      guard seconds <= window else {
        value.expected("no more than the objective's own window, \(Quantity.text(window))")
        return nil
      }
      return Int(seconds / 60)
    }
  }

  private func policy(_ value: YAMLValue) -> BudgetPolicy {
    var policy = BudgetPolicy()
    guard let section = value.section("a policy", keys: Keys.budgetPolicy) else { return policy }
    if let value = section["warn"] { policy.warn = level(value) }
    if let value = section["freeze"] { policy.freeze = level(value) }
    if let warn = policy.warn, let freeze = policy.freeze, warn < freeze {
      section["warn"]?.expected("no less than where releases freeze")
    }
    return policy
  }

  /// A share that is left; nil for `never`.
  private func level(_ value: YAMLValue) -> Double? {
    if value.scalar == "never" { return nil }
    guard let percent = value.scalar.flatMap(Quantity.percent), (-1000...100).contains(percent)
    else {
      value.expected("what is left of the budget in percent, such as 25%, or never")
      return nil
    }
    return percent / 100
  }
}
