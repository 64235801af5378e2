package import Fleet
package import HTTPServing
package import Incident
package import NIOCore
import NIOPosix

/// Listens for beats at an address, and tells what they say as events.
///
/// It speaks plain HTTP: on another address than this host's own, something that speaks TLS stands before it.
package final class BeaconServer: Sendable {
  private let server: HTTPServer
  private let post: BeaconPost
  private let looking: Task<Void, Never>
  private let reading: Task<Void, Never>
  private let secret: BeaconTokens.Reading

  package var address: HTTPAddress { server.address }

  /// From one reading of the tokens to the next: a file may hold another one by then, or be gone.
  private static let refresh = Duration.seconds(1)

  /// One address may stand for many senders: a proxy, or this host.
  package static var limits: HTTPLimits {
    var limits = HTTPLimits()
    limits.body = Beat.largestBody
    limits.connections = 256
    limits.connectionsOfOne = 64
    limits.requestsPerSecond = 1000
    return limits
  }

  private init(
    _ server: HTTPServer, _ post: BeaconPost, _ looking: Task<Void, Never>,
    _ reading: Task<Void, Never>, _ secret: @escaping BeaconTokens.Reading
  ) {
    self.server = server
    self.post = post
    self.looking = looking
    self.reading = reading
    self.secret = secret
  }

  /// Begins to take beats.
  ///
  /// - Parameters:
  ///   - fleet: as the file says it.
  ///   - memory: what an earlier run knew, which the entries of this one tell of already.
  ///   - sink: is called on any thread, for one event after another; it must not wait.
  package static func start(
    at address: HTTPAddress, fleet: Fleet, remembering memory: BeaconMemory = BeaconMemory(),
    on group: any EventLoopGroup, secret: @escaping BeaconTokens.Reading,
    sink: @escaping @Sendable (Event) -> Void
  ) async throws(HTTPServingError) -> BeaconServer {
    let began = ContinuousClock.now
    let post = BeaconPost(
      fleet: fleet, remembering: memory, now: { began.duration(to: .now) / .seconds(1) }, sink: sink
    )
    post.take(await tokens(of: fleet, by: secret))
    let server = try await HTTPServer.start(
      host: address.host, port: address.port, on: group, limits: limits
    ) { post.answer($0) }
    post.begin()
    let looking = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        guard !Task.isCancelled else { return }
        post.look()
      }
    }
    // By itself: a file that hangs must not keep the silence of others from being seen.
    let reading = Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: refresh)
        let tokens = await tokens(of: post.fleet, by: secret)
        guard !Task.isCancelled else { return }
        post.take(tokens)
      }
    }
    return BeaconServer(server, post, looking, reading, secret)
  }

  /// Takes a fleet file that was read again, and enters it in the place of whoever read it: with the instances
  /// that made themselves known. It may wait for the files of tokens.
  package func adopt(_ fleet: Fleet) {
    post.adopt(fleet, BeaconTokens(of: fleet, by: secret))
  }

  /// What is being read for it just now is not waited for: a file may be on something that hangs.
  package func stop() async {
    looking.cancel()
    reading.cancel()
    await server.stop()
  }

  /// Read aside: a file may be on something slow.
  private static func tokens(
    of fleet: Fleet, by secret: @escaping BeaconTokens.Reading
  ) async -> BeaconTokens {
    let read = { @Sendable in BeaconTokens(of: fleet, by: secret) }
    return (try? await NIOThreadPool.singleton.runIfActive { read() }) ?? read()
  }
}
