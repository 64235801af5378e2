package import Containment
import Health
package import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL

/// Sends one planned request at a time, each once, on a connection of its own.
///
/// Nothing is sent twice and no redirect is followed: whatever does not come to a clear answer is for a person
/// to look at. It keeps apart what never left and what may have arrived, and where it cannot tell it says so.
package final class HTTPExecutor: OrderExecutor {
  private let group: any EventLoopGroup
  private let tls: TLSConfiguration

  /// Bytes of an answer that are read where its status says it all.
  private static let longestAnswer = 64 << 10
  /// Bytes of an answer that is looked into.
  static let longestReading = 1 << 20
  /// Seconds.
  private static let longestPatience = 3600.0

  package init(
    group: any EventLoopGroup, tls: TLSConfiguration = TLSConfiguration.makeClientConfiguration()
  ) {
    self.group = group
    var tls = tls
    tls.minimumTLSVersion = .tlsv12
    tls.applicationProtocols = ["http/1.1"]
    self.tls = tls
  }

  package func send(
    _ order: PlannedOrder, as name: SendingName, key: String?, timeout: Double,
    began: @escaping @Sendable () async -> String?
  ) async -> ActionAnswer {
    guard case .http(let request) = order else { return .unsent(HTTPExecutor.noRequest) }
    return await send(request, key: key, timeout: timeout, began: began)
  }

  private static let noRequest = "it is no request"

  /// Sends it, and waits for what comes of it.
  ///
  /// - Parameters:
  ///   - key: tells the target that two requests are the same one.
  ///   - timeout: seconds for all of it, reading its secrets and following what it began included.
  ///   - began: told when the connection stands and the first byte is about to leave; what it returns is why
  ///     nothing may leave after all.
  package func send(
    _ request: PlannedRequest, key: String?, timeout: Double,
    began: @escaping @Sendable () async -> String?
  ) async -> ActionAnswer {
    let patience = Patience(seconds: timeout)
    let limit =
      request.follow == nil ? HTTPExecutor.longestAnswer : HTTPExecutor.longestReading
    let (outcome, mask) = await exchange(
      request, key: key, timeout: timeout, limit: limit, began: began)
    switch outcome {
    case .unsent(let reason): return .unsent(reason)
    case .lost(let reason): return .unknown(reason)
    case .answered(let answer):
      if request.isDone(by: answer.status) {
        guard let follow = request.follow else { return .applied("HTTP \(answer.status)") }
        return await self.follow(follow, of: request, from: answer, patience)
      }
      let words = HTTPExecutor.words(answer, mask)
      // Who stands between gave up on it: it may be done all the same.
      return answer.status == 502 || answer.status == 504 ? .unknown(words) : .failed(words)
    }
  }

  package func read(
    _ reading: PlannedReading, timeout: Double
  ) async -> Result<Argument, ReadingError> {
    guard case .http(let request) = reading.order else {
      return .failure(ReadingError(reason: HTTPExecutor.noRequest))
    }
    // It is sent without anybody's confirming it, so it may change nothing.
    guard request.method == "GET" || reading.isReadOnly else {
      return .failure(ReadingError(reason: "it is read with \(request.method), not with GET"))
    }
    let patience = Patience(seconds: timeout)
    let (outcome, mask) = await exchange(
      request, key: nil, timeout: timeout, limit: HTTPExecutor.longestReading, began: { nil })
    switch outcome {
    case .unsent(let reason), .lost(let reason): return .failure(ReadingError(reason: reason))
    case .answered(let answer):
      guard request.isDone(by: answer.status) else {
        return .failure(ReadingError(reason: HTTPExecutor.words(answer, mask)))
      }
      guard !answer.isCut else {
        return .failure(
          ReadingError(reason: "its answer is longer than \(HTTPExecutor.longestReading >> 20) MiB")
        )
      }
      return await reading.value(in: answer.body, mask, patience)
    }
  }

  /// A server does not say what it would do without doing it.
  package func tryOut(
    _ order: PlannedOrder, timeout: Double
  ) async -> Result<String, ReadingError>? { nil }

  /// What a server answered went with the process that asked.
  package func outcome(of name: SendingName, _ order: PlannedOrder) async -> SpooledOutcome {
    .none
  }

  func exchange(
    _ planned: PlannedRequest, key: String?, timeout: Double, limit: Int,
    began: @escaping @Sendable () async -> String?
  ) async -> (Exchange.Outcome, SecretMask) {
    let patience = timeout > 0 ? min(timeout, HTTPExecutor.longestPatience) : 0
    let deadline = NIODeadline.now() + .nanoseconds(Int64(patience * 1e9))
    let request: OutgoingRequest
    do { request = try await OutgoingRequest(planned, key: key) } catch {
      return (.unsent("\(error)"), SecretMask())
    }
    let exchange: Exchange
    do {
      exchange = try await connect(to: request.address, until: deadline, patience, limit: limit)
    } catch {
      return (.unsent(ConnectionWords.of(error) ?? "the connection was lost"), request.mask)
    }
    if await exchange.open(), let refusal = await began() {
      exchange.callOff()
      return (.unsent(refusal), request.mask)
    }
    return (await exchange.send(request), request.mask)
  }

  private func connect(
    to address: TargetAddress, until deadline: NIODeadline, _ patience: Double, limit: Int
  ) async throws -> Exchange {
    let tls = self.tls
    let context =
      address.isSecure
      ? try await NIOThreadPool.singleton.runIfActive { try NIOSSLContext(configuration: tls) }
      : nil
    let left = deadline - .now()
    guard left > .zero else { throw ChannelError.connectTimeout(.zero) }
    // An IP address is no name to ask for: NIO holds it against the certificate by itself.
    let isNumber = (try? SocketAddress(ipAddress: address.host, port: address.port)) != nil
    return try await ClientBootstrap(group: group).connectTimeout(left)
      .connect(host: address.host, port: address.port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let pipeline = channel.pipeline.syncOperations
          if let context {
            try pipeline.addHandler(
              NIOSSLClientHandler(context: context, serverHostname: isNumber ? nil : address.host))
          }
          try pipeline.addHTTPClientHandlers()
          let exchange = Exchange(
            on: channel.eventLoop, isSecure: address.isSecure, until: deadline, patience: patience,
            limit: limit)
          try pipeline.addHandler(exchange)
          return exchange
        }
      }
  }

  /// `HTTP 409: the pool is locked`
  static func words(_ answer: Exchange.Answer, _ mask: SecretMask) -> String {
    let status = "HTTP \(answer.status)"
    if (300...399).contains(answer.status), let location = answer.location {
      return
        "\(status): it points to \(AnswerText.shown(location, mask)), and no redirect is followed"
    }
    let said = AnswerText.shown(String(decoding: answer.body, as: UTF8.self), mask)
    return said.isEmpty ? status : "\(status): \(said)"
  }
}
