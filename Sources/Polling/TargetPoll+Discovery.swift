import Fleet
import Health
import Incident
import NIOCore

/// How a target's routes are looked for: the first time all at once, later one question an interval.
extension TargetPoll {
  func beginDiscovery(of kinds: [Kind]) {
    discovery = Discovery(of: kinds)
    discoveryLead = kinds.first
    lastDiscovery = .now()
  }

  /// Asks the next question, and goes on while answers come.
  func discover() {
    guard !isAsking, let question = discovery?.next else { return }
    isAsking = true
    let purpose: Request.Purpose = question.kind == .metrics ? .metrics : .health
    prepare(route: question.path, purpose: purpose) { prepared in
      switch prepared {
      case .success(let request):
        Exchange.start(
          request, timeout: self.timeout(of: question.kind ?? .liveness), with: self.client,
          keeping: self.keeping
        ) { self.heard($0, to: question) }
      case .failure(let problem):
        let fault = Fault(.misconfigured, problem.reason)
        self.heard(Outcome(result: .fault(fault), duration: 0), to: question)
      }
    }
  }

  private func heard(_ outcome: Outcome, to question: Discovery.Question) {
    isAsking = false
    // A reload may have ended this discovery while its question was out.
    guard discovery?.next == question else {
      if case .response(let response) = outcome.result { client.buffers.give(response.body) }
      return
    }
    switch outcome.result {
    case .fault(let fault):
      // Too many redirects, a body that is no body: an answer, if a useless one.
      if fault.kind == .protocol || fault.kind == .payload || fault.kind == .httpStatus,
        question.kind != nil
      {
        discovery?.answered(.nothing)
        if discoveryRounds > 0 || discovery?.next == nil { tell(fault, outcome, to: question) }
        break
      }
      discovery?.failed(hangs: fault.kind == .timeout)
      tell(fault, outcome, to: question)
      if discovery?.next == nil { concludeDiscovery() }
      return
    case .response(let response):
      discovery?.answered(Discovery.Seen(response, to: question, by: context.readers))
      client.buffers.give(response.body)
      if discoveryRounds > 0, tracks.allSatisfy({ $0.route == nil }) {
        let text =
          "no health or metrics route found so far; \(question.path): \(Wording.status(response.status))"
        tell(Fault(.misconfigured, text), outcome, to: question)
      }
    }
    if discovery?.next == nil {
      concludeDiscovery()
    } else if discoveryRounds == 0 {
      discover()
    }
  }

  /// While no route is known, what discovery meets is all that is known of the target: it is told
  /// as an answer to the liveness question.
  private func tell(_ fault: Fault, _ outcome: Outcome, to question: Discovery.Question) {
    guard tracks.allSatisfy({ $0.route == nil }) else { return }
    let probe = Probe(
      kind: .liveness, path: question.path, duration: outcome.duration, answer: .fault(fault))
    emit(.probe(target: target, probe))
  }

  private func concludeDiscovery() {
    guard let discovery else { return }
    self.discovery = nil
    discoveryRounds += 1
    lastDiscovery = .now()
    for track in tracks where instance.endpoint(of: track.kind) == .discover {
      guard let route = discovery.route(of: track.kind), route != track.route else { continue }
      track.route = route
      track.request = nil
      track.misses = 0
      track.isGuess = discovery.isGuess(of: track.kind)
      if !track.isInFlight { poll(track) }
    }
    if tracks.allSatisfy({ $0.route == nil }) {
      // Nothing at all: this goes on, one question an interval, until something is there.
      if discoveryRounds == 1 {
        let text =
          "none of the usual health and metrics routes answers; name them in the fleet file"
        let fault = Fault(.misconfigured, text)
        let probe = Probe(kind: .liveness, path: "/", duration: 0, answer: .fault(fault))
        emit(.probe(target: target, probe))
      }
      let kinds = tracks.map(\.kind).filter { instance.endpoint(of: $0) == .discover }
      beginDiscovery(of: kinds)
    } else {
      discoveryLead = nil
      tellRoutes()
    }
  }
}

extension Discovery.Seen {
  /// An answer as good as none.
  static let nothing = Self(status: 404, isHTML: false, isMeaningful: false, fingerprint: 0)

  init(_ response: Response, to question: Discovery.Question, by readers: Readers) {
    self = response.body.withUnsafeReadableBytes { body in
      var isHTML = false
      if case .html = BodyForm(body, contentType: response.contentType) { isHTML = true }
      let isMeaningful: Bool
      switch question.kind {
      case .metrics:
        isMeaningful = BodyForm.looksLikeExposition(body, contentType: response.contentType)
      case .liveness, .readiness:
        isMeaningful =
          !isHTML && readers.health(body, response.contentType, response.status).status != nil
      case nil: isMeaningful = false
      }
      return Self(
        status: response.status, isHTML: isHTML, isMeaningful: isMeaningful,
        fingerprint: body.prefix(4096).reduce(body.count) { ($0 &* 31) &+ Int($1) })
    }
  }
}
