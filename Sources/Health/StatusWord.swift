/// What one status word of any dialect means: `UP`, `ok`, `OUT_OF_SERVICE`, `Partially Available`.
package struct StatusWord: Sendable, Hashable {
  /// nil where the word claims nothing, as Spring's `UNKNOWN`.
  package var status: HealthReport.Status?
  package var phase: HealthReport.Phase?

  /// nil where the word is not known.
  package init?(_ text: String) {
    // Only what can be a word is looked at: a message is not a status.
    guard text.utf8.count <= 40 else { return nil }
    let word = Self.normal(text)
    switch word {
    case "pass", "passed", "passing", "ok", "okay", "up", "healthy", "ready", "live", "alive",
      "serving", "running", "success", "succeeded", "available", "green", "good", "true", "active",
      "online", "operational", "normal", "yes", "started", "pong":
      status = .pass
    case "warn", "warning", "degraded", "partial", "partially available", "partially up", "yellow",
      "partial outage", "impaired":
      status = .warn
    case "fail", "failed", "failing", "failure", "error", "err", "errored", "down", "unhealthy",
      "unavailable", "service unavailable", "out of service", "not ready", "notready", "unready",
      "not serving", "not healthy", "not ok", "not up", "not available", "critical", "red", "dead",
      "false", "offline", "timeout", "timed out", "internal server error", "fatal", "ko", "nok",
      "no", "broken", "panic", "major outage", "outage":
      status = .fail
    case "starting", "initializing", "initialising", "pre initializing", "warming", "warming up",
      "loading", "booting", "bootstrapping", "starting up":
      phase = .warming
    case "draining", "stopping", "terminating", "shutting down", "stopped", "drained":
      phase = .draining
    case "misconfigured": phase = .misconfigured
    case "unknown", "undefined", "": break
    default: return nil
    }
  }

  /// Small letters, one space for `_`, `-` and white space, no full stop or exclamation mark.
  private static func normal(_ text: String) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(40)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "_"), UInt8(ascii: "-"), 0x20, 0x09, 0x0A, 0x0D:
        if let last = bytes.last, last != 0x20 { bytes.append(0x20) }
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): bytes.append(byte | 0x20)
      case UInt8(ascii: "."), UInt8(ascii: "!"): break
      default: bytes.append(byte)
      }
    }
    while bytes.last == 0x20 { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}

/// What a sentence claims: `At least one router has healthy workers`, `Ingester not ready: …`.
///
/// A claim is read only where it is clear: a text that holds both good and bad words, or none,
/// or that goes on for long, claims nothing.
package struct StatusSentence: Sendable, Hashable {
  package private(set) var status: HealthReport.Status?
  package private(set) var phase: HealthReport.Phase?

  package init(_ text: String) {
    guard text.utf8.count <= 400 else { return }
    var good = false
    var bad = false
    var warning = false
    // How many words ago "not" or "no" was said.
    var negation = 9
    var previous = ""
    for word in Self.words(text) {
      negation += 1
      switch word {
      case "not", "no", "isn't", "cannot", "none", "never": negation = 0
      case "ok", "okay", "healthy", "ready", "up", "pass", "passed", "passing", "alive", "live",
        "pong", "serving", "running", "success", "available", "good", "operational":
        if word == "up", ["starting", "warming", "spinning"].contains(previous) { break }
        if negation <= 3 { bad = true } else { good = true }
      case "fail", "failed", "failing", "fails", "failure", "failures", "error", "errors", "down",
        "unhealthy", "unavailable", "unready", "notready", "dead", "critical", "panic", "panicked",
        "exception", "timeout", "refused", "outage":
        if word == "down", previous == "shutting" {
          phase = .draining
        } else if negation > 3 {
          bad = true
        }
      case "false": if good { (good, bad) = (false, true) }
      case "degraded", "warning", "warn", "impaired": warning = true
      case "starting", "initializing", "initialising", "warming", "booting", "bootstrapping":
        phase = .warming
      case "draining", "terminating": phase = .draining
      default: break
      }
      previous = word
    }
    if phase != nil { return }
    switch (good, bad, warning) {
    case (true, false, false): status = .pass
    case (false, true, _): status = .fail
    case (_, false, true): status = .warn
    default: break
    }
  }

  private static func words(_ text: String) -> [String] {
    text.lowercased().split { !($0.isLetter || $0 == "'" || $0.isNumber) }.map(String.init)
  }
}
