import Fleet

/// One answer judged by itself: the verdict is the worse of the HTTP status and what the body says.
struct Outcome: Hashable {
  var verdict: Route.Verdict
  var fault: Fault?
  /// `503: pool saturated`, `refused: connection refused`; nil where all is well.
  var cause: String?
  var httpStatus: Int?
  var report: HealthReport?

  init(_ probe: Probe) {
    switch probe.answer {
    case .fault(let fault): self.init(fault)
    case .response(let status, let report):
      self.init(status: status, report, isBeat: probe.isBeat)
    }
  }

  init(_ fault: Fault) {
    verdict = .fail
    self.fault = fault
    cause = Self.words(for: fault)
  }

  /// A metrics route that answered.
  static let scraped = Outcome(verdict: .pass)

  private init(verdict: Route.Verdict) { self.verdict = verdict }

  private init(status: Int, _ report: HealthReport, isBeat: Bool) {
    httpStatus = status
    self.report = report
    let says = report.says
    if report.phase == .misconfigured {
      verdict = .fail
      fault = Fault(.misconfigured, says ?? "it says so itself")
      cause = "misconfigured" + (says.map { ": \($0)" } ?? "")
    } else if !(200..<300).contains(status) {
      verdict = .fail
      let why = Self.meaning(of: status, report)
      let isPanic = status >= 500 && report.mentionsPanic
      fault = Fault(isPanic ? .panic : .httpStatus, why.map { "\(status): \($0)" } ?? "\(status)")
      cause = fault?.detail
    } else if report.status == .fail {
      verdict = .fail
      // The status of a beat is what it was answered with, and contradicts nothing.
      let claim = isBeat ? "says fail" : "says fail in a \(status)"
      fault = Fault(.payload, claim + (says.map { ": \($0)" } ?? ""))
      cause = fault?.detail
    } else if report.dialect == .unreadable {
      // The status says yes, but what came is no health answer: a login page, a proxy's own page.
      verdict = .unknown
      fault = Fault(.payload, report.defects.first ?? "the body is not a health answer")
      cause = "\(status), but \(fault?.detail ?? "")"
    } else {
      verdict = .pass
    }
  }

  private static func meaning(of status: Int, _ report: HealthReport) -> String? {
    if report.status == .pass { return "its body says pass" }
    if let says = report.says { return says }
    return switch status {
    case 300..<400: "redirects elsewhere"
    case 401, 403: "credentials refused"
    case 404, 410: "no such route"
    case 405: "GET is not allowed"
    case 429: "sheds load"
    default: report.dialect == .unreadable ? nil : report.failingChecks
    }
  }

  static func words(for fault: Fault) -> String {
    fault.detail.isEmpty ? fault.kind.rawValue : "\(fault.kind.rawValue): \(fault.detail)"
  }
}

extension HealthReport {
  /// The body's own words for why, where they say more than the verdict does.
  var says: String? {
    guard dialect != .unreadable, let message else { return nil }
    let line = message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    return line.isEmpty || StatusWord(line) != nil ? nil : line
  }

  /// `postgres, redis failing`, at most two of them named.
  var failingChecks: String? {
    let names = checks.filter { $0.status == .fail }.map(\.name)
    guard !names.isEmpty else { return nil }
    let more = names.count > 2 ? " and \(names.count - 2) more" : ""
    return names.prefix(2).joined(separator: ", ") + more + " failing"
  }

  var mentionsPanic: Bool {
    guard let message else { return false }
    return message.contains("panic") || message.contains("runtime error:")
  }
}
