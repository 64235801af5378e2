/// Gathers the checks of a JSON body: lists, maps, maps of lists, nested components, maps of
/// failures, or a flat map of name to outcome.
struct CheckReader {
  /// A check, and whether it is required, where it says so.
  struct Found {
    var check: HealthReport.Check
    var required: Bool?
  }

  var fields: FieldReader
  let httpStatus: Int
  private(set) var found: [Found] = []
  private(set) var breakers: [HealthReport.Breaker] = []
  private(set) var saturation: [HealthReport.Saturation] = []
  /// There were more checks than are kept.
  private var isCut = false

  init(fields: FieldReader, httpStatus: Int) {
    self.fields = fields
    self.httpStatus = httpStatus
  }

  /// Members whose text or truth is itself an outcome, besides objects.
  private static let outcomeKeys = [
    "checks", "components", "dependencies", "services", "subsystems", "entries", "results",
  ]
  private static let failureKeys = ["failures", "errors"]
  /// Members of a body that are never checks themselves.
  private static let plainKeys: Set<String> = [
    "component", "system", "links", "data", "meta", "metadata", "info", "error", "rollout",
    "groups", "status", "version", "message", "name", "service", "commit", "build", "time",
    "timestamp", "hostname", "host", "uptime", "env", "environment", "description", "reason",
    "details", "hint", "phase", "language", "revision", "release", "app", "id", "output",
  ]

  mutating func read(_ object: JSONObject, dialect: HealthReport.Dialect, isClaimed: Bool) {
    for key in Self.outcomeKeys {
      guard let value = object[key] else { continue }
      read(value, key, takesOutcomes: true)
    }
    if case .object? = object["details"] {
      read(object["details"] ?? .null, "details", takesOutcomes: false)
    } else if case .array? = object["details"] {
      read(object["details"] ?? .null, "details", takesOutcomes: false)
    } else if found.isEmpty {
      // NestJS Terminus, where `details` is left out.
      for key in ["info", "error"] {
        if case .object? = object[key] { read(object[key] ?? .null, key, takesOutcomes: false) }
      }
    }
    for key in Self.failureKeys { readFailures(object[key], key) }
    readWorkers(object)
    if found.isEmpty { readFlat(object, dialect: dialect, isClaimed: isClaimed) }
    if isCut { fields.noteCut("checks") }
  }

  // MARK: Lists and maps

  private mutating func read(_ value: JSONValue, _ key: String, takesOutcomes: Bool) {
    switch value {
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        let path = "\(key)[\(index)]"
        if found.count >= HealthReport.entriesKept {
          isCut = true
          return
        }
        guard case .object(let object) = element else {
          if key == "checks" {
            fields.note("\(path): expected an object, found \(element.found)")
          }
          continue
        }
        let name = fields.anyText(object, "name", "componentName", "id", "check", "key")
        if name == nil, key == "checks" { _ = fields.name(object, at: path) }
        add(object, name: name ?? path, at: path, isAlone: true)
      }
    case .object(let map):
      for member in map.members {
        if found.count >= HealthReport.entriesKept {
          isCut = true
          return
        }
        readMember(member, at: key, prefix: "", takesOutcomes: takesOutcomes)
      }
    default:
      if key == "checks" { fields.note("checks: expected a list, found \(value.found)") }
    }
  }

  private mutating func readMember(
    _ member: JSONObject.Member, at path: String, prefix: String, takesOutcomes: Bool
  ) {
    let name = prefix.isEmpty ? member.key : "\(prefix)/\(member.key)"
    let place = FieldReader.join(path, FieldReader.bounded(member.key, to: 60))
    switch member.value {
    case .object(let object): add(object, name: name, at: place, isAlone: false)
    case .array(let elements):
      // IETF: one entry for each node of the component.
      for (index, element) in elements.enumerated() {
        guard case .object(let object) = element else { continue }
        let node: String =
          switch object["node"] {
          case .number(let number)?: "[\(Words.number(number))]"
          case .string(let text)?: "[\(FieldReader.bounded(text, to: 40))]"
          default: elements.count > 1 ? "[\(index)]" : ""
          }
        add(object, name: name + node, at: "\(place)[\(index)]", isAlone: true)
      }
    case .string(let text) where takesOutcomes: addOutcome(text, name: name)
    case .bool(let passes) where takesOutcomes:
      append(HealthReport.Check(name: name, status: passes ? .pass : .fail), required: nil)
    default: break
    }
  }

  /// A check that is only a text: a word, or the error itself where the answer is an error.
  private mutating func addOutcome(_ text: String, name: String) {
    if let word = StatusWord(text) {
      if let status = word.status { append(.init(name: name, status: status), required: nil) }
    } else if httpStatus >= 500 {
      append(
        .init(name: name, status: .fail, message: FieldReader.bounded(text)), required: nil)
    }
  }

  private mutating func append(_ check: HealthReport.Check, required: Bool?) {
    guard found.count < HealthReport.entriesKept else {
      isCut = true
      return
    }
    var check = check
    check.name = FieldReader.bounded(check.name, to: FieldReader.longestName)
    found.append(Found(check: check, required: required))
  }

  // MARK: One check

  private mutating func add(
    _ object: JSONObject, name: String, at path: String, isAlone: Bool
  ) {
    var inner: JSONObject?
    if case .object(let details)? = object["details"] { inner = details }
    if case .object(let data)? = object["data"] { inner = inner ?? data }
    if let state = inner.flatMap({ fields.anyText($0, "state") }),
      name.lowercased().contains("breaker"), let breaker = ContractReader.breakerState(state),
      breakers.count < HealthReport.entriesKept
    {
      let leaf = name.split(separator: "/").last.map(String.init) ?? name
      breakers.append(.init(name: leaf, state: breaker))
    }
    let children = isAlone ? [] : children(of: object)
    if !children.isEmpty {
      for child in children {
        readMember(child, at: path, prefix: name, takesOutcomes: false)
      }
      return
    }
    let message = message(of: object, inner)
    let claim = ReportMapping.claim(of: object, at: path, &fields)
    var status = claim?.status
    if claim == nil, fields.anyText(object, "error") != nil { status = .fail }
    if claim?.phase != nil { status = .warn }
    readSaturation(object, inner, name: name)
    guard let status else {
      if claim != nil {
        fields.note("\(path).status: claims nothing")
      } else if path.hasPrefix("checks"), !object.has("status"), !object.has("observedValue") {
        fields.note("\(path).status: missing")
      }
      return
    }
    var check = HealthReport.Check(name: name, status: status, message: message)
    check.transient = fields.flag(object, "transient", at: path)
    check.observed = observed(object, at: path)
    check.since = fields.time(object, "since", "first_failure_at", at: path)
    check.retryAfter = fields.amount(object, "retry_after_seconds", at: path)
    append(check, required: required(object, at: path))
  }

  private mutating func required(_ object: JSONObject, at path: String) -> Bool? {
    if let required = fields.flag(object, "required", at: path) { return required }
    for key in ["fatal", "critical"] {
      if case .bool(let value)? = object[key] { return value }
    }
    if case .bool(let value)? = object["optional"] { return !value }
    return nil
  }

  /// The components inside a component: members of `components` or `details` that have a status.
  private func children(of object: JSONObject) -> [JSONObject.Member] {
    for key in ["components", "details"] {
      guard case .object(let map)? = object[key] else { continue }
      let children = map.members.filter {
        guard case .object(let child) = $0.value else { return false }
        return child.has("status")
      }
      if !children.isEmpty { return children }
    }
    return []
  }

  private func message(of object: JSONObject, _ inner: JSONObject?) -> String? {
    if let text = fields.anyText(
      object, "message", "error", "output", "reason", "exception", "description", "details")
    {
      return text
    }
    return inner.flatMap { fields.anyText($0, "error", "message", "reason") }
  }

  /// Seconds that the check took.
  private mutating func observed(_ object: JSONObject, at path: String) -> Double? {
    if let milliseconds = fields.amount(object, "observed_ms", at: path) {
      return milliseconds / 1e3
    }
    for key in ["duration_ms", "latency_ms", "response_time_ms", "elapsed_ms"] {
      if case .number(let value)? = object[key], value.isFinite, value >= 0 { return value / 1e3 }
    }
    for key in ["duration", "latency", "responseTime", "elapsed"] {
      if case .string(let text)? = object[key], let seconds = DurationText.parse(text) {
        return seconds
      }
    }
    if case .number(let value)? = object["observedValue"], value.isFinite, value >= 0,
      path.contains("responseTime")
    {
      switch fields.anyText(object, "observedUnit") {
      case "s", "sec", "seconds": return value
      case "ms", "milliseconds": return value / 1e3
      case "us", "µs", "microseconds": return value / 1e6
      case "ns", "nanoseconds": return value / 1e9
      default: return nil
      }
    }
    return nil
  }

  /// What a check says of how full something is: IETF percentages, Spring's disk space.
  private mutating func readSaturation(
    _ object: JSONObject, _ inner: JSONObject?, name: String
  ) {
    guard saturation.count < HealthReport.entriesKept else { return }
    if case .number(let value)? = object["observedValue"], value.isFinite, value >= 0,
      ["percent", "%"].contains(fields.anyText(object, "observedUnit") ?? "")
    {
      saturation.append(.init(name: name, used: value, limit: 100))
    } else if let inner, case .number(let total)? = inner["total"], total.isFinite, total > 0,
      case .number(let free)? = inner["free"], (0...total).contains(free)
    {
      saturation.append(.init(name: name, used: total - free, limit: total))
    }
  }

  // MARK: Failures, workers, flat maps

  private mutating func readFailures(_ value: JSONValue?, _ key: String) {
    switch value {
    case .object(let map)?:
      for member in map.members {
        let message: String? =
          switch member.value {
          case .string(let text): FieldReader.bounded(text)
          case .object(let object): message(of: object, nil)
          default: nil
          }
        append(.init(name: member.key, status: .fail, message: message), required: nil)
      }
    case .array(let elements)?:
      for (index, element) in elements.enumerated() {
        switch element {
        case .string(let text):
          append(
            .init(name: "\(key)[\(index)]", status: .fail, message: FieldReader.bounded(text)),
            required: nil)
        case .object(let object):
          append(
            .init(
              name: fields.anyText(object, "name", "check", "id") ?? "\(key)[\(index)]",
              status: .fail, message: message(of: object, nil)), required: nil)
        default: break
        }
      }
    default: break
    }
  }

  /// `{"healthy_workers": 1, "total_workers": 2}`, as the routers of model servers say it.
  private mutating func readWorkers(_ object: JSONObject) {
    for member in object.members {
      guard member.key.hasPrefix("healthy_"), case .number(let healthy) = member.value else {
        continue
      }
      let name = String(member.key.dropFirst("healthy_".count))
      guard case .number(let total)? = object["total_" + name], total.isFinite, total >= 0,
        (0...total).contains(healthy)
      else { continue }
      append(
        .init(
          name: name, status: healthy == total && total > 0 ? .pass : healthy > 0 ? .warn : .fail,
          message: "\(Words.number(healthy)) of \(Words.number(total)) healthy"), required: nil)
    }
  }

  /// Members that are checks without being said to be: Spring Boot 1 and heptio/healthcheck.
  private mutating func readFlat(
    _ object: JSONObject, dialect: HealthReport.Dialect, isClaimed: Bool
  ) {
    let members = object.members.filter { !Self.plainKeys.contains($0.key) }
    if isClaimed {
      guard dialect == .spring else { return }
      for member in members {
        guard case .object(let inner) = member.value, inner.has("status") else { continue }
        add(inner, name: member.key, at: FieldReader.bounded(member.key, to: 60), isAlone: false)
      }
    } else if members.contains(where: {
      if case .string(let text) = $0.value { StatusWord(text)?.status != nil } else { false }
    }) {
      for member in members {
        if case .string(let text) = member.value { addOutcome(text, name: member.key) }
      }
    }
  }
}
