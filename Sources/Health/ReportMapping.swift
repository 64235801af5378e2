/// Maps one JSON body onto a report, whatever dialect it is written in.
///
/// Dialects are told apart for the label only: the members that mean something are looked for in
/// every body, since services mix them freely.
struct ReportMapping {
  let contentType: ContentType
  let httpStatus: Int
  private var fields = FieldReader()

  init(contentType: ContentType, httpStatus: Int) {
    self.contentType = contentType
    self.httpStatus = httpStatus
  }

  mutating func report(of value: JSONValue) -> HealthReport {
    var report: HealthReport
    switch value {
    case .object(let object):
      if object.has("$schema") || isSchema(object) {
        return HealthReport(unreadable: "the body is a JSON Schema, not a health answer")
      }
      report = self.report(of: object)
    case .string(let text):
      report = HealthReport(dialect: .generic)
      let word = StatusWord(text)
      let sentence = StatusSentence(text)
      report.status = word == nil ? sentence.status : word?.status
      report.phase = word == nil ? sentence.phase : word?.phase
      report.message = FieldReader.bounded(text)
    case .bool(let passes): report = HealthReport(dialect: .generic, status: passes ? .pass : .fail)
    case .array:
      report = self.report(of: JSONObject([.init(key: "checks", value: value)]))
      report.dialect = .generic
    case .null, .number:
      return HealthReport(unreadable: "expected an object, found \(value.found)")
    }
    for defect in fields.defects { report.note(defect) }
    return report
  }

  private func isSchema(_ object: JSONObject) -> Bool {
    guard case .object? = object["properties"], case .string(let type)? = object["type"] else {
      return false
    }
    return type == "object" && !object.has("status")
  }

  private mutating func report(of object: JSONObject) -> HealthReport {
    var report = HealthReport(dialect: dialect(of: object))
    if let key = object.duplicate {
      fields.note("\(FieldReader.bounded(key, to: 40)): written twice, the last one counts")
    }
    let claim = claim(of: object, at: "")
    report.status = claim?.status
    ContractReader.fill(&report, from: object, with: &fields)
    report.phase = report.phase ?? claim?.phase
    report.timestamp = fields.time(object, "timestamp", "time")
    fillIdentity(&report, object)
    report.message = message(of: object, in: report.dialect)

    var checks = CheckReader(fields: fields, httpStatus: httpStatus)
    checks.read(object, dialect: report.dialect, isClaimed: claim != nil)
    fields = checks.fields
    report.breakers += checks.breakers
    report.saturation += checks.saturation.prefix(
      max(0, HealthReport.entriesKept - report.saturation.count))
    if report.status == nil, claim == nil, !checks.found.isEmpty {
      report.status = checks.found.map(\.check.status).max { $0.rank < $1.rank }
    }
    // Where a check does not say whether it is required, the verdict of the whole does: had a
    // required one failed, the body would not claim to pass.
    let isServing = report.status == .pass || report.status == .warn
    report.checks = checks.found.map {
      var check = $0.check
      check.required = $0.required ?? !isServing
      return check
    }
    return report
  }

  // MARK: Dialect

  private func dialect(of object: JSONObject) -> HealthReport.Dialect {
    if ContractReader.ownKeys.contains(where: object.has) { return .damcon }
    if contentType.isHealthJSON { return .ietf }
    let status: String? =
      if case .string(let text)? = object["status"] ?? object["outcome"] { text } else { nil }
    let isShouted = ["UP", "DOWN", "OUT_OF_SERVICE", "UNKNOWN"].contains(status ?? "")
    let isContract = ["pass", "warn", "fail"].contains(status ?? "")
    switch object["checks"] {
    case .array(let elements)?:
      if isShouted { return .microprofile }
      let isOwn = elements.contains {
        if case .object(let check) = $0 {
          check.has("required") || check.has("observed_ms")
        } else {
          false
        }
      }
      return isContract || isOwn ? .damcon : .generic
    case .object(let map)?:
      let hasLists = map.members.contains { if case .array = $0.value { true } else { false } }
      return hasLists || isContract ? .ietf : .generic
    default: break
    }
    if contentType.isSpring || isShouted { return .spring }
    if object.has("releaseId") || object.has("serviceId") { return .ietf }
    return isContract ? .damcon : .generic
  }

  // MARK: Claim

  /// What an object says of itself; nil where it says nothing.
  private mutating func claim(of object: JSONObject, at path: String) -> StatusWord? {
    Self.claim(of: object, at: path, &fields)
  }

  private static let claimKeys = [
    "status", "health", "healthy", "state", "outcome", "overall", "ok", "ready", "alive", "live",
    "up", "success", "passing",
  ]

  static func claim(
    of object: JSONObject, at path: String, _ fields: inout FieldReader
  ) -> StatusWord? {
    for key in claimKeys {
      guard let value = object[key] else { continue }
      switch value {
      case .string(let text):
        if let word = StatusWord(text) { return word }
        // Resilience4j writes CIRCUIT_OPEN where others write DOWN.
        if text.hasPrefix("CIRCUIT_") {
          return StatusWord(text.hasSuffix("CLOSED") ? "ok" : "warn")
        }
        if ["status", "healthy", "outcome"].contains(key) {
          fields.note(
            "\(FieldReader.join(path, key)): expected pass, warn or fail, found \(value.found)")
        }
      case .bool(let passes): return StatusWord(passes ? "pass" : "fail")
      case .number(let code) where key == "status" && (100..<600).contains(code):
        return StatusWord(code < 400 ? "pass" : "fail")
      default:
        if key == "status" {
          fields.note("\(FieldReader.join(path, key)): expected text, found \(value.found)")
        }
      }
    }
    return nil
  }

  // MARK: Identity and message

  private mutating func fillIdentity(_ report: inout HealthReport, _ object: JSONObject) {
    report.service =
      fields.text(object, "service")
      ?? fields.anyText(object, "serviceId", "serviceName", "app", "name")
    report.version = fields.text(object, "version")
    report.build = fields.text(object, "build") ?? fields.anyText(object, "commit", "revision")
    if let release = fields.anyText(object, "releaseId", "release") {
      // IETF: `version` is that of the public API, `releaseId` that of the program.
      if let version = report.version, report.apiVersions.isEmpty { report.apiVersions = [version] }
      report.version = release
    }
    if case .object(let component)? = object["component"] {
      report.service = report.service ?? fields.anyText(component, "name")
      report.version = report.version ?? fields.anyText(component, "version")
    }
  }

  private mutating func message(
    of object: JSONObject, in dialect: HealthReport.Dialect
  ) -> String? {
    if let message = fields.text(object, "message"), !message.isEmpty { return message }
    if let text = fields.anyText(object, "error", "reason", "output", "msg", "detail", "details") {
      return text
    }
    if dialect != .ietf, let text = fields.anyText(object, "description") { return text }
    if case .array(let notes)? = object["notes"] {
      for case .string(let note) in notes where !note.isEmpty { return FieldReader.bounded(note) }
    }
    return nil
  }
}

extension HealthReport.Status {
  /// Higher is worse.
  var rank: Int {
    switch self {
    case .pass: 0
    case .warn: 1
    case .fail: 2
    }
  }
}
