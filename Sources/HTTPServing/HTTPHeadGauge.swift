import NIOCore

/// Counts what comes before anything of it is understood: what has no end never becomes a request.
final class HTTPHeadGauge: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  private let conversation: HTTPConversation

  init(_ conversation: HTTPConversation) { self.conversation = conversation }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard conversation.takes(unwrapInboundIn(data).readableBytes) else { return }
    context.fireChannelRead(data)
  }
}
