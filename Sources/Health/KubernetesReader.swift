/// The verbose text of Kubernetes' own health routes, and of those that copied it.
///
///     [+]ping ok
///     [-]etcd failed: reason withheld
///     [+]shutdown excluded: ok
///     readyz check failed
enum KubernetesReader {
  /// nil where the text is not of this kind.
  static func read(_ content: Span<UInt8>) -> HealthReport? {
    guard content.count > 3, content[0] == UInt8(ascii: "["), content[2] == UInt8(ascii: "]"),
      content[1] == UInt8(ascii: "+") || content[1] == UInt8(ascii: "-")
    else { return nil }
    var report = HealthReport(dialect: .kubernetes)
    let head = content.extracting(first: 256 << 10).withUnsafeBufferPointer {
      String(decoding: $0, as: UTF8.self)
    }
    var verdict: HealthReport.Status?
    var isCut = content.count > 256 << 10
    for line in head.split(whereSeparator: \.isNewline) {
      if let check = check(line) {
        if report.checks.count < HealthReport.entriesKept {
          report.checks.append(check)
        } else {
          isCut = true
        }
      } else if line.hasSuffix("check passed") {
        verdict = .pass
      } else if line.hasSuffix("check failed") {
        verdict = .fail
      } else if line.hasPrefix("warn:") {
        report.note(Words.clipped(String(line), to: 200))
      }
    }
    if isCut { report.note("only the first \(HealthReport.entriesKept) checks are kept") }
    report.status = verdict ?? (report.checks.contains { $0.status == .fail } ? .fail : .pass)
    return report
  }

  /// `[+]name ok`, `[-]name failed: reason`, `[+]name excluded: ok`.
  private static func check(_ line: Substring) -> HealthReport.Check? {
    let isPassing = line.hasPrefix("[+]")
    guard isPassing || line.hasPrefix("[-]") else { return nil }
    let rest = line.dropFirst(3)
    let name = rest.prefix { $0 != " " }
    guard !name.isEmpty else { return nil }
    let outcome = rest.dropFirst(name.count + 1)
    let isExcluded = outcome.hasPrefix("excluded")
    var message: String?
    if isExcluded {
      message = "excluded"
    } else if let colon = outcome.firstIndex(of: ":") {
      message = String(outcome[outcome.index(after: colon)...].drop { $0 == " " })
    }
    return HealthReport.Check(
      name: Words.clipped(String(name), to: 200), status: isPassing ? .pass : .fail,
      required: !isExcluded, message: message.map { Words.clipped($0, to: 400) })
  }
}
