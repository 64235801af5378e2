import Exposition
import Fleet
import Health
import Incident
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Polling
import Testing

/// Keeps what a poller told, and waits until enough of it is there.
final class Recorder: Sendable {
  struct Told: Sendable {
    var at: NIODeadline
    var event: Event
  }
  private let box = NIOLockedValueBox<[Told]>([])

  var told: [Told] { box.withLockedValue(\.self) }

  func take(_ event: Event) {
    let now = NIODeadline.now()
    box.withLockedValue { $0.append(Told(at: now, event: event)) }
  }

  func probes(of url: String, _ kind: ProbeKind? = nil) -> [Probe] {
    told.compactMap {
      guard case .probe(let target, let probe) = $0.event, target.instance == url,
        kind == nil || probe.kind == kind
      else { return nil }
      return probe
    }
  }

  func scrapes(of url: String) -> [Scrape] {
    told.compactMap {
      guard case .scrape(let target, let scrape) = $0.event, target.instance == url else {
        return nil
      }
      return scrape
    }
  }

  func extractions(of url: String) -> [Extraction] {
    scrapes(of: url).compactMap {
      if case .extracted(let extraction, _) = $0.outcome { extraction } else { nil }
    }
  }

  func routes(of url: String) -> [Routes] {
    told.compactMap {
      guard case .routes(let target, let routes) = $0.event, target.instance == url else {
        return nil
      }
      return routes
    }
  }

  func faults(of url: String) -> [Fault] {
    told.compactMap {
      switch $0.event {
      case .probe(let target, let probe) where target.instance == url:
        if case .fault(let fault) = probe.answer { fault } else { nil }
      case .scrape(let target, let scrape) where target.instance == url:
        if case .fault(let fault) = scrape.outcome { fault } else { nil }
      default: nil
      }
    }
  }

  /// The longest time between two good scrapes of one target that followed each other.
  func longestGap(between url: String) -> TimeAmount {
    let times = told.compactMap { told -> NIODeadline? in
      guard case .scrape(let target, let scrape) = told.event, target.instance == url,
        case .extracted = scrape.outcome
      else { return nil }
      return told.at
    }
    return zip(times.dropFirst(), times).map { $0 - $1 }.max() ?? .zero
  }

  /// Returns when `condition` holds; fails the test when it does not within `limit`.
  func wait(
    _ what: String, limit: TimeAmount = .seconds(60), location: SourceLocation = #_sourceLocation,
    until condition: (Recorder) -> Bool
  ) async throws {
    let end = NIODeadline.now() + limit
    while !condition(self) {
      guard .now() < end else {
        Issue.record(
          "waited in vain until \(what); told: \(told.suffix(5))", sourceLocation: location)
        return
      }
      try await Task.sleep(nanoseconds: 20_000_000)
    }
  }
}

extension Readers {
  /// Reads everything, wanted or not.
  static let all = Readers(
    health: { HealthReport(body: $0, contentType: $1, status: $2) },
    scrape: { _, _, instance in AllSeries(limit: instance.limits.series) },
    secret: { secret in
      switch secret {
      case .literal(let value): return value
      case .file(let path, _), .environment(let path, _): throw MissingSecret(name: path)
      }
    })
}

struct MissingSecret: Error, CustomStringConvertible {
  var name: String
  var description: String { "\(name) cannot be read" }
}

private final class AllSeries: ScrapeReader, @unchecked Sendable {
  private var extractor: Extractor
  init(limit: Int) { extractor = Extractor(seriesLimit: limit) { _, _, _ in true } }
  func read(_ body: UnsafeRawBufferPointer, contentType: String?) -> Extraction {
    extractor.extract(body, format: .detect(contentType: contentType, body: body))
  }
}

/// The event loops the pollers of these tests run on: one, so that whoever blocks it is found out.
let pollingGroup = MultiThreadedEventLoopGroup(numberOfThreads: 1)

/// Runs a poller over these instances until `body` is done.
func polling(
  _ instances: [Instance], readers: Readers = .all,
  _ body: (Recorder, Poller) async throws -> Void
) async throws {
  let recorder = Recorder()
  let poller = Poller(fleet: fleet(instances), group: pollingGroup, readers: readers) {
    recorder.take($0)
  }
  poller.start()
  do {
    try await body(recorder, poller)
  } catch {
    await poller.shutdown()
    throw error
  }
  await poller.shutdown()
}

func fleet(_ instances: [Instance]) -> Fleet {
  Fleet(name: "test", services: [Service(name: "service", instances: instances)])
}

/// An instance of which only metrics are asked, ten times a second.
func scraped(
  _ url: String, timeout: Double = 10, interval: Double = 0.1,
  credentials: Credentials = Credentials(), limits: Limits = Limits()
) -> Instance {
  Instance(
    url: url, liveness: .none, readiness: .none, metrics: .path("/metrics"),
    polling: PollPolicy(interval: interval, timeout: timeout), credentials: credentials,
    limits: limits)
}

/// Only liveness, ten times a second.
func probed(
  _ url: String, timeout: Double = 10, interval: Double = 0.1,
  credentials: Credentials = Credentials(), limits: Limits = Limits()
) -> Instance {
  Instance(
    url: url, liveness: .path("/healthz"), readiness: .none, metrics: .none,
    polling: PollPolicy(interval: interval, timeout: timeout), credentials: credentials,
    limits: limits)
}

let metricsBody = """
  # HELP requests_total All requests.
  # TYPE requests_total counter
  requests_total{code="200"} 17
  requests_total{code="500"} 3

  """
