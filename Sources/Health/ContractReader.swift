/// The parts that only Damcon's own contract has: fallbacks, breakers, flags, rollout, saturation.
struct ContractReader {
  /// A name that no other dialect uses at the top of a body.
  static let ownKeys = [
    "phase", "fallbacks", "breakers", "rollout", "saturation", "next_check_seconds",
    "api_versions", "flags",
  ]

  static func fill(
    _ report: inout HealthReport, from object: JSONObject, with fields: inout FieldReader
  ) {
    report.hint = fields.text(object, "hint")
    report.nextCheck = fields.amount(object, "next_check_seconds")
    if let text = fields.text(object, "phase") {
      if let phase = HealthReport.Phase(rawValue: text.lowercased()) ?? StatusWord(text)?.phase {
        report.phase = phase
      } else {
        fields.note(
          "phase: expected warming, serving, draining or misconfigured, "
            + "found \(JSONValue.string(text).found)")
      }
    }
    report.language = fields.text(object, "language")
    report.apiVersions = apiVersions(object, &fields)
    report.fallbacks = fields.objects(object, "fallbacks").map { fallback($0, $1, &fields) }
    report.breakers = fields.objects(object, "breakers").compactMap { breaker($0, $1, &fields) }
    report.flags = fields.objects(object, "flags").compactMap { flag($0, $1, &fields) }
    report.saturation = fields.objects(object, "saturation").compactMap {
      saturation($0, $1, &fields)
    }
    if let rollout = fields.object(object, "rollout") {
      report.rollout = HealthReport.Rollout(
        track: fields.text(rollout, "track", at: "rollout"),
        weight: fields.amount(rollout, "weight", at: "rollout"),
        previousVersion: fields.text(rollout, "previous_version", at: "rollout"))
    }
  }

  private static func apiVersions(_ object: JSONObject, _ fields: inout FieldReader) -> [String] {
    guard let value = object["api_versions"] else { return [] }
    guard case .array(let elements) = value else {
      fields.note("api_versions: expected a list, found \(value.found)")
      return []
    }
    var result: [String] = []
    for (index, element) in elements.prefix(32).enumerated() {
      if case .string(let text) = element {
        result.append(FieldReader.bounded(text, to: FieldReader.longestName))
      } else {
        fields.note("api_versions[\(index)]: expected text, found \(element.found)")
      }
    }
    return result
  }

  private static func fallback(
    _ path: String, _ object: JSONObject, _ fields: inout FieldReader
  ) -> HealthReport.Fallback {
    HealthReport.Fallback(
      name: fields.name(object, at: path),
      // A fallback is listed because it exists; only a plain true says that it is in use.
      active: fields.flag(object, "active", at: path) ?? false,
      since: fields.time(object, "since", at: path),
      reason: fields.text(object, "reason", at: path),
      mode: fields.text(object, "mode", at: path),
      tolerance: fields.amount(object, "tolerance_seconds", at: path),
      dependency: fields.text(object, "dependency", at: path),
      userMessage: fields.text(object, "user_message", at: path),
      dataAge: fields.amount(object, "data_age_seconds", at: path))
  }

  private static func breaker(
    _ path: String, _ object: JSONObject, _ fields: inout FieldReader
  ) -> HealthReport.Breaker? {
    let name = fields.name(object, at: path)
    guard let text = fields.text(object, "state", at: path) else {
      if !object.has("state") { fields.note("\(path).state: missing") }
      return nil
    }
    guard let state = breakerState(text) else {
      fields.note(
        "\(path).state: expected closed, half-open or open, found \(JSONValue.string(text).found)")
      return nil
    }
    return HealthReport.Breaker(
      name: name, state: state, since: fields.time(object, "since", at: path))
  }

  /// As the common breaker libraries write it: `half-open`, `HALF_OPEN`, `HalfOpen`.
  static func breakerState(_ text: String) -> HealthReport.Breaker.State? {
    switch text.lowercased().filter(\.isLetter) {
    case "closed", "close": .closed
    case "open", "opened", "forcedopen": .open
    case "halfopen": .halfOpen
    default: nil
    }
  }

  private static func flag(
    _ path: String, _ object: JSONObject, _ fields: inout FieldReader
  ) -> HealthReport.Flag? {
    let name = fields.name(object, at: path)
    guard let on = fields.flag(object, "on", at: path) else {
      if !object.has("on") { fields.note("\(path).on: missing") }
      return nil
    }
    return HealthReport.Flag(
      name: name, on: on, exposure: fields.amount(object, "exposure", at: path),
      owner: fields.text(object, "owner", at: path))
  }

  private static func saturation(
    _ path: String, _ object: JSONObject, _ fields: inout FieldReader
  ) -> HealthReport.Saturation? {
    let name = fields.name(object, at: path)
    guard let used = fields.amount(object, "used", at: path) else {
      if !object.has("used") { fields.note("\(path).used: missing") }
      return nil
    }
    return HealthReport.Saturation(
      name: name, used: used, limit: fields.amount(object, "limit", at: path))
  }
}
