package import Fleet
package import Health
package import Incident
package import NIOCore
import NIOPosix

/// Single questions over the same transport as the polls: what `inspect` and `check` use.
package final class Fetcher: Sendable {
  package struct Answer: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var contentType: String?
    /// Unpacked.
    package var body: [UInt8]
    /// Seconds.
    package var duration: Double
  }

  /// Why there is no answer.
  package struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    package var fault: Fault
    package var description: String { "\(fault.kind.rawValue): \(fault.detail)" }
  }

  package enum Purpose: Sendable { case metrics, health, anything }

  private let resources = Resources()
  private let connector: Connector
  private let group: any EventLoopGroup
  private let readers: Readers

  package init(group: any EventLoopGroup, readers: Readers) {
    self.group = group
    self.readers = readers
    connector = Connector(resources: resources)
  }

  /// Asks `route` below the instance's address, with its credentials, limits and timeout. An empty
  /// route asks the address itself.
  package func get(
    _ route: String, of instance: Instance, for purpose: Purpose = .anything
  ) async throws(Failure) -> Answer {
    let outcome = await ask(route, of: instance, for: purpose)
    switch outcome.result {
    case .fault(let fault): throw Failure(fault: fault)
    case .response(let response):
      return Answer(
        status: response.status, headers: response.headers, contentType: response.contentType,
        body: Array(buffer: response.body), duration: outcome.duration)
    }
  }

  /// Finds the routes of an instance by asking the usual paths; given ones are kept as given.
  package func routes(of instance: Instance) async throws(Failure) -> Routes {
    let kinds = Kind.allCases.filter { instance.endpoint(of: $0) == .discover }
    var discovery = Discovery(of: kinds)
    while let question = discovery.next {
      let outcome = await ask(
        question.path, of: instance, for: question.kind == .metrics ? .metrics : .health)
      switch outcome.result {
      case .response(let response):
        discovery.answered(Discovery.Seen(response, to: question, by: readers))
      case .fault(let fault) where [.protocol, .payload, .httpStatus].contains(fault.kind):
        discovery.answered(.nothing)
      case .fault(let fault): throw Failure(fault: fault)
      }
    }
    func route(of kind: Kind) -> String? {
      if case .path(let path) = instance.endpoint(of: kind) { return path }
      return discovery.route(of: kind)
    }
    return Routes(
      liveness: route(of: .liveness), readiness: route(of: .readiness), metrics: route(of: .metrics)
    )
  }

  package func shutdown() async { await resources.shutdown() }

  private func ask(_ route: String, of instance: Instance, for purpose: Purpose) async -> Outcome {
    let loop = group.next()
    let headers: [Credentials.Resolved]
    let link: Link
    do {
      link = try Self.link(route, of: instance)
      let secret = readers.secret
      headers = try await resources.fileThreads.runIfActive(eventLoop: loop) {
        instance.credentials.resolved(by: secret)
      }.get().get()
    } catch {
      let reason =
        (error as? Link.Invalid).map { "cannot ask \(instance.url): \($0.reason)" }
        ?? (error as? Misconfiguration)?.reason ?? "\(error)"
      return Outcome(result: .fault(Fault(.misconfigured, reason)), duration: 0)
    }
    let wire: Request.Purpose =
      switch purpose {
      case .metrics: .metrics
      case .health: .health
      case .anything: .anything
      }
    let request = Request(
      link, purpose: wire, headers: headers, tls: instance.credentials.tls, limits: instance.limits)
    let promise = loop.makePromise(of: Outcome.self)
    loop.execute { [connector, resources] in
      let client = Client(loop: loop, connector: connector, resources: resources)
      let keeping = Keeping()
      Exchange.start(
        request, timeout: instance.polling.timeout, with: client, keeping: keeping,
        needsHeaders: true
      ) {
        promise.succeed($0)
        keeping.retire()
      }
    }
    let fallback = Fault(.misconfigured, "the event loop has ended")
    return (try? await promise.futureResult.get())
      ?? Outcome(result: .fault(fallback), duration: 0)
  }

  private static func link(_ route: String, of instance: Instance) throws(Link.Invalid) -> Link {
    let base = try Link(parsing: instance.url)
    return route.isEmpty ? base : try base.below(route)
  }
}
