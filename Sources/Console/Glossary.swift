import Health

/// What the words on the screens mean: wherever a word is explained, it is by these sentences.
enum Glossary {
  struct Entry {
    var word: String
    var meaning: String
  }

  static let sections: [(title: String, entries: [Entry])] = [
    (
      "WHAT USERS CAN DO",
      [
        Entry(word: "capability", meaning: "something users can do; it needs services"),
        Entry(word: "whole", meaning: "users get all of it"),
        Entry(word: "degraded", meaning: "users get it, but less, older or slower"),
        Entry(word: "lost", meaning: "users cannot do it"),
        Entry(word: "not known", meaning: "something it needs is not heard, so nobody can say"),
        Entry(
          word: "tier", meaning: "business value: C critical, i important, o optional"),
        Entry(
          word: "expected back", meaning: "when it broke, and how long the fleet file says it takes"
        ),
      ]
    ),
    (
      "FALLBACKS",
      [
        Entry(
          word: "fallback", meaning: "a degraded mode in use: something less in place of the real"),
        Entry(word: "entering", meaning: "its entry condition holds, not yet for long enough"),
        Entry(word: "active", meaning: "in use: users get less now"),
        Entry(
          word: "recovering", meaning: "out of use, and watched for its window before it is over"),
        Entry(word: "over", meaning: "out of use for the whole window, exit condition met"),
        Entry(
          word: "tolerance", meaning: "how long it may go on; beyond it the service is unhealthy"),
        Entry(word: "cache", meaning: "answers from copies made before"),
        Entry(word: "static", meaning: "the same fixed answer for everybody"),
        Entry(word: "reduced", meaning: "some of the answer is left out"),
        Entry(word: "queue", meaning: "taken now, done later"),
        Entry(word: "stale", meaning: "the last known answer, however old"),
      ]
    ),
    (
      "BREAKERS",
      [
        Entry(
          word: "breaker", meaning: "stops calls to what keeps failing, so that it can recover"),
        Entry(word: "closed", meaning: "calls go through: nothing is wrong"),
        Entry(word: "open", meaning: "calls are refused without being tried"),
        Entry(word: "half-open", meaning: "a few calls are tried, to see whether it can close"),
        Entry(word: "forced-open", meaning: "held open by hand (resilience4j)"),
        Entry(
          word: "disabled", meaning: "lets every call through, and counts nothing (resilience4j)"),
        Entry(word: "metrics-only", meaning: "lets every call through, and counts (resilience4j)"),
        Entry(
          word: "ejecting",
          meaning: "some endpoints behind one name get no calls: Envoy's outlier ejections, "
            + "linkerd's failure accrual, HAProxy's servers that are down"),
        Entry(
          word: "unknown encoding",
          meaning: "a number whose meaning differs from library to library; the fleet file names it"
        ),
        Entry(
          word: "at its limit",
          meaning:
            "what Envoy calls an open circuit breaker: as many calls at once as are allowed, "
            + "shown as saturation"),
        Entry(
          word: "counted", meaning: "by the library's own counter; as seen: what polls happened on"),
      ]
    ),
    (
      "FLAGS",
      [
        Entry(
          word: "ERROR", meaning: "OpenFeature: no value could be found, the default was served"),
        Entry(word: "STALE", meaning: "OpenFeature: the last known value was served"),
        Entry(
          word: "DEFAULT", meaning: "OpenFeature: no rule matched; flagd says so in good health too"
        ),
      ]
    ),
    (
      "HEALTH, worst first",
      HealthState.allCases.sorted(by: >).map {
        Entry(word: $0.rawValue, meaning: meaning(of: $0))
      }
    ),
    (
      "RELIABILITY",
      [
        Entry(word: "SLO", meaning: "what share of requests has to be good over a window"),
        Entry(word: "budget", meaning: "how many may fail until that is broken"),
        Entry(
          word: "budget healing",
          meaning: "no more of the budget is lost than its window gives back"),
        Entry(word: "burn rate", meaning: "how many times too fast the budget goes"),
        Entry(word: "saturation", meaning: "how full a limited thing is"),
        Entry(word: "liveness", meaning: "the process says whether it works at all"),
        Entry(word: "readiness", meaning: "the process says whether it should get traffic"),
      ]
    ),
    (
      "WHO IS HERE",
      [
        Entry(word: "leads", meaning: "has command of the incident: `:lead NAME` hands it over"),
        Entry(
          word: "follow", meaning: "look where somebody else does, until a key of one's own moves"),
        Entry(
          word: "present", meaning: "show where one looks to those who follow whoever presents"),
        Entry(word: "hand", meaning: "asks for the word: rings for who leads, else for everybody"),
        Entry(word: "@name", meaning: "in a note, rings for whoever is called so"),
        Entry(
          word: "looks only",
          meaning: "this screen's user is not proved on the session's host: it acts on nothing"),
        Entry(
          word: "BEHIND", meaning: "this screen was left behind; what is so now is on its way"),
        Entry(
          word: "LOST", meaning: "the session does not answer; what is shown is as of the time said"
        ),
      ]
    ),
  ]

  /// The sentence for a word; of a word that two sections have, the first one's.
  static func meaning(of word: String) -> String {
    for section in sections {
      if let entry = section.entries.first(where: { $0.word == word }) { return entry.meaning }
    }
    return ""
  }

  static func meaning(of state: HealthState) -> String {
    switch state {
    case .unreachable: "no answer at all: refused, reset, DNS, TLS, or timeouts in a row"
    case .unhealthy: "liveness fails: the process says it is broken; or a fallback beyond tolerance"
    case .notReady: "readiness failed for longer than its grace: it should get no traffic"
    case .degraded: "serves, but with less: optional checks, fallbacks, some instances"
    case .stale: "was known, and nothing was heard for two intervals"
    case .draining: "going down on purpose"
    case .warming: "coming up"
    case .unknown: "nothing heard yet"
    case .healthy: "all is well"
    }
  }
}
