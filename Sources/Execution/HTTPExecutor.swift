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
package final class HTTPExecutor: Sendable {
  private let group: any EventLoopGroup
  private let tls: TLSConfiguration

  /// Bytes of an answer that are read where its status says it all.
  private static let longestAnswer = 64 << 10
  /// Bytes of an answer that is looked into.
  private static let longestReading = 1 << 20
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

  /// Sends it, and waits for what comes of it.
  ///
  /// - Parameters:
  ///   - key: tells the target that two requests are the same one.
  ///   - timeout: seconds for all of it, reading its secrets included.
  ///   - began: told when the connection stands and the first byte is about to leave; what it returns is why
  ///     nothing may leave after all.
  package func send(
    _ request: PlannedRequest, key: String?, timeout: Double,
    began: @escaping @Sendable () async -> String?
  ) async -> ActionAnswer {
    let (outcome, mask) = await exchange(
      request, key: key, timeout: timeout, limit: HTTPExecutor.longestAnswer, began: began)
    switch outcome {
    case .unsent(let reason): return .unsent(reason)
    case .lost(let reason): return .unknown(reason)
    case .answered(let answer):
      if request.isDone(by: answer.status) { return .applied("HTTP \(answer.status)") }
      let words = HTTPExecutor.words(answer, mask)
      // Who stands between gave up on it: it may be done all the same.
      return answer.status == 502 || answer.status == 504 ? .unknown(words) : .failed(words)
    }
  }

  /// What is so at a target now.
  ///
  /// - Parameter timeout: seconds for all of it.
  package func read(
    _ reading: PlannedReading, timeout: Double
  ) async -> Result<Argument, ReadingError> {
    // It is sent without anybody's confirming it, so it may change nothing.
    guard reading.request.method == "GET" else {
      return .failure(
        ReadingError(reason: "it is read with \(reading.request.method), not with GET"))
    }
    let (outcome, mask) = await exchange(
      reading.request, key: nil, timeout: timeout, limit: HTTPExecutor.longestReading,
      began: { nil })
    switch outcome {
    case .unsent(let reason), .lost(let reason): return .failure(ReadingError(reason: reason))
    case .answered(let answer):
      guard (200...299).contains(answer.status) else {
        return .failure(ReadingError(reason: HTTPExecutor.words(answer, mask)))
      }
      guard !answer.isCut else {
        return .failure(
          ReadingError(reason: "its answer is longer than \(HTTPExecutor.longestReading >> 20) MiB")
        )
      }
      do throws(ReadingError) {
        let found = try ScalarPointer(reading.pointer).scalar(in: answer.body)
        if case .text(let text) = found, mask.hides(in: text) {
          throw ReadingError(reason: "what is there is a secret")
        }
        return .success(found)
      } catch {
        return .failure(ReadingError(reason: mask.masked(error.reason)))
      }
    }
  }

  private func exchange(
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
  private static func words(_ answer: Exchange.Answer, _ mask: SecretMask) -> String {
    let status = "HTTP \(answer.status)"
    if (300...399).contains(answer.status), let location = answer.location {
      return
        "\(status): it points to \(AnswerText.shown(location, mask)), and no redirect is followed"
    }
    let said = AnswerText.shown(String(decoding: answer.body, as: UTF8.self), mask)
    return said.isEmpty ? status : "\(status): \(said)"
  }
}

/// Why nobody knows what is so at a target.
package struct ReadingError: Error, Sendable, Hashable, CustomStringConvertible {
  package var reason: String
  package init(reason: String) { self.reason = reason }
  package var description: String { reason }
}
