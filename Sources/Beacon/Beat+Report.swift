import Fleet
import Health

/// Why a body is no beat.
struct BeatProblem: Error, Hashable {
  var status: Int
  var sentence: String
}

extension Beat {
  /// What it says, read as the answer of a poll is; a body that claims nothing is refused, for a sender that
  /// says nothing must not look well.
  func report() throws(BeatProblem) -> HealthReport {
    let report = try read()
    switch report.dialect {
    case .empty:
      throw BeatProblem(
        status: 400, sentence: #"a beat says how the instance is, such as {"status": "pass"}"#)
    case .unreadable:
      let reason = report.defects.first ?? "nothing of it can be read"
      throw BeatProblem(status: 400, sentence: "this is no health report: \(reason)")
    case .damcon, .ietf, .spring, .microprofile, .kubernetes, .generic, .text: break
    }
    guard report.status != nil || report.phase != nil else {
      let defect = report.defects.first.map { "; \($0)" } ?? ""
      throw BeatProblem(
        status: 400, sentence: "the report has no status: pass, warn or fail\(defect)")
    }
    return report
  }

  /// What a good-bye says, where it says anything: how it went, when it comes again, or both.
  func lastWord() throws(BeatProblem) -> HealthReport? {
    guard !body.isEmpty else { return nil }
    let word = try read()
    if word.dialect != .unreadable, word.nextCheck != nil || word.status != nil { return word }
    let reason = word.defects.first.map { "; \($0)" } ?? ""
    throw BeatProblem(
      status: 400,
      sentence: #"a good-bye says nothing, how it went ("status"), when it comes again "#
        + #"("next_check_seconds"), or both"# + reason)
  }

  private func read() throws(BeatProblem) -> HealthReport {
    guard body.count <= Beat.largestBody else {
      throw BeatProblem(status: 413, sentence: "a beat has at most \(Beat.largestBody) bytes")
    }
    return HealthReport(body: body, contentType: contentType, status: 200)
  }
}

extension HealthReport {
  /// What it tells of has failed, by its own word or by that of a check that it cannot do without.
  var isFailing: Bool {
    status == .fail || phase == .misconfigured
      || checks.contains { $0.status == .fail && $0.required }
  }
}

/// What senders are told, and what the log says of their silence.
enum BeatSentence {
  /// The same whether there is no such service or the token is another.
  static let stranger =
    "nobody takes beats with this token: send Authorization: Bearer and the token that the fleet file names"
  static let name =
    "an instance's name is up to \(Beacon.longestName) letters, digits, '.', '_', ':' and '-'"
  static let unheard = "no such instance sends beats"
  static let place = "a beat goes to /v1/beat/SERVICE/INSTANCE"

  static func notNamed(_ name: String, _ service: String) -> String {
    "'\(name)' is none of the instances that the fleet file names for \(service)"
  }

  static func full(_ service: String, _ most: Int) -> String {
    "\(service) has \(most) instances already, which is the most that the fleet file lets in"
  }

  static func trouble(_ problem: BeaconTokens.Problem) -> String {
    "beats of \(problem.service) cannot be taken: \(problem.reason)"
  }

  static func tooSoon(_ name: String) -> String { "one beat a second is enough of \(name)" }

  /// `its next run is late by 2h`
  static func late(_ seconds: Double) -> String {
    "its next run is late by \(Words.wholeDuration(seconds))"
  }

  /// `no beat for 40s`
  static func missing(_ seconds: Double, wasHeard: Bool) -> String {
    let silence = Words.wholeDuration(seconds)
    return wasHeard ? "no beat for \(silence)" : "no beat yet, awaited for \(silence)"
  }
}
