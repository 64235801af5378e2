import Exposition

/// What is asked of a target, as schedules and discovery tell them apart.
enum Kind: Int, Sendable, Hashable, CaseIterable { case liveness, readiness, metrics }

/// Finds the routes of a target by asking the usual paths one at a time.
///
/// A pure value: it says what to ask next and is told what came. A route counts when it answers
/// with anything but "not here"; an answer that any path gets (a page for every address, as single
/// page applications serve it) does not count.
struct Discovery {
  static let candidates: [Kind: [String]] = [
    .liveness: [
      "/healthz", "/livez", "/health", "/-/healthy", "/health/live", "/actuator/health/liveness",
      "/q/health/live", "/actuator/health",
    ],
    .readiness: [
      "/readyz", "/ready", "/-/ready", "/health/ready", "/readiness", "/actuator/health/readiness",
      "/q/health/ready",
    ],
    .metrics: ["/metrics", "/actuator/prometheus", "/q/metrics", "/debug/metrics/prometheus"],
  ]

  /// A path that no service has. What it answers, any path would answer.
  static let nonsense = "/damcon-asks-for-no-such-route"

  struct Question: Equatable {
    /// Nil for the nonsense path.
    var kind: Kind?
    var path: String
  }

  /// What matters of an answer.
  struct Seen: Equatable {
    var status: Int
    var isHTML: Bool
    /// The body claims a status in a health dialect, or is an exposition.
    var isMeaningful: Bool
    /// Tells one body from another.
    var fingerprint: Int
  }

  private var open: [Question]
  private(set) var found: [Kind: String] = [:]
  /// Answers that a page for every address could have given, until the nonsense path tells.
  private var doubtful: [(question: Question, seen: Seen)] = []
  private var nonsense: Seen?
  private var forbidden: [Kind: String] = [:]
  private var hung: [Kind: String] = [:]
  private(set) var hasHeard = false

  init(of kinds: [Kind]) {
    open = kinds.flatMap { kind in
      (Self.candidates[kind] ?? []).map { Question(kind: kind, path: $0) }
    }
  }

  /// What to ask next, or nil when all is known.
  var next: Question? {
    if let question = open.first { return question }
    return doubtful.isEmpty || nonsense != nil ? nil : Question(kind: nil, path: Self.nonsense)
  }

  mutating func answered(_ seen: Seen) {
    hasHeard = true
    guard let question = next else { return }
    guard let kind = question.kind else {
      nonsense = seen
      return settleDoubts()
    }
    open.removeFirst()
    switch seen.status {
    case 300..<400, 400, 404, 405, 406, 410, 501: return
    case 401, 403:
      if forbidden[kind] == nil { forbidden[kind] = question.path }
      return
    case 200..<300:
      if kind == .metrics, !seen.isMeaningful { return }
      if kind == .metrics { return take(question.path, for: kind) }
      // A page, or a text that says nothing of health, may be what every path answers.
      if nonsense.map({ isCatchAll(seen, $0) }) ?? false { return }
      guard nonsense != nil else {
        doubtful.append((question, seen))
        open.removeAll { $0.kind == kind }
        return
      }
      take(question.path, for: kind)
    default: take(question.path, for: kind)
    }
  }

  /// The question got no answer. A path that hangs is asked no more; any other fault is the target's,
  /// and the same question is asked again.
  mutating func failed(hangs: Bool) {
    guard hangs, let question = next else { return }
    guard let kind = question.kind else {
      nonsense = .nothing
      return settleDoubts()
    }
    open.removeFirst()
    if hung[kind] == nil { hung[kind] = question.path }
    // All of it hangs: from the start again.
    if open.isEmpty, !hasHeard {
      let kinds = Kind.allCases.filter { hung[$0] != nil }
      self = Discovery(of: kinds)
    }
  }

  /// The route of each kind, once `next` is nil: what answered; else what wants credentials; else
  /// what hangs where other paths answer, and so exists.
  func route(of kind: Kind) -> String? { found[kind] ?? forbidden[kind] ?? hung[kind] }

  /// Whether nothing but its hanging speaks for this kind's route.
  func isGuess(of kind: Kind) -> Bool { found[kind] == nil && forbidden[kind] == nil }

  private mutating func take(_ path: String, for kind: Kind) {
    found[kind] = path
    open.removeAll { $0.kind == kind }
  }

  private mutating func settleDoubts() {
    guard let nonsense else { return }
    let doubts = doubtful
    doubtful = []
    for (question, seen) in doubts {
      guard let kind = question.kind else { continue }
      if !isCatchAll(seen, nonsense) {
        take(question.path, for: kind)
      } else {
        // The rest of this kind was put aside when the first path answered.
        let rest = (Self.candidates[kind] ?? []).drop { $0 != question.path }.dropFirst()
        open += rest.map { Question(kind: kind, path: $0) }
      }
    }
  }

  private func isCatchAll(_ seen: Seen, _ nonsense: Seen) -> Bool {
    guard seen.status == nonsense.status else { return false }
    if seen.isHTML && nonsense.isHTML { return true }
    return seen.fingerprint == nonsense.fingerprint && !seen.isMeaningful
  }
}
