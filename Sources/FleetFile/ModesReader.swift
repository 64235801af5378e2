import Conditions
import Fleet
import Telemetry
import YAMLText

/// Reads what a file says of fallbacks and breakers, for all services or for one.
enum ModesReader {
  // MARK: Fallbacks

  /// `fallbacks:` of a service: what each means to users, and how one knows that it is over.
  static func plans(_ value: YAMLValue) -> [FallbackPlan] {
    var plans: [FallbackPlan] = []
    for item in value.list("a list of fallbacks, each with - name:") {
      guard let section = item.section("a fallback", keys: Keys.fallbackPlan) else { continue }
      guard let name = section["name"]?.text("the fallback's name") else {
        if section["name"] == nil {
          section.log.error("\(item.name): 'name' is missing", at: item.mark)
        }
        continue
      }
      if plans.contains(where: { $0.name == name }) {
        section.log.error("the fallback '\(name)' is named twice", at: section["name"]?.mark)
        continue
      }
      plans.append(plan(name, section))
    }
    return plans
  }

  private static func plan(_ name: String, _ section: YAMLSection) -> FallbackPlan {
    var plan = FallbackPlan(name: name)
    plan.mode = section["mode"]?.word("mode", FallbackMode.self)
    plan.tolerance = section["tolerance"]?.duration(1...(30 * 86_400), such: "15m")
    plan.maxAge = section["max_age"]?.duration(1...(366 * 86_400), such: "15m")
    plan.dependency = section["dependency"]?.text("the service it stands in for")
    plan.usersGet = section["users_get"]?.text("what users get meanwhile")
    plan.enterWhen = section["enter_when"].flatMap(condition)
    plan.acceptableWhile = section["acceptable_while"].flatMap(condition)
    plan.exitWhen = section["exit_when"].flatMap(condition)
    plan.recoveredAfter = section["recovered_after"]?.duration(0...86_400, such: "2m")
    if let value = section["metric"], let metric = pattern(value) {
      var convention = FallbackConvention(metric: metric, name: name)
      convention.reading = section["reading"].flatMap(reading) ?? .gauge
      convention.only = section["only"].map(RequestsReader.matches) ?? []
      plan.metrics.append(convention)
    } else {
      for key in ["reading", "only"] {
        if let value = section[key] {
          value.log.error("\(value.name): '\(key)' goes with 'metric' only", at: value.mark)
        }
      }
    }
    if let value = section["age_metric"], let metric = pattern(value) {
      plan.metrics.append(FallbackConvention(metric: metric, reading: .age, name: name))
    }
    if plan.maxAge != nil, section["age_metric"] == nil, let place = section["max_age"],
      plan.metrics.isEmpty
    {
      place.log.warn(
        "\(place.name): nothing here tells how old the data is; name 'age_metric', unless the "
          + "health report says data_age_seconds", at: place.mark)
    }
    return plan
  }

  /// `fallbacks:` of the file: metrics that tell a fallback in any service.
  static func fallbackMetrics(_ value: YAMLValue) -> [FallbackConvention] {
    value.list("a list of metrics, each with - metric:").compactMap { item in
      guard let section = item.section("a fallback metric", keys: Keys.fallbackMetric) else {
        return nil
      }
      guard let place = section["metric"] else {
        section.log.error("\(item.name): 'metric' is missing", at: item.mark)
        return nil
      }
      guard let metric = pattern(place) else { return nil }
      return FallbackConvention(
        metric: metric, reading: section["reading"].flatMap(reading) ?? .gauge,
        name: section["name"]?.text("the fallback's name"),
        nameLabels: section["name_label"]?.texts("a label")
          ?? FallbackConvention.usualLabels,
        only: section["only"].map(RequestsReader.matches) ?? [],
        mode: section["mode"]?.word("mode", FallbackMode.self)?.rawValue)
    }
  }

  private static func reading(_ value: YAMLValue) -> FallbackConvention.Reading? {
    value.word("reading", FallbackConvention.Reading.self)
  }

  // MARK: Breakers

  /// `breakers:` of the file or of a service.
  static func breakers(_ value: YAMLValue) -> [BreakerConvention] {
    value.list("a list of metrics, each with - metric: and encoding:").compactMap { item in
      guard let section = item.section("a breaker metric", keys: Keys.breakerMetric) else {
        return nil
      }
      for key in ["metric", "encoding"] where section[key] == nil {
        section.log.error("\(item.name): '\(key)' is missing", at: item.mark)
      }
      guard let metric = section["metric"].flatMap(pattern),
        let encoding = section["encoding"].flatMap(encoding)
      else { return nil }
      return BreakerConvention(
        name: BreakerConvention.given, metric: metric, encoding: encoding,
        nameLabels: section["name_label"]?.texts("a label") ?? BreakerConvention.usualLabels,
        only: section["only"].map(RequestsReader.matches) ?? [],
        transitions: section["transitions"].flatMap(pattern),
        refused: section["refused"].flatMap(pattern))
    }
  }

  /// `{closed: 0, open: 1, half-open: 2}`, `label`, `{label: NAME}` or `ejected`.
  private static func encoding(_ value: YAMLValue) -> BreakerConvention.Encoding? {
    let what = "{closed: 0, open: 1, half-open: 2} with the metric's own numbers, label or ejected"
    if let word = value.scalar {
      switch word {
      case "label": return .oneHot(label: "state")
      case "ejected": return .ejected
      default:
        value.expected(what)
        return nil
      }
    }
    guard let section = value.section("encoding", keys: Keys.encoding) else { return nil }
    if let label = section["label"] {
      guard section.members.count == 1 else {
        label.log.error("\(value.name): expected either a label or numbers", at: value.mark)
        return nil
      }
      return label.text("the label that names the state").map { .oneHot(label: $0) }
    }
    var numbers = BreakerNumbers(closed: nil, halfOpen: nil, open: nil)
    var used: [(number: Double, state: String)] = []
    for member in section.members {
      guard let number = member.value.scalar.flatMap(Double.init), number.isFinite else {
        member.value.expected("the number that the metric writes for it")
        return nil
      }
      if let other = used.first(where: { $0.number == number }) {
        member.value.log.error(
          "\(value.name): \(other.state) and \(member.key) cannot both be "
            + "\(member.value.scalar ?? "")", at: member.value.mark)
        return nil
      }
      used.append((number, member.key))
      switch member.key {
      case "closed": numbers.closed = number
      case "open": numbers.open = number
      default: numbers.halfOpen = number
      }
    }
    guard numbers.closed != nil, numbers.open != nil else {
      let missing = numbers.closed == nil ? "closed" : "open"
      value.log.error(
        "\(value.name): which number is \(missing)? '\(missing)' is missing", at: value.mark)
      return nil
    }
    return .numbers(numbers)
  }

  // MARK: Parts

  static func condition(_ value: YAMLValue) -> Condition? { ConditionReader.condition(value) }

  /// A metric's name, which may have a `*` at either end.
  private static func pattern(_ value: YAMLValue) -> String? {
    guard let name = value.text("a metric's name") else { return nil }
    guard !name.dropFirst().dropLast().contains("*") else {
      value.log.error("\(value.name): '*' stands at either end of a name only", at: value.mark)
      return nil
    }
    return name
  }
}
