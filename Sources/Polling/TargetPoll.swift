import Exposition
import Fleet
import Health
import Incident
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// What the polls of all targets share.
struct PollContext: Sendable {
  var readers: Readers
  var sink: @Sendable (Event) -> Void
  var lag: LagMeter
}

/// The polls of one target: its schedules, its connection, its routes and its reader of metrics.
///
/// Confined to the client's event loop; `@unchecked` because every method but `init` is called there.
final class TargetPoll: @unchecked Sendable {
  let target: Target
  private(set) var instance: Instance
  let client: Client
  let keeping = Keeping()
  let context: PollContext
  private var reader: any ScrapeReader
  /// Added to the reader's epochs: a new reader counts from 0 again, what it tells must not.
  private var epochBase: UInt32 = 0
  private var lastEpoch: UInt32?
  private var base: Result<Link, Link.Invalid>
  private(set) var tracks: [Track] = []
  private var isStopped = false

  var discovery: Discovery?
  /// The track at whose time discovery goes on.
  var discoveryLead: Kind?
  var isAsking = false
  var discoveryRounds = 0
  var lastDiscovery = NIODeadline.uptimeNanoseconds(0)
  private var wasUnreachable = false
  private var toldRoutes: Routes?

  init(
    _ target: Target, instance: Instance, reader: any ScrapeReader, client: Client,
    context: PollContext
  ) {
    self.target = target
    self.instance = instance
    self.reader = reader
    self.client = client
    self.context = context
    base = Self.base(of: instance)
  }

  // MARK: - Life

  func start() {
    tracks = Kind.allCases.map {
      Track($0, of: self, loop: client.loop, cadence: cadence(of: $0))
    }
    adoptEndpoints()
    for track in tracks where instance.endpoint(of: track.kind) != .none { track.start() }
  }

  func stop() {
    isStopped = true
    for track in tracks { track.stop() }
    keeping.retire()
  }

  /// Takes over a new description of the same target. What did not change goes on undisturbed.
  func update(_ instance: Instance, reader: (any ScrapeReader)?) {
    let old = self.instance
    self.instance = instance
    if let reader {
      self.reader = reader
      if let lastEpoch { epochBase = lastEpoch + 1 }
    }
    if old.credentials != instance.credentials {
      keeping.pool.closeAll()
      keeping.distrust = nil
    }
    for track in tracks {
      track.request = nil
      let wasAsked = old.endpoint(of: track.kind) != .none
      let isAsked = instance.endpoint(of: track.kind) != .none
      if old.endpoint(of: track.kind) != instance.endpoint(of: track.kind) {
        track.route = nil
        track.notBefore = .uptimeNanoseconds(0)
        discovery = nil
        discoveryRounds = 0
      }
      if isAsked {
        track.change(to: cadence(of: track.kind))
        if !wasAsked { track.start() }
      } else {
        track.stop()
      }
    }
    adoptEndpoints()
  }

  func pollNow() {
    for track in tracks where instance.endpoint(of: track.kind) != .none {
      if discoveryLead == track.kind { discover() }
      if !track.isInFlight { poll(track) }
    }
  }

  /// Sets the given routes, and begins to look for those that are to be found.
  private func adoptEndpoints() {
    for track in tracks {
      if case .path(let path) = instance.endpoint(of: track.kind) { track.route = path }
    }
    let missing = tracks.filter { $0.route == nil && instance.endpoint(of: $0.kind) == .discover }
    if !missing.isEmpty, discovery == nil { beginDiscovery(of: missing.map(\.kind)) }
    if missing.isEmpty { tellRoutes() }
  }

  func tellRoutes() {
    let routes = Routes(
      liveness: tracks[0].route, readiness: tracks[1].route, metrics: tracks[2].route)
    guard routes != toldRoutes else { return }
    toldRoutes = routes
    emit(.routes(target: target, routes))
  }

  // MARK: - Asking

  func fire(_ track: Track, late: TimeAmount) {
    guard !isStopped else { return }
    context.lag.record(late)
    if discoveryLead == track.kind, discovery != nil { discover() }
    renewDiscovery(at: track)
    guard !track.isInFlight, !track.isEarly(at: .now()) else { return }
    poll(track)
  }

  func poll(_ track: Track) {
    guard let route = track.route else { return }
    track.isInFlight = true
    track.begun = .now()
    prepare(track, route: route) { prepared in
      guard !self.isStopped else { return }
      switch prepared {
      case .success(let request):
        let kind = track.kind
        Exchange.start(
          request, timeout: self.timeout(of: kind), with: self.client, keeping: self.keeping
        ) { self.answered(track, path: request.link.path, $0) }
      case .failure(let problem):
        let fault = Fault(.misconfigured, problem.reason)
        self.answered(track, path: route, Outcome(result: .fault(fault), duration: 0))
      }
    }
  }

  /// Makes the request for a route. Headers that come from files are read anew each time, off the
  /// event loop; all others once.
  private func prepare(
    _ track: Track, route: String, _ then: @escaping (Result<Request, Misconfiguration>) -> Void
  ) {
    if let request = track.request { return then(.success(request)) }
    prepare(route: route, purpose: track.kind == .metrics ? .metrics : .health) { result in
      if case .success(let request) = result, self.instance.credentials.isConstant {
        track.request = request
      }
      then(result)
    }
  }

  func prepare(
    route: String, purpose: Request.Purpose,
    _ then: @escaping (Result<Request, Misconfiguration>) -> Void
  ) {
    let link: Link
    do {
      link = try base.get().below(route)
    } catch {
      return then(.failure(Misconfiguration("cannot ask \(instance.url): \(error.reason)")))
    }
    let credentials = instance.credentials
    var limits = instance.limits
    if purpose == .health { limits.bodyBytes = min(limits.bodyBytes, Self.healthBodyLimit) }
    let finish = { (headers: Result<[Credentials.Resolved], Misconfiguration>) in
      then(
        headers.map {
          Request(link, purpose: purpose, headers: $0, tls: credentials.tls, limits: limits)
        })
    }
    let secret = context.readers.secret
    if credentials.isConstant { return finish(credentials.resolved(by: secret)) }
    client.resources.fileThreads.runIfActive(eventLoop: client.loop) {
      credentials.resolved(by: secret)
    }.assumeIsolated().whenComplete { result in
      finish((try? result.get()) ?? .failure(Misconfiguration("its headers could not be read")))
    }
  }

  /// A health body is read whole on every probe; more than this is no health body.
  private static let healthBodyLimit = 1 << 20
  /// A larger health body is read on a thread, not on the event loop.
  private static let healthBodyOnLoop = 64 << 10

  // MARK: - Answers

  private func answered(_ track: Track, path: String, _ outcome: Outcome) {
    guard !isStopped else { return }
    noticeReachability(outcome)
    switch (track.kind, outcome.result) {
    case (.metrics, .fault(let fault)):
      settle(track, Scrape(duration: outcome.duration, outcome: .fault(fault)))
    case (.metrics, .response(let response)):
      noticeMiss(track, status: response.status)
      readScrape(track, response, duration: outcome.duration)
    case (_, .fault(let fault)):
      settle(track, path: path, duration: outcome.duration, .fault(fault))
    case (_, .response(let response)):
      noticeMiss(track, status: response.status)
      readHealth(track, response, path: path, duration: outcome.duration)
    }
  }

  private func readHealth(_ track: Track, _ response: Response, path: String, duration: Double) {
    let read = { @Sendable [readers = context.readers] in
      response.body.withUnsafeReadableBytes {
        (readers.health($0, response.contentType, response.status), readers.body?($0))
      }
    }
    let finish = { (report: HealthReport, keep: KeptBody?) in
      self.client.buffers.give(response.body)
      self.honour(report, of: track, status: response.status)
      let answer = Probe.Answer.response(status: response.status, report: report)
      self.settle(track, path: path, duration: duration, answer)
      self.tell(keep, of: track)
    }
    guard response.body.readableBytes > Self.healthBodyOnLoop else {
      let (report, keep) = read()
      return finish(report, keep)
    }
    client.resources.readingThreads.runIfActive(eventLoop: client.loop, read)
      .assumeIsolated().whenComplete {
        if case .success(let (report, keep)) = $0 { finish(report, keep) }
      }
  }

  /// `next_check_seconds` of a service that is well, within the interval and a minute; one that is
  /// not well is asked at every interval, for its recovery must be seen.
  private func honour(_ report: HealthReport, of track: Track, status: Int) {
    guard (200..<300).contains(status), report.status != .fail, let seconds = report.nextCheck,
      seconds.isFinite, seconds > instance.polling.interval
    else { return track.notBefore = .uptimeNanoseconds(0) }
    let bounded = min(seconds, max(60, instance.polling.interval))
    track.notBefore = track.begun + .nanoseconds(Int64(bounded * 1e9))
  }

  private func readScrape(_ track: Track, _ response: Response, duration: Double) {
    if let fault = Fault.ofMetrics(response) {
      // What was said in place of metrics is what somebody will want to read.
      let keep = response.body.withUnsafeReadableBytes { context.readers.body?($0) }
      client.buffers.give(response.body)
      settle(track, Scrape(duration: duration, outcome: .fault(fault)))
      return tell(keep, of: track)
    }
    let read = { @Sendable [reader, keeper = context.readers.body] in
      response.body.withUnsafeReadableBytes {
        (reader.read($0, contentType: response.contentType), keeper?($0))
      }
    }
    let finish = { [epochBase] (extraction: Extraction, keep: KeptBody?) in
      var extraction = extraction
      extraction.epoch += epochBase
      self.lastEpoch = extraction.epoch
      let bytes = response.body.readableBytes
      self.client.buffers.give(response.body)
      let outcome: Scrape.Outcome =
        Fault.ofUnreadable(extraction).map { .fault($0) } ?? .extracted(extraction, bytes: bytes)
      self.settle(track, Scrape(duration: duration, outcome: outcome))
      self.tell(keep, of: track)
    }
    guard response.body.readableBytes > Exchange.shareOfLoop else {
      let (extraction, keep) = read()
      return finish(extraction, keep)
    }
    client.resources.readingThreads.runIfActive(eventLoop: client.loop, read)
      .assumeIsolated().whenComplete {
        if case .success(let (extraction, keep)) = $0 { finish(extraction, keep) }
      }
  }

  private typealias KeptBody = @Sendable (Target, AnswerBody.Kind) -> Void

  private func tell(_ keep: KeptBody?, of track: Track) {
    guard !isStopped else { return }
    switch track.kind {
    case .liveness: keep?(target, .liveness)
    case .readiness: keep?(target, .readiness)
    case .metrics: keep?(target, .metrics)
    }
  }

  private func settle(_ track: Track, _ scrape: Scrape) {
    track.isInFlight = false
    emit(.scrape(target: target, scrape))
  }

  private func settle(_ track: Track, path: String, duration: Double, _ answer: Probe.Answer) {
    track.isInFlight = false
    let kind: ProbeKind = track.kind == .readiness ? .readiness : .liveness
    emit(.probe(target: target, Probe(kind: kind, path: path, duration: duration, answer: answer)))
  }

  func emit(_ event: Event) {
    guard !isStopped else { return }
    context.sink(event)
  }

  // MARK: - What answers say about the routes

  private func noticeReachability(_ outcome: Outcome) {
    if case .fault(let fault) = outcome.result {
      if [.refused, .reset, .timeout, .dns].contains(fault.kind) { wasUnreachable = true }
    } else if wasUnreachable {
      // It may have been replaced by another version, with other routes.
      wasUnreachable = false
      lastDiscovery = min(lastDiscovery, .now() - .minutes(9))
    }
  }

  private func noticeMiss(_ track: Track, status: Int) {
    let isMiss = [404, 405, 410].contains(status)
    track.misses = isMiss ? track.misses + 1 : 0
    if isMiss, track.isGuess {
      track.route = nil
      track.request = nil
      tellRoutes()
    }
    track.isGuess = false
  }

  /// Looks again for a route that stopped answering, and now and then for one that was not there.
  private func renewDiscovery(at track: Track) {
    guard discovery == nil, instance.endpoint(of: track.kind) == .discover else { return }
    let since = NIODeadline.now() - lastDiscovery
    let isGone = track.misses >= 3 && since > .seconds(30)
    let isMissing = track.route == nil && since > .minutes(10)
    if isGone || isMissing { beginDiscovery(of: [track.kind]) }
  }

  // MARK: - Settings

  func timeout(of kind: Kind) -> Double {
    switch kind {
    case .liveness: instance.polling.livenessTimeout ?? instance.polling.timeout
    case .readiness: instance.polling.readinessTimeout ?? instance.polling.timeout
    case .metrics: instance.polling.timeout
    }
  }

  private func cadence(of kind: Kind) -> Cadence {
    Cadence(
      interval: instance.polling.interval, of: target.service + " " + target.instance,
      share: Double(kind.rawValue) / 3)
  }

  private static func base(of instance: Instance) -> Result<Link, Link.Invalid> {
    do { return .success(try Link(parsing: instance.url)) } catch { return .failure(error) }
  }
}

extension Instance {
  func endpoint(of kind: Kind) -> Endpoint {
    switch kind {
    case .liveness: liveness
    case .readiness: readiness
    case .metrics: metrics
    }
  }
}

extension Credentials {
  typealias Resolved = (name: String, value: String)

  /// Whether every header's value stays as it is while the program runs.
  var isConstant: Bool {
    headers.allSatisfy { if case .file = $0.value { false } else { true } }
  }

  func resolved(by secret: Readers.SecretReader) -> Result<[Resolved], Misconfiguration> {
    var resolved: [Resolved] = []
    for header in headers {
      let value: String
      do {
        value = try secret(header.value)
      } catch {
        return .failure(Misconfiguration("header \(header.name): \(error)"))
      }
      if let defect = Request.defect(name: header.name, value: value) {
        return .failure(Misconfiguration(defect))
      }
      resolved.append((header.name, value))
    }
    return .success(resolved)
  }
}
