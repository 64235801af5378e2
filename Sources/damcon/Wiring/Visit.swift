import Exposition
import Fleet
import Health
import Incident
import NIOCore
import NIOPosix
import Polling
import Synchronization
import Telemetry

/// One look at a live target: its routes are found and asked as the dashboard would.
final class Visit: Sendable {
  private struct Seen {
    var routes: Routes?
    var liveness: Probe?
    var readiness: Probe?
    var body: [UInt8]?
    var contentType: String?
    var scrapeFault: Fault?
  }

  private let fleet: Fleet
  private let instance: Instance
  private let seen = Mutex(Seen())

  init(to instance: Instance, of fleet: Fleet) {
    self.instance = instance
    self.fleet = fleet
  }

  func inspection(as asked: ExpositionFormat?, manner: Parser.Manner) async -> Inspection {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    var readers = Readers.live
    readers.scrape = { [self] _, _, _ in Keeper(of: self) }
    let poller = Poller(fleet: fleet, group: group, readers: readers) { [self] in note($0) }
    poller.start()
    await waitForAnswers()
    await poller.shutdown()
    try? await group.shutdownGracefully()
    return seen.withLock { seen in
      var inspection = Inspection()
      inspection.isURL = true
      inspection.liveness = seen.liveness
      inspection.readiness = seen.readiness
      inspection.fault = seen.scrapeFault ?? seen.liveness?.fault ?? seen.readiness?.fault
      if let body = seen.body {
        let table = fleet.services.first?.roles(in: fleet.roles) ?? fleet.roles
        inspection.read(
          body, contentType: seen.contentType, as: asked, manner: manner, table: table)
      }
      return inspection
    }
  }

  /// Returns once every route that was found has answered, or one round has had its time.
  private func waitForAnswers() async {
    let policy = instance.polling
    let deadline = ContinuousClock.now + .seconds(2 * policy.timeout + policy.interval + 1)
    while ContinuousClock.now < deadline, !hasSeenAll {
      try? await Task.sleep(for: .milliseconds(20))
    }
  }

  private var hasSeenAll: Bool {
    seen.withLock { seen in
      guard let routes = seen.routes else {
        // Nothing answers: the fault is all there is to know.
        return seen.liveness?.fault.map { !$0.isSoft } ?? false
      }
      return (routes.liveness == nil || seen.liveness != nil)
        && (routes.readiness == nil || seen.readiness != nil)
        && (routes.metrics == nil || seen.body != nil || seen.scrapeFault != nil)
    }
  }

  private func note(_ event: Event) {
    seen.withLock { seen in
      switch event {
      case .routes(_, let routes): seen.routes = routes
      case .probe(_, let probe) where probe.kind == .liveness: seen.liveness = probe
      case .probe(_, let probe): seen.readiness = probe
      case .scrape(_, let scrape):
        if case .fault(let fault) = scrape.outcome { seen.scrapeFault = fault }
      case .began, .fleet, .tick, .note, .journey, .ledger, .incident, .remark, .documents,
        .runbooks, .runbook, .actions, .action, .maneuvers, .rules, .rule, .halt, .resume, .body:
        break
      }
    }
  }

  /// Keeps the body as it came, for the parser to look at whole.
  private final class Keeper: ScrapeReader {
    private let visit: Visit

    init(of visit: Visit) { self.visit = visit }

    func read(_ body: UnsafeRawBufferPointer, contentType: String?) -> Extraction {
      visit.seen.withLock {
        $0.body = Array(body)
        $0.contentType = contentType
      }
      var extractor = Extractor { _, _, _ in true }
      return extractor.extract(
        body, format: ExpositionFormat.detect(contentType: contentType, body: body))
    }
  }
}

extension Probe {
  fileprivate var fault: Fault? {
    guard case .fault(let fault) = answer else { return nil }
    return fault
  }
}
