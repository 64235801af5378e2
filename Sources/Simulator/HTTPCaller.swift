import NIOCore
import NIOHTTP1
import NIOPosix

/// The client end of calls to one address: keep-alive connections, one request at a time on each.
///
/// A call that times out closes its connection, as real clients do. The server is not told
/// otherwise, and works on for nobody: that is what keeps an overloaded service overloaded.
@Simulation
final class HTTPCaller {
  enum Outcome: Sendable, Hashable {
    case status(Int)
    case timeout
    case refused
    case reset
  }

  let port: Int
  private var idle: [any Channel] = []
  private var busy: [ObjectIdentifier: any Channel] = [:]
  private var isClosed = false

  init(port: Int) { self.port = port }

  /// Sends a request without a body and waits for the whole answer, `limit` at most.
  func call(_ method: HTTPMethod, _ path: String, limit: TimeAmount) async -> Outcome {
    let deadline = NIODeadline.now() + limit
    guard !isClosed else { return .refused }
    let channel: any Channel
    if let kept = takeIdle() {
      channel = kept
    } else {
      do {
        channel = try await connect(limit: limit)
      } catch is ChannelError {
        return .timeout
      } catch {
        return .refused
      }
    }
    if isClosed {
      channel.close(promise: nil)
      return .reset
    }
    let id = ObjectIdentifier(channel)
    busy[id] = channel
    let promise = channel.eventLoop.makePromise(of: Reply.self)
    let alarm = channel.eventLoop.scheduleTask(deadline: deadline) {
      promise.fail(CallTimeout())
      channel.close(promise: nil)
    }
    var head = HTTPRequestHead(version: .http1_1, method: method, uri: path)
    head.headers.add(name: "host", value: "127.0.0.1:\(port)")
    // A channel that closed meanwhile never shows the call to its handler.
    channel.writeAndFlush(Call(head: head, promise: promise)).whenFailure {
      promise.fail($0)
    }
    let outcome: Outcome
    do {
      let reply = try await promise.futureResult.get()
      if reply.keepAlive, channel.isActive, !isClosed {
        idle.append(channel)
      } else {
        channel.close(promise: nil)
      }
      outcome = .status(reply.status)
    } catch is CallTimeout {
      outcome = .timeout
    } catch {
      outcome = .reset
    }
    alarm.cancel()
    busy[id] = nil
    return outcome
  }

  /// Ends every connection; calls under way end as `reset`.
  func close() {
    isClosed = true
    for channel in idle { channel.close(promise: nil) }
    for (_, channel) in busy { channel.close(promise: nil) }
    idle = []
  }

  private func takeIdle() -> (any Channel)? {
    while let channel = idle.popLast() {
      if channel.isActive { return channel }
    }
    return nil
  }

  private func connect(limit: TimeAmount) async throws -> any Channel {
    try await ClientBootstrap(group: Simulation.shared.loop)
      .connectTimeout(limit)
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHTTPClientHandlers()
          try channel.pipeline.syncOperations.addHandler(CallHandler())
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
  }
}

private struct CallTimeout: Error {}
private struct ConnectionLost: Error {}

private struct Reply: Sendable {
  var status: Int
  var keepAlive: Bool
}

private struct Call: Sendable {
  var head: HTTPRequestHead
  var promise: EventLoopPromise<Reply>
}

/// Writes one call and answers its promise when the response is whole.
private final class CallHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundIn = Call
  typealias OutboundOut = HTTPClientRequestPart

  private var promise: EventLoopPromise<Reply>?
  private var reply = Reply(status: 0, keepAlive: false)

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let call = unwrapOutboundIn(data)
    guard context.channel.isActive else {
      call.promise.fail(ConnectionLost())
      return
    }
    self.promise = call.promise
    context.write(wrapOutboundOut(.head(call.head)), promise: nil)
    context.write(wrapOutboundOut(.end(nil)), promise: promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      reply = Reply(status: Int(head.status.code), keepAlive: head.isKeepAlive)
    case .body: break
    case .end:
      promise?.succeed(reply)
      promise = nil
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    promise?.fail(ConnectionLost())
    promise = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    promise?.fail(ConnectionLost())
    promise = nil
    context.close(promise: nil)
  }
}
