import CZlib
import NIOCore

/// Unpacks one gzip or zlib body in bounded steps, so that a bomb neither fills the memory nor
/// holds up an event loop.
///
/// Confined to whoever works on the body at the time: the event loop first, then, if much is left,
/// a worker thread, never both.
final class Inflater: @unchecked Sendable {
  enum Step {
    case complete
    /// `allowance` is used up; call again to go on.
    case more
    case overLimit
    /// The body is not what its `Content-Encoding` says, or ends early.
    case broken
  }

  private let stream: UnsafeMutablePointer<z_stream>
  private var packed: ByteBuffer
  private(set) var unpacked: ByteBuffer
  private let limit: Int
  private var isReady: Bool

  init(_ packed: ByteBuffer, into unpacked: ByteBuffer, limit: Int) {
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    isReady = damcon_inflate_init(stream) == Z_OK
    self.packed = packed
    self.unpacked = unpacked
    self.limit = limit
  }

  deinit {
    if isReady { inflateEnd(stream) }
    stream.deinitialize(count: 1)
    stream.deallocate()
  }

  /// Unpacks until the body is complete or `unpacked` has grown by about `allowance` bytes.
  func step(allowance: Int) -> Step {
    guard isReady else { return .broken }
    let stop = unpacked.readableBytes + allowance
    while true {
      if unpacked.readableBytes > limit { return .overLimit }
      if unpacked.readableBytes >= stop { return .more }
      var code = Z_OK
      let stream = stream
      let sizeBefore = (packed.readableBytes, unpacked.readableBytes)
      packed.readWithUnsafeMutableReadableBytes { input in
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: Bytef.self)
        stream.pointee.avail_in = uInt(clamping: input.count)
        let room = min(max(32 << 10, input.count * 4), stop + 1 - sizeBefore.1, 256 << 10)
        unpacked.writeWithUnsafeMutableBytes(minimumWritableBytes: max(room, 4096)) { output in
          stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: Bytef.self)
          stream.pointee.avail_out = uInt(clamping: output.count)
          code = inflate(stream, Z_NO_FLUSH)
          return output.count - Int(stream.pointee.avail_out)
        }
        return input.count - Int(stream.pointee.avail_in)
      }
      switch code {
      case Z_STREAM_END:
        // A gzip body may be several members one after another (RFC 1952, section 2.2).
        if packed.readableBytes == 0 {
          return unpacked.readableBytes > limit ? .overLimit : .complete
        }
        guard packed.getInteger(at: packed.readerIndex, as: UInt8.self) == 0x1f,
          inflateReset(stream) == Z_OK
        else { return .broken }
      case Z_OK where sizeBefore != (packed.readableBytes, unpacked.readableBytes): continue
      default: return .broken
      }
    }
  }

  /// Gives up the packed body's buffer, for reuse.
  func takePacked() -> ByteBuffer {
    defer { packed = ByteBuffer() }
    return packed
  }

  func takeUnpacked() -> ByteBuffer {
    defer { unpacked = ByteBuffer() }
    return unpacked
  }
}
