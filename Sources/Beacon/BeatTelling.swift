import Health
import Incident

/// A report of a sender, as it is entered: twice, for the two questions that others are asked.
struct BeatTelling {
  private let report: HealthReport
  /// Nothing is awaited after it before its `nextCheck`.
  private let isLast: Bool
  /// Seconds since it came.
  private let age: Double

  static let routes = Routes(liveness: Probe.beat, readiness: Probe.beat)

  init(_ report: HealthReport, isLast: Bool = false, age: Double = 0) {
    self.report = report
    self.isLast = isLast
    self.age = age
  }

  /// That a beat came is the answer to whether it lives; what it says, to whether it is ready. The latter is first:
  /// with it goes how long both may be waited for.
  func tell(of target: Target, into events: inout [Event]) {
    var lives = HealthReport(dialect: .damcon, status: .pass)
    if isLast { lives.nextCheck = report.nextCheck }
    for (kind, said) in [(ProbeKind.readiness, report), (.liveness, lives)] {
      let answer = Probe.Answer.response(status: 200, report: said)
      let path = isLast ? Probe.rest : Probe.beat
      events.append(
        .probe(target: target, Probe(kind: kind, path: path, duration: age, answer: answer)))
    }
  }
}
