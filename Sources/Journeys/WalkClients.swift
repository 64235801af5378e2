import AsyncHTTPClient
import Fleet
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// The connections of all journeys, apart from those of polls: what users would open.
///
/// Redirects are not followed here, since who may be asked is not the client's to say.
final class WalkClients: Sendable {
  struct Answer: Sendable {
    var status: Int
    var location: String?
    var cookies: [String]
    var body: [UInt8]
  }

  struct TimedOut: Error {}

  private let group: any EventLoopGroup
  private let standard: HTTPClient
  /// Clients that expect another name in a certificate than the address has, by that name and host.
  private let renamed = Mutex<[String: HTTPClient]>([:])

  init(group: any EventLoopGroup) {
    self.group = group
    standard = HTTPClient(
      eventLoopGroupProvider: .shared(group), configuration: WalkClients.configuration())
  }

  private static func configuration() -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: HTTPClient.Configuration.Timeout(connect: .seconds(10)))
    configuration.httpVersion = .http1Only
    configuration.connectionPool.idleTimeout = .seconds(90)
    configuration.connectionPool.retryConnectionEstablishment = false
    return configuration
  }

  func ask(
    _ place: WalkPlace, method: String, headers: HTTPHeaders, body: String?,
    tls: Credentials.TLS, within left: Duration, limit: Int
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: place.url)
    request.method = HTTPMethod(rawValue: method)
    request.headers = headers
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    var client = standard
    if case .web(let address) = place, address.isSecure {
      request.tlsConfiguration = try await configuration(tls)
      if let name = tls.serverName, name.lowercased() != address.host {
        client = self.client(naming: name, for: address.host)
        let port = address.authority.drop { $0 != ":" }
        request.url = "https://\(name)\(port)\(address.path)"
        request.headers.replaceOrAdd(name: "Host", value: String(address.authority))
      }
    }
    let (asked, through) = (request, client)
    let nanoseconds = Int64(WalkClients.seconds(left) * 1e9)
    return try await WalkClients.limited(to: left) {
      let response = try await through.execute(asked, deadline: .now() + .nanoseconds(nanoseconds))
      let body = try await response.body.collect(upTo: limit)
      return Answer(
        status: Int(response.status.code), location: response.headers.first(name: "Location"),
        cookies: response.headers[canonicalForm: "Set-Cookie"].map(String.init),
        body: Array(body.readableBytesView))
    }
  }

  private func client(naming name: String, for host: String) -> HTTPClient {
    renamed.withLock { renamed in
      if let known = renamed["\(name) \(host)"] { return known }
      var configuration = WalkClients.configuration()
      configuration.dnsOverride = [name: host]
      let client = HTTPClient(
        eventLoopGroupProvider: .shared(group), configuration: configuration)
      renamed["\(name) \(host)"] = client
      return client
    }
  }

  /// The files are read at each request that needs them, on threads that may block.
  private func configuration(_ tls: Credentials.TLS) async throws -> TLSConfiguration {
    guard tls.authorityFile != nil || tls.certificateFile != nil else {
      return .makeClientConfiguration()
    }
    return try await NIOThreadPool.singleton.runIfActive {
      var configuration = TLSConfiguration.makeClientConfiguration()
      func read<Value>(_ file: String, _ body: (String) throws -> Value) throws -> Value {
        do { return try body(file) } catch {
          throw NotReady("\(file) cannot be read as the PEM that is expected of it")
        }
      }
      if let file = tls.authorityFile {
        configuration.trustRoots = .certificates(
          try read(file) { try NIOSSLCertificate.fromPEMFile($0) })
      }
      if let file = tls.certificateFile {
        configuration.certificateChain = try read(file) {
          try NIOSSLCertificate.fromPEMFile($0).map { .certificate($0) }
        }
        configuration.privateKey = .privateKey(
          try read(tls.keyFile ?? file) { try NIOSSLPrivateKey(file: $0, format: .pem) })
      }
      return configuration
    }
  }

  /// What `body` answers, or `TimedOut`; it is cancelled then.
  private static func limited<Value: Sendable>(
    to left: Duration, _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask { try await body() }
      group.addTask {
        try await Task.sleep(for: left)
        return nil
      }
      defer { group.cancelAll() }
      guard let first = try await group.next(), let value = first else { throw TimedOut() }
      return value
    }
  }

  static func seconds(_ duration: Duration) -> Double {
    let parts = duration.components
    return Double(parts.seconds) + Double(parts.attoseconds) / 1e18
  }

  func shutdown() async {
    let others = renamed.withLock { renamed in
      defer { renamed = [:] }
      return renamed.sorted { $0.key < $1.key }.map(\.value)
    }
    for client in others + [standard] { try? await client.shutdown() }
  }
}
