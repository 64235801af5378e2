import Fleet
import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Opens connections: name, address, TLS, HTTP.
final class Connector: Sendable {
  private let names: Names
  private let contexts: TLSContexts

  /// One read's worth. The decoder keeps its last buffer until the next poll, so this is also what
  /// an idle connection costs: with 64 KiB, 200 targets of 68 kB took 6 MB more and no less time.
  private static let receiveAllocator = FixedSizeRecvByteBufferAllocator(capacity: 32 << 10)

  init(resources: Resources) {
    names = Names(threads: resources.namingThreads)
    contexts = TLSContexts(threads: resources.fileThreads)
  }

  /// A connection to where `request` leads, before `deadline`; `reached` says how far it has come.
  func connect(
    for request: Request, on loop: any EventLoop, until deadline: NIODeadline,
    reached: @escaping @Sendable (Stage) -> Void
  ) -> EventLoopFuture<Connection> {
    guard request.link.origin.secure else {
      return open(request, tls: nil, on: loop, until: deadline, reached: reached)
    }
    return contexts.context(for: request.tls, on: loop).flatMap { context in
      let tls = Security(context: context, name: Self.serverName(request), inspect: nil)
      return self.open(request, tls: tls, on: loop, until: deadline, reached: reached)
    }
  }

  /// What is wrong with the certificate at `request`'s origin: shakes hands once more, only to see it.
  func diagnose(
    _ request: Request, on loop: any EventLoop, until deadline: NIODeadline
  ) -> EventLoopFuture<CertificateDefect> {
    let seen = loop.makePromise(of: CertificateDefect.self)
    contexts.context(for: request.tls, on: loop).flatMap { context in
      let tls = Security(context: context, name: Self.serverName(request)) { chain in
        seen.succeed(CertificateDefect(of: chain, now: time(nil)))
      }
      return self.open(request, tls: tls, on: loop, until: deadline, reached: { _ in })
    }.flatMap { connection -> EventLoopFuture<Void> in
      // The handshake goes on after the connection is made, until it is refused.
      loop.assumeIsolated().scheduleTask(deadline: deadline) {
        connection.close()
        seen.fail(ChannelError.inputClosed)
      }
      return loop.makeSucceededVoidFuture()
    }.cascadeFailure(to: seen)
    return seen.futureResult
  }

  private struct Security: Sendable {
    var context: NIOSSLContext
    var name: String?
    /// Looks at the chain and then refuses it.
    var inspect: (@Sendable ([NIOSSLCertificate]) -> Void)?

    init(
      context: NIOSSLContext, name: String?,
      inspect: (@Sendable ([NIOSSLCertificate]) -> Void)?
    ) {
      self.context = context
      self.name = name
      self.inspect = inspect
    }

    func handler() throws -> NIOSSLClientHandler {
      guard let inspect else {
        return try NIOSSLClientHandler(context: context, serverHostname: name)
      }
      return try NIOSSLClientHandler(context: context, serverHostname: name) { chain, verdict in
        inspect(chain)
        verdict.succeed(NIOSSLVerificationResult.failed)
      }
    }
  }

  private func open(
    _ request: Request, tls: Security?, on loop: any EventLoop, until deadline: NIODeadline,
    reached: @escaping @Sendable (Stage) -> Void
  ) -> EventLoopFuture<Connection> {
    let origin = request.link.origin
    let connection = Connection(origin: origin)
    let remaining = deadline - .now()
    guard remaining > .zero else {
      return loop.makeFailedFuture(ChannelError.connectTimeout(.zero))
    }
    let makeBootstrap = { @Sendable in
      ClientBootstrap(group: loop)
        .connectTimeout(remaining)
        .channelOption(.recvAllocator, value: Self.receiveAllocator)
        .channelInitializer { channel in
          channel.eventLoop.makeCompletedFuture {
            if let tls { try channel.pipeline.syncOperations.addHandler(tls.handler()) }
            try Connection.install(connection, in: channel)
          }
        }
    }
    let channel: EventLoopFuture<any Channel>
    switch origin.place {
    case .socket(let path):
      reached(.connecting)
      channel = makeBootstrap().connect(unixDomainSocketPath: path)
    case .network(let host, let port):
      if let address = try? SocketAddress(ipAddress: host, port: port) {
        reached(.connecting)
        channel = makeBootstrap().connect(to: address)
      } else {
        reached(.naming)
        channel = names.addresses(of: host, port: port, on: loop).flatMap { addresses in
          reached(.connecting)
          if addresses.count == 1 { return makeBootstrap().connect(to: addresses[0]) }
          return makeBootstrap().resolver(KnownAddresses(addresses: addresses, loop: loop))
            .connect(host: host, port: port)
        }.flatMapErrorThrowing { error in
          if !(error is NameError) { self.names.doubt(host, port: port) }
          throw error
        }
      }
    }
    return channel.map { _ in
      reached(tls == nil ? .waiting : .handshaking)
      return connection
    }
  }

  /// The name to ask for and to expect. An address is no name: NIO then checks it by itself.
  private static func serverName(_ request: Request) -> String? {
    if let name = request.tls.serverName { return name }
    guard case .network(let host, let port) = request.link.origin.place,
      (try? SocketAddress(ipAddress: host, port: port)) == nil
    else { return nil }
    return host
  }
}

/// What all polls of one poller share: the threads that may block.
final class Resources: Sendable {
  /// For secrets and certificates: files that may be on a disk that hangs.
  let fileThreads: NIOThreadPool
  /// For name lookups, which take as long as the resolver pleases.
  let namingThreads: NIOThreadPool
  /// For bodies too large to be read on an event loop.
  let readingThreads: NIOThreadPool

  init() {
    fileThreads = NIOThreadPool(numberOfThreads: 2)
    namingThreads = NIOThreadPool(numberOfThreads: 4)
    readingThreads = NIOThreadPool(numberOfThreads: 1)
    for threads in [fileThreads, namingThreads, readingThreads] { threads.start() }
  }

  func shutdown() async {
    try? await readingThreads.shutdownGracefully()
    // These may be stuck in the system for as long as it pleases; nobody waits for that.
    fileThreads.shutdownGracefully { _ in }
    namingThreads.shutdownGracefully { _ in }
  }
}
